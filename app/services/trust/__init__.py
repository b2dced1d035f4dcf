"""Codes and the keys that sign them (签发, 核验)."""
