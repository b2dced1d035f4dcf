"""Accounts, roles, ways to sign in, tokens, two-person acts."""
