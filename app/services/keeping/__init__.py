"""Keeping the registers by hand: each use case records what it changed, and never changes what held before."""
