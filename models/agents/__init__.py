"""Offline reinforcement learning: DQN and CQL by d3rlpy, masked, price-conditioned, as seed ensembles.

Training needs torch, d3rlpy and numpy alone, so that it runs on a bare GPU machine.
"""
