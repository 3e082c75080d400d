"""The command line as people meet it: help that teaches, one sentence per mistake, documented exit codes."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows import commands
from flows.cli import main
from flows.process.lock import study_lock
from sql.errors import LogError

Allot = Callable[..., "subprocess.CompletedProcess[str]"]
COMMANDS = ("init", "run", "backfill", "evaluate", "export", "pool", "simulate", "check")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_option_with_an_example_and_the_exit_codes(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert f"Example: allot {command} " in text
    assert "130 interrupted" in text


def test_lines_of_help_break_where_the_terminal_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--help"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    at = lines.index(["onnx."])
    assert all(len(line) > 9 for line in lines[at - 3 : at])


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from flows.cli import main; main(['--help']); print([m for m in %r if m in sys.modules])"
    )
    heavy = ["torch", "prefect", "polars", "duckdb", "numpy", "pydantic"]
    found = subprocess.run([sys.executable, "-c", code % heavy], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "[]"
    assert all(command in found.stdout for command in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("frob", 'Unknown command "frob"'),
        ("run", "requires an argument"),
        ("run nowhere.toml", "There is no study file nowhere.toml"),
        ("run x.toml --as-of 2026-13-01", 'unable to convert "2026-13-01" into a date; write YYYY-MM-DD'),
        ("run x.toml --as-of 20.05.2026", "into a date; write YYYY-MM-DD, like 2026-11-20. (`allot --help`"),
        ("run x.toml --threads 0", "--threads is 0; it must be from 1 to 256"),
        ("backfill x.toml --from 2026-02-01 --to 2026-01-01", "lies before --from 2026-02-01; swap them"),
        ("backfill x.toml --from 2026-01-01 --to 2026-01-02 --every 0", "--every is 0"),
        ("simulate dem --out there", "There is no world \"dem\"; did you mean 'demo'?"),
        ("simulate demo --out there --tier D", "--tier"),
        ("simulate demo --out there --days 0", "--days is 0"),
        ("export", "parameter POLICY requires an argument"),
        ("export p.json --out .", "--out names no file; give a file that ends in .onnx"),
        ("check /dev/zero", "/dev/zero is no regular file; name the study's TOML file"),
        ("check nowhere.toml", "There is no study file"),
        ("init nowhere", "There is no file or folder nowhere"),
        ("init", "requires an argument"),
        ("evaluate nowhere.toml --policy p.csv", "There is no study file"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line_and_exits_with_2(
    arguments: str,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments.split()) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_a_missing_key_exits_with_2_and_a_locked_study_with_3(allot: Allot, tmp_path: Path) -> None:
    study = tmp_path / "shop.toml"
    study.write_text('name = "shop"')
    arguments = ("run", study, "--as-of", "2026-11-20", "--out", tmp_path)
    unset = allot(*arguments, ALLOT_PSEUDONYM_KEY="")
    assert (unset.returncode, unset.stdout) == (2, "")
    assert re.fullmatch(r"allot: The environment variable ALLOT_PSEUDONYM_KEY is not set; .*\n", unset.stderr)
    (tmp_path / "shop").mkdir()
    with study_lock(tmp_path / "shop", date(2026, 11, 19)):
        locked = allot(*arguments)
    assert (locked.returncode, locked.stdout) == (3, "")
    assert re.fullmatch(
        r"allot: Another run of study `shop` is at work in .*as of 2026-11-19.*\n", locked.stderr
    )


def raising(error: BaseException) -> Callable[..., None]:
    def command(*_: object) -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "exit_code", "sentence"),
    [
        (LogError("clicks.csv lacks the column ts."), 4, "allot: clicks.csv lacks the column ts.\n"),
        (KeyboardInterrupt(), 130, "allot: interrupted; the last published report is intact, "),
    ],
)
def test_other_ends_have_their_own_exit_codes(
    error: BaseException,
    exit_code: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(commands, "run_night", raising(error))
    assert main(["run", "x.toml"]) == exit_code
    assert capsys.readouterr().err.startswith(sentence)


def test_an_unexpected_error_is_one_line_and_a_traceback_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(commands, "run_night", raising(ZeroDivisionError("inner detail")))
    assert main(["run", "x.toml", "--out", str(tmp_path / "out")]) == 1
    sentence = capsys.readouterr().err
    found = re.fullmatch(r"allot: unexpected ZeroDivisionError; the full traceback is in (.*)\n", sentence)
    assert found
    path = Path(found[1])
    assert path.parent == tmp_path / "out" / "logs"
    assert "inner detail" in path.read_text()


def test_simulate_writes_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", "demo", "--out", str(tmp_path / "logs"), "--entities", "50", "--days", "5"]
    assert main(arguments) == 0
    assert "Logs of tier A are in" in capsys.readouterr().out
    assert any((tmp_path / "logs").rglob("*.parquet"))


@pytest.mark.usefixtures("pseudonym_key")
def test_check_counts_every_row_and_says_what_the_logs_allow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["simulate", "demo", "--out", str(tmp_path / "logs"), "--entities", "200", "--days", "20"]
    assert main(arguments) == 0
    (tmp_path / "shop.toml").write_text('name = "shop"\ntime_zone = "Europe/Berlin"\n')
    before = sorted(tmp_path.rglob("*"))
    capsys.readouterr()
    arguments = ["check", str(tmp_path / "shop.toml"), "--logs", str(tmp_path / "logs")]
    assert main([*arguments, "--as-of", "2026-11-20"]) == 0
    out = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line}
    for table in ("impressions", "clicks", "purchases", "opportunities"):
        rows_in, *fates = (int(figure.replace(",", "")) for figure in rows[table][1:])
        assert rows_in == sum(fates)
    assert "Evidence tier A: " in out
    assert "Warning: " not in out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_first_look_needs_no_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check keeps nothing, so that no secret has to be made for it; one that is there must be good."""
    (tmp_path / "counts.csv").write_text("arm,n,successes\nA,100,40\nB,100,60\n")
    (tmp_path / "shop.toml").write_text('name = "shop"\n')
    monkeypatch.delenv("ALLOT_PSEUDONYM_KEY", raising=False)
    assert main(["check", str(tmp_path / "shop.toml")]) == 0
    assert "which one of the channels to take" in capsys.readouterr().out
    monkeypatch.setenv("ALLOT_PSEUDONYM_KEY", "short")
    assert main(["check", str(tmp_path / "shop.toml")]) == 2


