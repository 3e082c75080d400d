"""Offline reinforcement learning: DQN and CQL by d3rlpy, masked, price-conditioned, as seed ensembles.

Training needs torch, d3rlpy and numpy alone, so that it runs on a bare GPU machine. Importing this package
before d3rlpy keeps d3rlpy's noise away: the old gym's banner on stderr, structlog's lines on stdout.
"""

import contextlib
import logging

with contextlib.suppress(ImportError):
    import gym_notices.notices

    gym_notices.notices.notices.clear()

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
