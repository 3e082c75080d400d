"""The Prefect server that keeps a night's record: the one that was named, or one of our own for this run."""

import contextlib
from typing import Any

from prefect.client.orchestration import get_client
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_HOME,
    temporary_settings,
)

from flows.process.tied_server import ANSWER_SECONDS, own_server

Settings = dict[Any, Any]
"""Prefect's settings and their values."""


class NoServerError(Exception):
    """No Prefect server can be had; the message names the setting that says where it should be."""


def begin_server() -> None:
    """Let a server of our own start while this process loads what the night needs; `start_server` waits for
    it and tells what went wrong."""
    if not PREFECT_API_URL.value():
        with contextlib.suppress(OSError):
            own_server().begin()


def start_server() -> Settings:
    """See that a server answers: the one PREFECT_API_URL names, else one of our own, started in this (main)
    thread unless it runs already. Returns the settings that lead a run to it. Raises NoServerError.
    """
    if PREFECT_API_URL.value():
        if not _answers({}):
            raise NoServerError(f"no Prefect server answers {where()}")
        return {}
    try:
        own_server().start()
    except (OSError, RuntimeError) as error:
        stop_server()
        why = (isinstance(error, OSError) and error.strerror) or error
        raise NoServerError(f"no Prefect server can work {where()} ({why})") from None
    # nobody listens for the run's heart there, and its end would wait for the next beat, up to a second
    found = {PREFECT_API_URL: own_server().api_url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    if not _answers(found):
        raise NoServerError(f"the Prefect server {where()} has stopped")
    return found


def where() -> str:
    """Where the server is, and the setting that says so."""
    url = PREFECT_API_URL.value()
    return f"at {url} (PREFECT_API_URL)" if url else f"in {PREFECT_HOME.value()} (PREFECT_HOME)"


def stop_server() -> None:
    """End the server of our own, if there is one."""
    own_server().stop()


def _answers(place: Settings) -> bool:
    """Ask once, with the credentials and certificates of Prefect's settings."""
    once = {PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: ANSWER_SECONDS}
    with temporary_settings({**place, **once}), get_client(sync_client=True) as client:
        return client.api_healthcheck() is None
