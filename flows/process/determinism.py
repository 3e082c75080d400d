"""Same inputs, same bytes: thread counts and seeds are settings of the study, not of the machine."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from flows.study import Study


@contextmanager
def determinism(study: Study) -> Iterator[None]:
    """Fix torch's and BLAS's threads, torch's algorithms and every global seed while a night runs.

    A float sum depends on how many threads share it, so the counts come from the study. threadpoolctl
    limits only libraries that are loaded, hence the imports.
    """
    import numpy as np
    import scipy.linalg  # noqa: F401
    import sklearn  # noqa: F401
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads(), torch.get_deterministic_debug_mode()
    torch.set_num_threads(study.agents.torch_threads)
    # `use_deterministic_algorithms` would load a compiler, which takes a second and which no night uses
    torch.set_deterministic_debug_mode("error")
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    random.seed(study.seed)
    np.random.seed(study.seed)
    torch.manual_seed(study.seed)
    try:
        # torch's OpenMP threads are torch's setting above: only the BLAS libraries are limited here
        with threadpool_limits(limits=study.evaluation.math_threads, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])
