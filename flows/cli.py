"""The command line of `allot`. Heavy modules load when a command needs them."""

import contextlib
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from cyclopts import App, CycloptsError, Parameter

from flows.arguments import THE_WORLDS_OWN, AsOf, Draw, Logs, Out, SiteLogs, Study, Threads, unwrapped

EXIT_CODES = """
Exit codes

0    done
1    an unexpected error; the message names the file that holds the traceback
2    the study file or an argument is wrong
3    another run of this study is at work
4    the logs cannot be used
5    the night is published here, but its copy in the object store is not whole
130  interrupted
"""

app = App(
    name="allot",
    help=(
        "Turn logged campaign data into a budget split that can be trusted.\n\n"
        "Every night: read the logs, train offline agents, let each half of the users judge those that the "
        "other half taught, and say MOVE, MOVE_PARTLY, KEEP or NO_EVIDENCE, with the budgets to type in."
    ),
    help_format="plaintext",
    help_epilogue=EXIT_CODES,
    version_flags=["--version"],
    version=lambda: _version(),
    suppress_keyboard_interrupt=False,
)


@app.command
def init(
    files: Annotated[
        list[str],
        Parameter(help="Log files or folders, or one s3://bucket/prefix: Parquet, CSV, TSV, JSON Lines."),
    ],
    *,
    out: Annotated[
        Path | None, Parameter(help="The study to write. Default: the folder's name and .toml, here.")
    ] = None,
    force: Annotated[bool, Parameter(negative="", help="Replace a study that is there already.")] = False,
) -> None:
    """Write a study for files of your own, from their columns.

    Every guess is a comment in the study that says why; what cannot be guessed is asked for in a commented
    line, and `allot check` says what is still missing.

    Example: allot init logs/ --out shop.toml
    """
    from flows.commands import write_study

    write_study(files, out, force)


@app.command
def run(
    study: Study, *, as_of: AsOf = None, out: Out = Path("out"), logs: Logs = None, threads: Threads = None
) -> None:
    """Run one night: from the logs to a published report.

    Ends with the verdict and the path of report.html. A night that is run again replaces its report.

    Example: allot run flows/studies/demo.toml --as-of 2026-11-20 --out out
    """
    from flows.commands import run_night

    run_night(study, as_of, out, logs, threads)


@app.command
def backfill(
    study: Study,
    *,
    first: Annotated[date, Parameter(name="--from", help="First as-of date, YYYY-MM-DD.")],
    last: Annotated[date, Parameter(name="--to", help="Last as-of date, included.")],
    every: Annotated[int, Parameter(help="Days between two nights.")] = 1,
    missing: Annotated[bool, Parameter(negative="", help="Only dates that have no report yet.")] = False,
    out: Out = Path("out"),
    logs: Logs = None,
    threads: Threads = None,
) -> None:
    """Run one night per date, oldest first, as each would have run then.

    `latest` stays on the newest date. Stops at the first night that fails; `--missing` goes on from there.

    Example: allot backfill my.toml --from 2026-11-01 --to 2026-11-20 --every 7 --missing
    """
    from flows.commands import run_nights

    run_nights(study, first, last, every, missing, out, logs, threads)


@app.command
def evaluate(
    study: Study,
    *,
    policy: Annotated[
        Path,
        Parameter(
            help="Channels and multipliers (CSV, TOML), rules (TOML), a table of decisions (CSV, Parquet), "
            "or a JSON file of a run's policies/ folder."
        ),
    ],
    as_of: AsOf = None,
    logs: SiteLogs = None,
    threads: Threads = None,
) -> None:
    """Score a policy of your own against today's delivery, by everybody.

    A CSV with the lines `channel,multiplier` and `search,0.7` asks: what if search were delivered
    0.7 times as often as today, and every other channel as it is? A TOML file with
    `[[rule]]`, `when = "visits_7d > 0"`, `show = "video"` shows video where that holds; a CSV with
    the columns user_id, date and action says whom to show what. Writes nothing.

    With --logs given several times, a policy of multipliers or rules is scored by the sums of all sites,
    where every decision carries the probability of every action; anything else is refused.

    Example: allot evaluate my.toml --policy less-search.csv --as-of 2026-11-20
    """
    from flows.commands import evaluate_policy_file

    evaluate_policy_file(study, policy, as_of, tuple(logs or ()), threads)


