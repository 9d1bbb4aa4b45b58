"""The rules of searching."""
