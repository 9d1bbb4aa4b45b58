"""Reading findings, breaches and what concerns a person."""
