"""Intervals of totals over entities."""
