"""A shop whose night is short: a few steps of one small network, a few resamples."""

STUDY = """
name = "shop"
currency = "EUR"
time_zone = "Europe/Berlin"
[logs]
folder = "logs"
[decision]
horizon_days = 7
tail_days = 7
[agents]
seeds = [1]
steps = 5
hidden_units = [8]
batch_size = 64
[split]
bootstrap = 5
"""
