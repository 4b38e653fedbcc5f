"""Measures how good the answers are, through the product's own code."""
