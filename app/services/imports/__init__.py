"""Bringing in what other systems know. Each kind: rows of text in, problems by row, and one transaction that stores them."""
