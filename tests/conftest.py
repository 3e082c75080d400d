"""Shared by all tests: a quiet environment set before any heavy import, and a real Prefect for real flows."""

import atexit
import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.object_store import ObjectStore, RunningServer

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers share two cores: spinning threads would starve
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="allot-tests-prefect-")
atexit.register(shutil.rmtree, os.environ["PREFECT_HOME"], ignore_errors=True)  # after Prefect has gone
os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
os.environ.pop("PREFECT_API_URL", None)

from flows.process.environment import prepare  # noqa: E402 (it reads what is set above)

prepare()
gc.disable()  # until all tests are collected: looking for garbage is a quarter of what that takes

KEY = "a-key-for-tests-that-hides-nobody"
REPOSITORY = Path(__file__).parent.parent


LONGEST_FIRST = ("truth", "flows", "models")
"""Folders whose files take longest: begun last, one of them would be waited for by all other workers."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which files are handed to workers; within a file nothing changes."""
    rank = {folder: k for k, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(REPOSITORY / "tests").parts[0], len(rank)))


def pytest_collection_finish() -> None:
    """Libraries and collected tests, 600,000 objects, are no garbage: looking through them for some takes a
    third of a second, and every night begins with a look."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """At the end they are looked through once more, or bindings complain that something was left over."""
    gc.unfreeze()


UNREAD = ("EVENT_PERSISTER", "TRIGGERS")
"""Services of a server that keep and weigh the events of stages, a hundred a night. No test looks at them."""


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """Prefect's own test harness: a real server on a database that is thrown away.

    It records runs and is not told of their stages, which takes it a second a night: see `recorded_stages`.
    """
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for service in UNREAD:
                patch.setenv(f"PREFECT_SERVER_SERVICES_{service}_ENABLED", "false")
            stack.enter_context(prefect_test_harness(server_startup_timeout=120))
        # a run's end waits up to a second for the thread that tells the server that it is alive
        stack.enter_context(temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
        EventsWorker.set_client_override(NullEventsClient)
        yield
        EventsWorker.set_client_override(None)


@pytest.fixture
def recorded_stages(prefect_server: None) -> Iterator[None]:  # noqa: ARG001
    """The server is told of every stage, as outside of the tests."""
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker

    EventsWorker.set_client_override(None)
    yield
    EventsWorker.set_client_override(NullEventsClient)


@pytest.fixture
def pseudonym_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment variable that every night needs."""
    monkeypatch.setenv("ALLOT_PSEUDONYM_KEY", KEY)
    return KEY


@pytest.fixture
def allot(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the command line in a process of its own, from an empty folder."""

    from tests.flows.typed import run  # it takes the constants above

    return partial(run, cwd=tmp_path)


@pytest.fixture(scope="session")
def store_server() -> Iterator["RunningServer"]:
    """An S3 server of this test process."""
    from tests.object_store import RunningServer

    server = RunningServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(store_server: "RunningServer", monkeypatch: pytest.MonkeyPatch) -> "ObjectStore":
    """A bucket of this test, and an environment that leads to it."""
    return store_server.store(monkeypatch)
