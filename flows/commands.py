"""What each command of `allot` does, once its arguments are read."""

import contextlib
import errno
import os
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flows.process.discretion import unquoted
from flows.process.environment import prepare
from flows.process.memory import while_loading
from sql.advice import way_out
from sql.errors import StudyError

if TYPE_CHECKING:
    from flows.study import Study

CLAIMS = {
    "A+": "everything may be claimed: delivery was random, or its probabilities were logged",
    "A": "everything may be claimed, as far as delivery decides on what is logged",
    "B": "diagnostics and a ranking inside a channel only; no channel split, because who would have been "
    "reached anyway cannot be told apart",
    "C": "wide, aggregate evidence only",
    "regions": "what the treatment added, if no region was chosen by what was to come there",
    "counts": "differences between arms, if these were drawn at random: nothing in counts could show it",
}
"""Evidence tier, or the table of a test -> what may be claimed."""


def write_study(files: list[str], out: Path | None, force: bool) -> None:
    """`allot init`."""
    prepare(command_line=True)
    if not files:
        raise StudyError("`allot init` wants files or a folder to look at: allot init logs/")
    with while_loading():
        from flows.init.lines import ASK
        from flows.init_anywhere import init_anywhere

    written = init_anywhere(tuple(files), out, force, lambda note: print(f"Left out of the study: {note}"))
    asked = written.read_text(encoding="utf-8").count(ASK)
    print(f"{written}: written. Lines that ask: {asked}. Next: allot check {written}")


def run_night(study: Path, as_of: date | None, out: Path, logs: str | None, threads: int | None) -> None:
    """`allot run`."""
    settings = _read(study, logs, threads)
    with while_loading():
        from flows.night import preflight, today

    as_of = as_of or today(settings)
    preflight(settings, as_of, out)
    with while_loading():
        from flows.process.server import begin_server

        begin_server()
        from flows.nightly import one_night
        from flows.recorded import run_recorded

    _announce(run_recorded(one_night, str(study), as_of, str(out), logs, threads))


def run_nights(
    study: Path,
    first: date,
    last: date,
    every: int,
    missing: bool,
    out: Path,
    logs: str | None,
    threads: int | None,
) -> None:
    """`allot backfill`."""
    if last < first:
        raise StudyError(f"--to {last} lies before --from {first}; swap them.")
    if every < 1:
        raise StudyError(f"--every is {every}; it must be at least 1 day.")
    settings = _read(study, logs, threads)
    from flows.publishing.publish import published_dates

    root = out / settings.name
    there = set(published_dates(root)) if missing and root.is_dir() else set()
    nights = [first + timedelta(days) for days in range(0, (last - first).days + 1, every)]
    for night in nights:
        if night.isoformat() in there:
            print(f"{night}: published already", flush=True)
        else:
            print(f"{night}", flush=True)
            run_night(study, night, out, logs, threads)


def evaluate_policy_file(
    study: Path, policy: Path, as_of: date | None, logs: tuple[str, ...], threads: int | None
) -> None:
    """`allot evaluate`; of several logs each is a site's."""
    if len(set(logs)) < len(logs):
        raise StudyError("--logs names a site twice; nobody may be at two sites.")
    settings = [_read(study, one, threads) for one in logs or (None,)]
    with while_loading():
        from flows.evaluate import evaluate_file
        from flows.night import today

    as_of = as_of or today(settings[0])
    if len(settings) == 1:
        evaluate_file(settings[0], as_of, policy)
        return
    from flows.sites.evaluate import evaluate_sites

    evaluate_sites(list(zip(logs, settings, strict=True)), as_of, policy)


def export_policy(policy: Path, out: Path | None) -> None:
    """`allot export`."""
    prepare(command_line=True)
    from flows.export import export_agent

    print(export_agent(policy, out or Path(f"{policy.stem}.onnx")))


def pool_sites(
    study: Path,
    site: str,
    others: tuple[str, ...],
    exchange: Path,
    reading: tuple[date | None, str | None, int | None],
) -> None:
    """`allot pool`; reading: the date, and the logs and threads of the other commands."""
    as_of, logs, threads = reading
    settings = _read(study, logs, threads)
    with while_loading():
        from flows.night import today
        from flows.sites.pool import Sites, pool

    pool(settings, as_of or today(settings), Sites(exchange, site, others))


def simulate_world(
    world: str, out: Path, tier: str | None, draw: tuple[int, int | None, int | None], *, force: bool
) -> None:
    """`allot simulate`; draw: the seed, and how many entities and days, None for the world's own number."""
    seed, entities, days = draw
    prepare(command_line=True)
    for name, value in (("--entities", entities), ("--days", days)):
        if value is not None and value < 1:
            raise StudyError(f"{name} is {value}; it must be at least 1.")
    if seed < 0:
        raise StudyError(f"--seed is {seed}; it must be 0 or more.")
    with while_loading():
        from flows.process.progress import Progress
        from flows.simulated import claim_folder
        from flows.store.address import refuse_store
        from flows.study_errors import show, suggest
        from models.worlds import DECISIONS, ORDER_WORLDS, WORLDS, simulate

    refuse_store(out)
    worlds = (*WORLDS, *ORDER_WORLDS, *DECISIONS)
    if world not in worlds:
        others = f"; there are {', '.join(sorted(worlds))}"
        raise StudyError(f"There is no world {show(world)}{suggest(world, worlds, others)}")
    if tier is not None and world in DECISIONS:
        raise StudyError(f"The world {world} has one log, so that --tier means nothing; leave it out.")
    claim_folder(out, force=force)
    with Progress.open() as progress, progress.stage(f"simulate {world}"):
        simulate(world, out=out, tier=tier, seed=seed, progress=progress.step, entities=entities, days=days)
    told = "Logs" if world in DECISIONS else f"Logs of tier {tier or 'A'}"
    print(f"{told} are in {out}.")


