"""A policy's value from several sites' sums: which journeys, which cells are told, how sure it is."""
