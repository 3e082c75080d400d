"""A Prefect server of our own that lives no longer than the night it serves."""

import atexit
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import prefect
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import (
    PREFECT_HOME,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    get_current_settings,
)

from flows.process.environment import ANSWER_SECONDS

PR_SET_PDEATHSIG = 1


class TiedServer(SubprocessASGIServer):
    """Dies with its parent, and writes to a file.

    Prefect's own child survives a `kill -9` of the flow and keeps the caller's pipes open, so a
    scheduler that reads our output would wait for ever on a dead night.
    """

    def start(self, timeout: int | None = None) -> None:
        """Start, and wait until it answers; raise RuntimeError as soon as it never will.

        Prefect's own waits on for a child that has died, as it does on a full disk.
        """
        if self.running:
            return
        self.begin()
        assert self.server_process is not None
        deadline = time.monotonic() + (timeout or PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value())
        while not self._answers():
            if self.server_process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("it does not start; its server.log may say why")
            time.sleep(0.1)
        self.running = True

    def begin(self) -> None:
        """Start without waiting; nothing where it has been started."""
        if self.server_process is None:
            self.port = self.find_available_port()
            self.server_process = self._run_uvicorn_command()
            atexit.register(self.stop)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.api_url}/health", timeout=ANSWER_SECONDS, trust_env=False).is_success
        except httpx.HTTPError:
            return False

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


def _die_with_parent() -> Any:
    libc = ctypes.CDLL(None)  # loaded before the fork: the child must not import
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return ask