def check_logs(study: Path, as_of: date | None, logs: str | None, threads: int | None) -> None:
    """`allot check`."""
    settings = _read(study, logs, threads)
    with while_loading():
        from flows.night import open_scratch, today
        from flows.stages.log_history import ask_its_age, examine_log, find_stop
        from flows.stages.staging import stage_logs
        from flows.tables import count_table, figures_table, print_table
        from models.overview import Asked, log_overview
        from models.trials import asks_of_counts, asks_of_regions
        from reports.log_overview import overview_header, overview_rows, overview_sentences
        from reports.sentences.guardrails import allowed
        from reports.sentences.health import check_text

    night_of = as_of or today(settings)
    with open_scratch(settings, night_of, needs_key=False) as night, night.progress.stage("read the logs"):
        events = stage_logs(night)
        history = examine_log(night, events)
        asked = Asked(settings.decision, settings.split, settings.evaluation.level, settings.outcome)
        stop, age = find_stop(night, events, history), ask_its_age(night, events)
        overview = log_overview(events, asked, stop.check if stop else None)
        table = "counts" if asks_of_counts(events) else "regions" if asks_of_regions(events) else ""
    print_table(count_table(events.counts))
    if overview.actions:
        print_table(figures_table(overview_header(overview, settings.words), overview_rows(overview)))
    for sentence in overview_sentences(overview, settings.words, settings.currency):
        print(sentence)
    for one in settings.guardrails:
        if one.worst is not None:  # a study whose guardrail has no bound is refused when it is read
            print(allowed(one.name, one.worst))
    print(f"Evidence tier {events.tier}: {events.tier_reason}")
    print(f"With it, {CLAIMS[table or events.tier]}.")
    for advice in sorted(
        {way_out(c.table, reason) for c in events.counts for reason in c.quarantined} - {""}
    ):
        print(f"For refused rows: {advice}.")
    for finding in events.findings:
        if finding.is_doubtful:
            print(f"Warning: {finding.text}")
    for check in (*(finding.check for finding in history), age):
        if check.status != "ok":
            print(f"{check.status.capitalize()}: {check_text(check, settings.words, settings.currency)}")
    for note in events.notes:
        print(f"Note: {note}")


def disk_is_full(error: BaseException) -> bool:
    """Did a write fail for want of room? Some libraries say so in words only."""
    full = os.strerror(errno.ENOSPC)
    return any(getattr(one, "errno", None) == errno.ENOSPC or full in str(one) for one in _chain(error))


def write_traceback(error: BaseException, arguments: list[str]) -> str:
    """Keep the traceback of an unexpected error for whoever mends it; `is in FILE`, or why it is not."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for folder in _error_folders(arguments):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{stamp}-{os.getpid()}.log"
            path.write_text(_without_data(error), encoding="utf-8")
            return f"is in {path}"
        except OSError:
            continue
    return "could not be written anywhere."


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it was caused by, first cause last."""
    chain, link = [error], error.__cause__ or error.__context__
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


def _without_data(error: BaseException) -> str:
    """The traceback with what it was caused by, first cause first; messages that may quote a log left out."""
    parts = []
    for one in reversed(_chain(error)):
        parts += [*traceback.format_tb(one.__traceback__), f"{unquoted(one)}\n"]
    return "".join(parts)


def _error_folders(arguments: list[str]) -> Iterator[Path]:
    """OUT/logs where an --out was given that is a folder, else or where that cannot be written to a temporary
    folder."""
    if "--out" in arguments[:-1] and arguments[0] not in ("init", "export"):
        yield Path(arguments[arguments.index("--out") + 1]) / "logs"
    with contextlib.suppress(OSError):
        yield Path(tempfile.mkdtemp(prefix="allot-logs-"))


def _read(study: Path, logs: str | None, threads: int | None) -> "Study":
    """Environment first, then the study: polars reads its thread count when it is imported.

    A study that still asks something is refused, whatever it was to be used for.
    """
    if threads is not None and not 1 <= threads <= 256:
        raise StudyError(f"--threads is {threads}; it must be from 1 to 256.")
    prepare(threads, command_line=True)
    with while_loading():
        from flows.study import read_answered_study, with_threads

    return with_threads(read_answered_study(study, logs), threads)


def _announce(folder: Path) -> None:
    """The last lines of a run: what was found, and where to read it."""
    from flows.publishing.split_file import read_split

    split = read_split(folder)
    print(f"{split['verdict']}: {split['why']}")
    print(f"Report: {folder / 'report.html'}")
