"""Estimators of a policy's value from the log of another one, from weights to the headline."""
