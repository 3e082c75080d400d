"""Logs at several sites, judged as one: sums go round, rows stay where they are."""
