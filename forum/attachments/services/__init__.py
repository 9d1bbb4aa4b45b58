"""The rules about files."""
