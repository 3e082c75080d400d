"""Off-policy evaluation of plain arrays."""
