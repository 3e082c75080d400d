"""Import d3rlpy without its noise: the old gym's banner on stderr, structlog's lines on stdout.

Import this module before d3rlpy.
"""

import contextlib
import logging

with contextlib.suppress(ImportError):
    import gym_notices.notices

    gym_notices.notices.notices.clear()

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
