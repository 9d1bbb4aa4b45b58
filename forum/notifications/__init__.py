"""What people are told: a line each, in their own language, with a way to what it is about."""
