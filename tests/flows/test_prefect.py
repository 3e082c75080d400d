"""A real flow on a real Prefect server: stages pass objects on untouched, and retry only I/O; deployment."""

import importlib
import io
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml
from rich.progress import Progress as Bars

from flows.process.progress import Progress
from flows.process.stage import stage
from flows.study import read_study

REPOSITORY = Path(__file__).parent.parent.parent


@dataclass
class Quiet:
    """What a stage needs of a Night: a display, here one that remembers."""

    progress: Any = None
    stages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.progress = self

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        self.stages.append(text)
        yield


@dataclass(frozen=True)
class Table:
    """Stands for the transition table: arrays in a frozen dataclass."""

    values: np.ndarray
    names: tuple[str, ...]


@pytest.mark.usefixtures("prefect_server")
def test_a_flow_of_stages_passes_objects_on_without_copying() -> None:
    from prefect import flow

    @stage("make")
    def make(_night: Quiet, rows: int) -> Table:
        return Table(np.arange(rows), ("a", "b"))

    @stage("use")
    def use(_night: Quiet, table: Table) -> tuple[int, int]:
        return id(table.values), int(table.values.sum())

    seen: list[int] = []

    @flow
    def small_night(rows: int) -> int:
        night = Quiet()
        table = make(night, rows)
        where, total = use(night, table)
        seen.append(where)
        assert where == id(table.values)
        assert night.stages == ["make", "use"]
        return total

    assert small_night(1000) == 499_500
    assert len(seen) == 1


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("recorded", [True, False])
def test_a_failed_disk_is_tried_again_and_a_wrong_study_is_not(recorded: bool) -> None:
    """The same in a flow run, and without a server."""
    from prefect import flow

    tries = {"disk": 0, "study": 0}

    def disk(_night: Quiet) -> str:
        tries["disk"] += 1
        if tries["disk"] == 1:
            raise OSError("disk full")
        return "written"

    def study(_night: Quiet) -> str:
        tries["study"] += 1
        raise ValueError("wrong")

    def night() -> str:
        assert stage("disk", retries=2, retry_seconds=0)(disk)(Quiet()) == "written"
        return stage("study", retries=2, retry_seconds=0)(study)(Quiet())

    with pytest.raises(ValueError, match="wrong"):
        flow(night)() if recorded else night()
    assert tries == {"disk": 2, "study": 1}


@pytest.mark.usefixtures("recorded_stages")
def test_what_a_library_quotes_of_the_log_stays_out_of_the_record() -> None:
    """polars names the value it could not read; a record outlives the night, and so does its log."""
    import polars as pl
    from prefect import flow
    from prefect.client.orchestration import get_client

    @stage("read the ids")
    def read(_night: Quiet) -> pl.Series:
        return pl.Series(["anna@example.com"]).cast(pl.Int64)

    @flow(name="quoting")
    def night() -> None:
        read(Quiet())

    with pytest.raises(RuntimeError, match="its message may quote the log") as failed:
        night()
    assert isinstance(failed.value.__context__, pl.exceptions.PolarsError)  # for the kept traceback
    with get_client(sync_client=True) as client:
        states = [run.state.message for run in client.read_flow_runs() if run.state]
        states += [run.state.message for run in client.read_task_runs() if run.state]
        logs = str(client._client.post("/logs/filter", json={}).json())
    assert any("its message may quote the log" in str(message) for message in states)
    assert "anna" not in str(states) and "anna" not in logs


def test_stages_are_printed_one_per_line_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress.open() as progress:
        with progress.stage("read the logs"):
            progress.step(1, 2)
        with progress.stage("publish"):
            pass
    out, err = capsys.readouterr()
    assert [line.split("  ")[0] for line in out.splitlines()] == ["read the logs", "publish"]
    assert list(progress.seconds) == ["read the logs", "publish"]
    assert err == ""


class Terminal(io.StringIO):
    """A terminal that remembers."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_stages_and_steps_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with Progress.open() as progress, progress.stage("train the agents"):
        progress.step(50, 100, "cql seed 1")
    assert "train the agents" in screen.getvalue()
    assert list(progress.seconds) == ["train the agents"]
    assert capsys.readouterr().out == ""


def test_a_bar_is_not_full_while_its_stage_goes_on() -> None:
    with Bars(disable=True) as bars:
        progress = Progress(bars)
        with progress.stage("read the logs"):
            progress.step(50, 50, "load them from the store")
            assert bars.tasks[0].description == "read the logs: load them from the store"
            progress.uncounted()
            assert (bars.tasks[0].description, bars.tasks[0].total) == ("read the logs", None)
        assert bars.tasks[0].finished


def deployment() -> dict[str, Any]:
    found = yaml.safe_load((REPOSITORY / "prefect.yaml").read_text())["deployments"]
    assert len(found) == 1
    return dict(found[0])


def test_the_deployment_runs_our_flow_nightly_one_at_a_time() -> None:
    nightly = deployment()
    file, name = nightly["entrypoint"].split(":")
    flow = getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)
    assert flow.name == "nightly"
    assert set(nightly["parameters"]) <= set(flow.parameters.properties)
    study = read_study(REPOSITORY / nightly["parameters"]["study"])
    assert [schedule["cron"] for schedule in nightly["schedules"]] == ["0 3 * * *"]
    assert ZoneInfo(nightly["schedules"][0]["timezone"]) == ZoneInfo(study.time_zone)
    assert nightly["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


class Large:
    """Stands for users and their estimator: in the way once nobody needs them, and they know each other."""

    def __init__(self) -> None:
        self.circle = self


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize("recorded", [True, False])
def test_what_a_stage_took_and_returned_is_not_kept(recorded: bool) -> None:
    from prefect import flow

    make = stage("make")(lambda _night: Large())
    look = stage("look")(lambda _night, large: large is not None)

    def night() -> tuple[bool, bool]:
        large = make(Quiet())
        seen, still = look(Quiet(), large), weakref.ref(large)
        del large
        look(Quiet(), None)  # at the end of every stage what nobody needs is cleared away
        return seen, still() is None

    assert (flow(night) if recorded else night)() == (True, True)
