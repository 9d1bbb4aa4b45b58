"""Where documents are kept and found: Whoosh on the machine's disk, or PostgreSQL."""
