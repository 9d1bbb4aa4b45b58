"""Reads of cases, rulings, appeals and flags."""
