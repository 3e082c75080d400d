"""Policies of an analyst, read from a file."""
