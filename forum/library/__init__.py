"""The guide library: what proved right in discussions, reviewed, owned, dated, and traceable to its cases."""
