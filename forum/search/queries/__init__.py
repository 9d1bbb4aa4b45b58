"""Reading what search keeps in the database, as finished data."""
