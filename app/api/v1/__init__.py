"""API v1: the same services as the pages, as JSON. docs/api.md, /api/v1/docs."""
