"""Papers (文书): drafted, reviewed, signed off, served, drawn as PDF."""
