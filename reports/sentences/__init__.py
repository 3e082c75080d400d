"""Reasons and findings in words: models give kinds and figures, and their sentences are made here."""
