"""Prefect's ephemeral server, tied to the run that started it."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import prefect
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, get_current_settings

PR_SET_PDEATHSIG = 1


class TiedServer(SubprocessASGIServer):
    """Dies with its parent, and writes to a file.

    Prefect's own child survives a `kill -9` of the flow and keeps the caller's pipes open, so a
    scheduler that reads our output would wait for ever on a dead night.
    """

    def _run_uvicorn_command(self) -> "subprocess.Popen[Any]":
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "--app-dir",
            str(Path(prefect.__file__).parent),
            "--factory",
        ]
        command += ["prefect.server.api.server:create_app", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--log-level", "error", "--lifespan", "on"]
        settings = get_current_settings().to_environment_variables(exclude_unset=True)
        ephemeral = {
            "PREFECT_UI_ENABLED": "0",
            "PREFECT__SERVER_EPHEMERAL": "1",
            "PREFECT__SERVER_FINAL": "1",
        }
        home = PREFECT_HOME.value()
        home.mkdir(parents=True, exist_ok=True)
        with (home / "server.log").open("ab") as log:
            return subprocess.Popen(
                command,
                env={**os.environ, **ephemeral, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
            )


def start_server() -> None:
    """Start the ephemeral server in this (main) thread, unless a server was named or runs already."""
    if PREFECT_API_URL.value() or None in SubprocessASGIServer._instances:
        return
    TiedServer().start()


def _die_with_parent() -> Any:
    libc = ctypes.CDLL(None)  # loaded before the fork: the child must not import
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return ask
