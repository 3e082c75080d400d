"""README's lines as a newcomer types them: their own logs in ten minutes, and the scheduler's first hour."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import KEY, REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
LOOK = """
import json, sys
from prefect.artifacts import Artifact
from prefect.client.orchestration import get_client

with get_client(sync_client=True) as client:
    runs = client.read_flow_runs()
    logs = client._client.post("/logs/filter", json={}).json()
seen = {
    "runs": [[run.name, sorted(run.tags), run.state.type.value, run.state.message] for run in runs],
    "logs": [line["message"] for line in logs],
    "artifact": Artifact.get("budgets-shop").data,
}
json.dump(seen, open(sys.argv[1], "w"))
"""
"""What a person would look up on the server before stopping it."""


def lines_of(section: str) -> str:
    """The shell lines of a section, without a list's indent."""
    (text,) = re.findall(rf"^## {section}\n(.*?)^## ", README, flags=re.DOTALL | re.MULTILINE)
    (lines,) = re.findall(r"^ *```sh\n(.*?)```", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(line.strip() for line in lines.splitlines())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a study of one's own beside it: README's example, and logs that suit it.

    Impressions alone allow no split, and agents take a step each, so that a night is short.
    """
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("flows", "sql", "models", "reports", "prefect.yaml", "pyproject.toml"):
        (folder / name).symlink_to(REPOSITORY / name)
    (folder / ".venv").symlink_to(sys.prefix)
    (study,) = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    lines = [line.removeprefix("   ") for line in study.splitlines()]
    (folder / "shop.toml").write_text("\n".join([*lines, "[agents]", "steps = 1", "seeds = [1]"]))
    world = ["demo", "--entities", "200", "--days", "30", "--tier", "B", "--out", "logs"]
    done = shell(folder, f".venv/bin/python -m flows.cli simulate {' '.join(world)}")
    assert done.returncode == 0, done.stderr
    logs = folder / "logs"
    (logs / "ads").mkdir()
    impressions = pl.read_parquet(logs / "impressions*", glob=True)
    impressions.rename({"ts": "event_time", "cost": "spend", "channel": "network"}).write_csv(
        logs / "ads" / "1.csv"
    )
    return folder


def shell(folder: Path, lines: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Type `lines` into a shell, and stop at the first that fails. Nothing of the test's own Prefect."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    paths = {"PYTHONPATH": path, "ALLOT_PSEUDONYM_KEY": KEY}
    return subprocess.run(
        ["bash", "-c", f"set -em; trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{lines}"],
        cwd=folder, env={**inherited, **paths, **environment},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip


@pytest.mark.slow
def test_your_own_logs_in_ten_minutes(checkout: Path) -> None:
    done = shell(checkout, lines_of("Your own logs in ten minutes"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Evidence tier B" in done.stdout
    assert re.fullmatch(r"Report: .*/out/shop/2026-11-20/report\.html", done.stdout.splitlines()[-1])
    assert (checkout / "out/shop/latest/report.html").is_file()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_schedulers_first_hour(checkout: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    lines = lines_of("Scheduling").replace("4200", port)
    before, stop = lines.rsplit("\n", 1)
    assert stop.startswith("kill ")
    (checkout / "look.py").write_text(LOOK)
    look = ".venv/bin/python look.py seen.json"
    place = {"PREFECT_SERVER_API_PORT": port, "PREFECT_HOME": str(checkout / "home")}
    done = shell(checkout, f"{before}\n{look}\nset +e\n{stop}\nwait", **place)
    told = {"shell": done.stdout + done.stderr, "worker": (checkout / "prefect-worker.log").read_text()}
    assert done.returncode in (0, 143), told  # 143: `wait` tells that we stopped them
    for where, text in told.items():
        assert not re.search("Traceback|leaked|Warning|ERROR", text), (where, text)

    seen = json.loads((checkout / "seen.json").read_text())
    (run,) = [run for run in seen["runs"] if run[2] == "COMPLETED"]
    split = json.loads((checkout / "out/shop/latest/split.json").read_text())
    verdict = f"{split['verdict']}: {split['why']}"
    assert run == ["shop 2026-11-20", ["NO_EVIDENCE", "allot", "shop"], "COMPLETED", verdict]
    assert any(run[2] == "SCHEDULED" for run in seen["runs"]), "the schedule of prefect.yaml makes runs"
    assert verdict in seen["logs"]
    assert any(re.fullmatch(r"Report: .*out/shop/2026-11-20/report\.html", line) for line in seen["logs"])
    assert "| EUR a week | today | recommended | change |" in seen["artifact"]
    assert "'key': 'budgets-shop'" in done.stdout
