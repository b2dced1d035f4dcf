"""What `log verify` holds against the facts, table by table."""
