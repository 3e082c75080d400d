"""The night as Prefect's record shows it: a run with a name and tags that ends with its verdict.

The record is for people to look at; the night needs nothing of it. So a night runs without a server where
there is none, and a server that dies midway takes neither the report nor the exit code with it.
"""

import functools
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from prefect import Flow, State, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.events.worker import EventsWorker
from prefect.settings import temporary_settings
from prefect.states import Completed

from flows.night import today
from flows.process.server import NoServerError, start_server, where
from flows.process.stage import FAILURES_AS
from flows.publishing.split_file import read_split
from flows.study import read_study
from reports.run_note import run_note
from sql.errors import AllotError

Night = Callable[[str, date | None, str, str | None, int | None], Path]
"""One night: study file, as-of date, output folder, log folder, threads; returns the published folder."""

LAST_WORDS_SECONDS = 10
"""How long a finished night waits for its record to be written out."""


def recorded(night: Night) -> "Flow[..., Any]":
    """Make a night a Prefect flow; calling it returns the published folder's path."""

    @functools.wraps(night)
    def run(*args: Any, **kwargs: Any) -> State[str]:
        folder = night(*args, **kwargs)
        split = read_split(folder)
        ending = f"{split['verdict']}: {split['why']}"
        logger = get_run_logger()
        logger.info(ending)
        logger.info("Report: %s", folder / "report.html")
        try:
            _note(split, folder / "report.html")
        except Exception as error:  # whatever a server can do wrong
            logger.warning("The budgets could not be noted with this run: %s", error)
        return Completed(message=ending, data=str(folder))

    return flow(name="nightly", flow_run_name=_run_name, persist_result=False, result_serializer=FAILURES_AS)(
        run
    )


def run_recorded(night: Night, *args: Any) -> Path:
    """Run a night as a flow where a server answers, and as it is where none does.

    Raises what the night raises, never what Prefect does: that becomes a sentence on stderr.
    """
    try:
        found = start_server()
    except NoServerError as error:
        _say(f"{error}; the night runs without one and is not recorded.")
        return night(*args)
    ends: list[Path | BaseException] = []

    @functools.wraps(night)
    def watched(*args: Any, **kwargs: Any) -> Path:
        try:
            folder = night(*args, **kwargs)
        except BaseException as error:
            ends.append(error)
            raise
        ends.append(folder)
        return folder

    patience = LAST_WORDS_SECONDS
    try:
        with temporary_settings(found):
            recorded(watched)(*args)
    except Exception as error:
        if ends and ends[0] is error:
            raise
        patience = 0  # the server's failure, which waiting does not mend
        if not ends:
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            _say(f"the Prefect server {where()} takes no record ({why}); the night runs without one.")
            return night(*args)
        if isinstance(ends[0], BaseException):
            raise ends[0] from None
        _say(f"the night is published, but the Prefect server {where()} did not record its end.")
    finally:
        EventsWorker.drain_all(timeout=patience)
    assert isinstance(ends[0], Path)
    return ends[0]


def _run_name() -> str:
    """`demo 2026-11-20`; the file's name where the study cannot be read, which the run itself will say."""
    run = FlowRunContext.get()
    given = (run.parameters if run else None) or {}
    path = Path(str(given.get("study", "study")))
    try:
        study = read_study(path)
    except AllotError:
        return f"{path.stem} {given.get('as_of') or ''}".strip()
    return f"{study.name} {given.get('as_of') or today(study)}"


def _note(split: dict[str, Any], report: Path) -> None:
    """Tag the run with study and verdict, and leave the budgets with it."""
    run = FlowRunContext.get()
    if run is None or run.flow_run is None:
        return
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.flow_run.id, tags={*run.flow_run.tags, split["study"], split["verdict"]})
    key = f"budgets-{split['study']}".replace("_", "-")  # Prefect takes no underscore in a key
    create_markdown_artifact(run_note(split, report), key=key)


def _say(sentence: str) -> None:
    print(f"allot: {sentence}", file=sys.stderr)
