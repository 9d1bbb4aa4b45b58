"""Finding past solutions: threads, replies and guides in one ranked list that understands Indonesian."""
