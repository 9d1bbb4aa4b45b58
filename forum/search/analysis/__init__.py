"""How text becomes terms: one analysis for documents and queries."""
