"""The process a night runs in: telemetry off, quiet libraries, threads that do not change sums.

Call `prepare` before Prefect, torch, polars or DuckDB is imported: each reads its settings once.
"""

import atexit
import logging
import os
import sys
import warnings
from pathlib import Path

from flows.process.memory import keep_memory

REPOSITORY = Path(__file__).absolute().parents[2]

ALWAYS = {
    "DO_NOT_TRACK": "1",  # telemetry goes off with this one and the next
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # CUDA matrix products that repeat bit for bit
    "OMP_DYNAMIC": "FALSE",  # as many threads as asked for, or sums are split differently
    "MKL_DYNAMIC": "FALSE",
    "TQDM_DISABLE": "1",  # one progress display, ours
}

DEFAULTS = {
    # a fresh PREFECT_HOME takes longer than Prefect's own 20 seconds
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_HOME": str(REPOSITORY / ".prefect"),
    "PREFECT_CLI_COLORS": "false",
}

COMMAND_LINE = {
    # `allot` says in one sentence what went wrong and writes the traceback to a file
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    # a server that stops answering costs a night's record, not its time
    "PREFECT_CLIENT_MAX_RETRIES": "1",
    "PREFECT_API_REQUEST_TIMEOUT": "15",
}


def prepare(threads: int | None = None, command_line: bool = False) -> None:
    """Set the environment variables the libraries read, silence what Prefect prints on import, and keep freed
    memory."""
    keep_memory()
    os.environ.update(ALWAYS)
    if "prefect" not in sys.modules:  # under a Prefect worker the worker's settings rule
        defaults = {**DEFAULTS, **(COMMAND_LINE if command_line else {})}
        for name, value in defaults.items():
            os.environ.setdefault(name, value)
        # what is left over when a server has died; said by flows/recorded.py, in a sentence
        logging.getLogger("EventsWorker").setLevel(logging.CRITICAL)
        # said by flows/process/server.py, in a sentence
        warnings.filterwarnings("ignore", message="Failed to create the Prefect home directory")
    elif "PREFECT__FLOW_RUN_ID" in os.environ:
        atexit.register(_hush)
    if threads is not None:
        os.environ["POLARS_MAX_THREADS"] = str(threads)


def _hush() -> None:
    """Send what the interpreter prints after its last exit handler to nowhere.

    A worker's process runs to its very end, where Prefect's threads still hold modules, and DuckDB's bindings
    would list these on stderr as leaked. Every error has been told by then.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
