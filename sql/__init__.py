"""DuckDB shapes: raw logs in, staged events and marts out. The lowest layer: imports nothing of ours."""