@app.command
def export(
    policy: Annotated[
        Path, Parameter(help="JSON file of an agent in a run's policies/ folder, beside its weights.")
    ],
    /,
    *,
    out: Annotated[
        Path | None, Parameter(help="The file to write. Default: the agent's name and .onnx, here.")
    ] = None,
) -> None:
    """Write a night's agent as an ONNX file, for programs without Python.

    It takes features and eligible actions as transitions/ holds them, and how likely delivery takes each
    action; it gives the value of every action, and how likely the agent takes it. A file that is there is
    replaced. Needs the package onnx.

    Example: allot export out/shop/latest/policies/dqn.json --out dqn.onnx
    """
    from flows.commands import export_policy

    export_policy(policy, out)


@app.command
def pool(
    study: Study,
    *,
    site: Annotated[str, Parameter(help="This site's name.")],
    others: Annotated[list[str], Parameter(name="--with", help="The other sites' names.")],
    exchange: Annotated[Path, Parameter(help="Folder that holds a folder of files per site.")],
    as_of: AsOf = None,
    logs: Logs = None,
    threads: Threads = None,
) -> None:
    """Judge a test that ran at several sites, by sums: no row leaves a site.

    Every site gives this command, with the same study and date, and again whenever the others' files have
    come into EXCHANGE: five times at most. The last one prints the arms, their differences and the answer,
    as if all rows had been in one place.

    Example: allot pool test.toml --site north --with south --with west --exchange sums
    """
    from flows.commands import pool_sites

    pool_sites(study, site, tuple(others), exchange, (as_of, logs, threads))


@app.command
def simulate(
    world: Annotated[
        str,
        Parameter(
            help="A world with known truth: `demo` (what `make nightly` uses), `rare`, `null-equal` ..., or "
            "that of a study of flows/studies/, such as `retention_offer`."
        ),
    ],
    *,
    out: Annotated[Path, Parameter(help="Folder the logs are written to.")],
    tier: Annotated[
        Literal["A+", "A", "B", "C"] | None,
        Parameter(
            help="Of a shop: A (the default) logs opportunities, A+ their probabilities too, B impressions "
            "only, C daily totals."
        ),
    ] = None,
    draw: Annotated[Draw, Parameter(name="*")] = THE_WORLDS_OWN,
    force: Annotated[
        bool, Parameter(negative="", help="Write into a folder that holds files of your own.")
    ] = False,
) -> None:
    """Write the logs of a simulated world whose true answer is known.

    Into a folder that is new, empty, or that a simulation wrote before.

    Example: allot simulate demo --out data/demo
    """
    from flows.commands import simulate_world

    simulate_world(world, out, tier, (draw.seed, draw.entities, draw.days), force=force)


@app.command
def check(study: Study, *, as_of: AsOf = None, logs: Logs = None, threads: Threads = None) -> None:
    """Read the logs only: count every row's fate, and say what these logs can identify.

    Writes nothing. Start here with logs of your own.

    Example: allot check my.toml --as-of 2026-11-20
    """
    from flows.commands import check_logs

    check_logs(study, as_of, logs, threads)


def main(arguments: list[str] | None = None) -> int:
    """Entry point of `allot`; returns the exit code. `arguments`: default those of the process."""
    unwrapped(app)
    if arguments is not None:
        return _call(arguments)
    return _leave(_call(sys.argv[1:]))


def _leave(exit_code: int) -> NoReturn:
    """End without the interpreter's teardown: Prefect's threads wait minutes for a server that has died, and
    hold modules that DuckDB's bindings would list on stderr as leaked."""
    if server := sys.modules.get("flows.process.server"):
        server.stop_server()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(exit_code)


def _call(arguments: list[str]) -> int:
    from flows.process.guard import check_packages

    try:
        check_packages()
    except SystemExit as error:
        return int(str(error.code))
    from sql.errors import AllotError

    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        told = " ".join(str(error).split())
        if told.endswith("into date."):
            told = f"{told.removesuffix('date.')}a date; write YYYY-MM-DD, like 2026-11-20."
        _say(f"{told} (`allot --help` explains.)")
        return 2
    except AllotError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted; the last published report is intact, and the next run starts clean.")
        return 130
    except BrokenPipeError:
        return 0  # the reader of our output has gone: there is nobody to tell
    except Exception as error:
        from flows.commands import disk_is_full, write_traceback

        if disk_is_full(error):
            _say(
                "the disk is full: free some room for the outputs (--out) and temporary files (TMPDIR), and "
                "run again; the last published report is intact."
            )
            return 1
        name = type(error).__name__
        _say(f"unexpected {name}; the full traceback {write_traceback(error, arguments)}")
        return 1
    return 0


def _say(sentence: str) -> None:
    print(f"allot: {sentence}", file=sys.stderr)


def _version() -> str:
    from flows.publishing.manifest import code_version

    return code_version()


if __name__ == "__main__":
    sys.exit(main())
