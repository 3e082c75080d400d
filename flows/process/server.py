"""The Prefect server that keeps a night's record: the one that was named, or one of our own for this run."""

import contextlib
import sys

from prefect.client.orchestration import get_client
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_HOME,
    temporary_settings,
)

from flows.process.environment import ANSWER_SECONDS


class NoServerError(Exception):
    """No Prefect server can be had; the message names the setting that says where it should be."""


def begin_server() -> None:
    """Let a server of our own start while this process loads what the night needs; `start_server` waits for
    it and tells what went wrong."""
    if not PREFECT_API_URL.value():
        from flows.process.tied_server import TiedServer  # Prefect's server takes seconds to import

        with contextlib.suppress(OSError, RuntimeError):
            TiedServer().begin()


def start_server() -> None:
    """See that a server answers: the one PREFECT_API_URL names, else one of our own, started in this (main)
    thread unless it runs already. Raises NoServerError.
    """
    if PREFECT_API_URL.value():
        if not _answers():
            raise NoServerError(f"no Prefect server answers {where()}")
        return
    from flows.process.tied_server import TiedServer

    try:
        TiedServer().start()
    except (OSError, RuntimeError) as error:
        stop_server()
        why = (isinstance(error, OSError) and error.strerror) or error
        raise NoServerError(f"no Prefect server can work {where()} ({why})") from None
    if not _answers():
        raise NoServerError(f"the Prefect server {where()} has stopped")


def where() -> str:
    """Where the server is, and the setting that says so."""
    url = PREFECT_API_URL.value()
    return f"at {url} (PREFECT_API_URL)" if url else f"in {PREFECT_HOME.value()} (PREFECT_HOME)"


def stop_server() -> None:
    """End the server of our own, if there is one."""
    if tied := sys.modules.get("flows.process.tied_server"):
        for server in list(tied.TiedServer._instances.values()):
            server.stop()


def _answers() -> bool:
    """Ask once, with the credentials and certificates of Prefect's settings."""
    once = {PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: ANSWER_SECONDS}
    with temporary_settings(once), get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
