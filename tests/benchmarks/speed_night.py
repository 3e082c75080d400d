"""`allot` with stages timed in CPU seconds of its process, which other work on a machine does not lengthen.

python -m tests.benchmarks.speed_night run STUDY --out OUT ...
"""

import sys
import time

from flows.cli import main as allot
from flows.process import progress


def main() -> int:
    """Whatever `allot` is asked for; a night's manifest then holds CPU seconds."""
    if progress.perf_counter is not time.perf_counter:
        raise RuntimeError("flows.process.progress times stages by another clock: mend this file")
    progress.perf_counter = time.process_time
    return allot()


if __name__ == "__main__":
    sys.exit(main())
