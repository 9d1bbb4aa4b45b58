"""Files that are as visible as what they belong to."""
