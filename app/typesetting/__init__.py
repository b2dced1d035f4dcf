"""Typesetting: a document (app/domain/papers/document.py) becomes a PDF. Knows no database and no request."""
