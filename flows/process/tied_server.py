"""A Prefect server of our own that lives no longer than the night it serves."""

import atexit
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import prefect
from prefect.settings import (
    PREFECT_HOME,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    get_current_settings,
)

ANSWER_SECONDS = 5
"""How long a server may take to say that it is there."""
LEAVE_SECONDS = 5
"""How long it may take to go."""
PR_SET_PDEATHSIG = 1


class TiedServer:
    """Dies with its parent, and writes to a file.

    Prefect's own child survives a `kill -9` of the flow and keeps the caller's pipes open, so a
    scheduler that reads our output would wait for ever on a dead night. Nor is this a kind of Prefect's own,
    with which the whole server is imported here too: two seconds and 75 megabytes for a command to type.
    """

    def __init__(self) -> None:
        self.port = 0
        self.process: subprocess.Popen[Any] | None = None
        self.has_answered = False

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def begin(self) -> None:
        """Start without waiting; nothing where it has been started."""
        if self.process is None:
            self.port = _free_port()
            self.process = _serve(self.port)
            atexit.register(self.stop)

    def start(self) -> None:
        """Start, and wait until it answers; raise RuntimeError as soon as it never will.

        Prefect's own waits on for a child that has died, as it does on a full disk.
        """
        if self.has_answered:
            return
        self.begin()
        assert self.process is not None
        deadline = time.monotonic() + PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
        while not answers(self.api_url):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("it does not start; its server.log may say why")
            time.sleep(0.1)
        self.has_answered = True

    def stop(self) -> None:
        """End it; nothing where there is none."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process, self.has_answered = None, False


@cache
def own_server() -> TiedServer:
    """The one of this process: a backfill's nights share it."""
    return TiedServer()


def answers(api_url: str) -> bool:
    """Does a server say that it is there?"""
    try:
        return httpx.get(f"{api_url}/health", timeout=ANSWER_SECONDS, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(port: int) -> "subprocess.Popen[Any]":
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(Path(prefect.__file__).parent), "--factory"]
    command += ["prefect.server.api.server:create_app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--log-level", "error", "--lifespan", "on"]
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    ephemeral = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
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
