"""Shared by all tests: a quiet environment set before any heavy import, and a real Prefect for real flows."""

import atexit
import gc
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flows.process.tied_server import TiedServer
    from tests.object_store import ObjectStore, RunningServer

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers share two cores: spinning threads would starve
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="allot-tests-prefect-")
atexit.register(shutil.rmtree, os.environ["PREFECT_HOME"], ignore_errors=True)  # after Prefect has gone
os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
os.environ.pop("PREFECT_API_URL", None)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # of forty processes one compiles what all of them import

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
SHARED = "ALLOT_TESTS_SERVER"
"""Environment variable of the workers: address and database of the server that all of them use."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """One server for all workers, which starts while they collect."""
    gc.enable()  # nothing is collected here
    server, database = begin_server()
    os.environ[SHARED] = f"{server.api_url} {database}"


def begin_server() -> tuple["TiedServer", str]:
    """A Prefect server on a database that is thrown away, and this database."""
    from flows.process.tied_server import TiedServer

    server, database = TiedServer(), f"sqlite+aiosqlite:///{os.environ['PREFECT_HOME']}/tests.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", database)
        for service in UNREAD:
            patch.setenv(f"PREFECT_SERVER_SERVICES_{service}_ENABLED", "false")
        server.begin()
    return server, database


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """A real server that records runs.

    Of their stages it is not told, which would take it a second a night: see `recorded_stages`. Nor that they
    are alive: the end of a run would wait up to a second for the thread that says so.
    """
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY as HEARTBEAT
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL as DATABASE

    from flows.process.tied_server import answers

    with ExitStack() as stack:
        if SHARED in os.environ:
            url, database = os.environ[SHARED].split()
        else:
            server, database = begin_server()
            stack.callback(server.stop)
            url = server.api_url
        deadline = time.monotonic() + 120
        while not answers(url):
            assert time.monotonic() < deadline, f"no server answers at {url}"
            time.sleep(0.1)
        stack.enter_context(temporary_settings({PREFECT_API_URL: url, DATABASE: database, HEARTBEAT: None}))
        EventsWorker.set_client_override(NullEventsClient)
        yield
        EventsWorker.set_client_override(None)
        EventsWorker.drain_all(timeout=10)


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
