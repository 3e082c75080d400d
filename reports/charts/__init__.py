"""Charts: one a file, each a pure function from results to a drawing with its finding."""
