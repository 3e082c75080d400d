"""Estimators that only the scoreboard compares with."""
