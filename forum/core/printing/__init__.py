"""Documents on paper: PDF from HTML."""
