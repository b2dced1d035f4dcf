"""Papers 文书: what stands in them, which kinds there are, and the life of one from draft to service."""
