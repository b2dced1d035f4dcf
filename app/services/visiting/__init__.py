"""On site (现场检查): arrival, scans, results and places, and what must be put right after."""
