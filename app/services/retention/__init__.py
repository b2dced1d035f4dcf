"""What is kept how long and erased then, and the round that does it."""
