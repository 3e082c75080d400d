"""Commands that train nothing load nothing that trains: `allot --help` and `allot check` start at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import KEY, REPOSITORY
from tests.sql.tiny_logs import impression, purchase, write_log

HEAVY = ("torch", "d3rlpy", "prefect")
CALL = f"""
import json, os, sys
from flows.cli import _call
code = _call(sys.argv[1:])
print()
print(json.dumps([code, [name for name in {HEAVY!r} if name in sys.modules]]))
"""


def loaded(*arguments: str) -> tuple[int, list[str]]:
    """(exit code, which of the heavy libraries a process of its own has loaded by the end of the command)."""
    done = subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=120,
        env={"PYTHONPATH": str(REPOSITORY), "ALLOT_PSEUDONYM_KEY": KEY},
    )  # fmt: skip
    code, heavy = json.loads(done.stdout.splitlines()[-1])
    return code, heavy


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A shop of one channel, whose study names algorithms and their settings."""
    write_log(
        tmp_path / "logs",
        impressions=[impression(n, f"2026-01-{n + 1:02d} 10:00:00", f"u{n % 7}") for n in range(20)],
        purchases=[purchase(n, f"2026-01-{n + 1:02d} 12:00:00", f"u{n % 7}") for n in range(0, 20, 3)],
    )
    path = tmp_path / "shop.toml"
    path.write_text(
        'name = "shop"\n[logs]\nfolder = "logs"\n[agents]\nalgorithms = ["cql"]\ncql_alpha = 0.1\n'
    )
    return path


def test_help_loads_none_of_them() -> None:
    assert loaded("--help") == (0, [])


def test_check_loads_none_of_them(study: Path) -> None:
    assert loaded("check", str(study), "--as-of", "2026-02-01") == (0, [])


def test_the_measure_sees_what_is_loaded(study: Path) -> None:
    """`allot evaluate` needs torch, and says so here, even where it ends in a sentence about its policy."""
    _, heavy = loaded("evaluate", str(study), "--policy", "nowhere.csv", "--as-of", "2026-02-01")
    assert "torch" in heavy