def test_a_kept_traceback_does_not_quote_the_log(tmp_path: Path) -> None:
    """Libraries that see ids in clear put them into their messages; ours and Python's stay."""
    import polars as pl

    from flows.commands import write_traceback

    ids = ["anna@example.com"]

    try:
        try:
            pl.Series(ids).cast(pl.Int64)
        except pl.exceptions.PolarsError as error:
            raise ValueError("the step failed") from error
    except ValueError as error:
        said = write_traceback(error, ["run", "--out", str(tmp_path)])
    (path,) = (tmp_path / "logs").iterdir()
    text = path.read_text()
    assert said == f"is in {path}"
    assert "anna" not in text
    assert "InvalidOperationError: (its message may quote the log and is left out)" in text
    assert text.endswith("ValueError: the step failed\n")


@pytest.mark.usefixtures("pseudonym_key")
def test_check_warns_of_what_no_single_row_shows_and_says_which_forms_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [f"i{n},2026-01-{1 + n % 20:02d},u{n},{('search', 'Search')[n % 2]},0.1" for n in range(40)]
    bought = [f"p{n},2026-01-{2 + n % 20:02d},u{n},{'980 EUR' if n == 7 else '10.00'}" for n in range(40)]
    (tmp_path / "logs").mkdir()
    for name, columns, lines in (
        ("impressions", "impression_id,ts,user_id,channel,cost", shown),
        ("purchases", "purchase_id,ts,user_id,revenue", bought),
    ):
        (tmp_path / "logs" / f"{name}.csv").write_text("\n".join([columns, *lines]))
    (tmp_path / "shop.toml").write_text(
        'name = "shop"\n[logs]\nfolder = "logs"\n'
        '[[outcome]]\nname = "clicks"\nrole = "guardrail"\nworst = -0.1\n'
    )
    assert main(["check", str(tmp_path / "shop.toml"), "--as-of", "2026-02-01"]) == 0
    out = capsys.readouterr().out
    assert "Guardrail clicks: it may fall by at most 10 % of today's level; any rise is allowed.\n" in out
    assert "For refused rows: money is read as 4012.80 or 4,012.80" in out
    assert "Warning: About 72% of the revenue of purchases is in 1 refused row" in out
    assert "Warning: 'Search', 'search' differ in capitals or blanks only" in out
    assert "Warn: The log ends on 2026-01-21, and the 10 days between it and the night are missing" in out
    assert "The likely obstacle: The log ends" not in out
    assert main(["check", str(tmp_path / "shop.toml"), "--as-of", "2026-05-01"]) == 0
    out = capsys.readouterr().out
    ends = "The log ends on 2026-01-21, and the 99 days between it and the night are missing"
    assert f"The likely obstacle: {ends}" in out
    assert f"Stop: {ends}" in out


def test_a_full_disk_is_told_from_other_errors() -> None:
    """Python says it by number, polars in words."""
    import polars as pl

    from flows.commands import disk_is_full

    with pytest.raises(OSError) as by_number, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    with pytest.raises(Exception, match="No space left") as in_words:
        pl.DataFrame({"x": range(1000)}).write_parquet("/dev/full")
    assert disk_is_full(by_number.value) and disk_is_full(in_words.value)
    assert not disk_is_full(FileNotFoundError(2, "No such file or directory"))
