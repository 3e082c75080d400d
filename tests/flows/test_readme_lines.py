"""Lines of README and docs/ as a newcomer types them: own logs in ten minutes, a scheduler, several sites."""

import csv
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import KEY, REPOSITORY
from tests.flows.pages import block
from tests.flows.test_mailing import write
from tests.flows.test_which_one import a_test
from tests.flows.typed import Ended, run_here

OWN_LOGS = "README.md#your-own-logs-in-ten-minutes"
SCHEDULER = "docs/scheduling.md#a-server-and-a-worker"
SITES = "docs/sites.md#a-test"
TYPED = (OWN_LOGS, SCHEDULER, SITES)
"""Places whose shell lines are typed here."""
LOOK = """
import json, sys
from prefect.artifacts import Artifact
from prefect.client.orchestration import get_client

with get_client(sync_client=True) as client:
    runs = client.read_flow_runs()
    logs = client._client.post("/logs/filter", json={}).json()
    taken = client.read_deployment_by_name("nightly/nightly").model_dump(mode="json")
seen = {
    "runs": [[run.name, sorted(run.tags), run.state.type.value, run.state.message] for run in runs],
    "logs": [line["message"] for line in logs],
    "artifact": Artifact.get("budgets-shop").data,
    "deployment": taken,
}
json.dump(seen, open(sys.argv[1], "w"))
"""
"""What a person would look up on the server before stopping it."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a study of one's own beside it: README's example, and logs that suit it.

    Impressions alone allow no split, and agents take a step each, so that a night is short.
    """
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("flows", "sql", "models", "reports", "prefect.yaml", "pyproject.toml"):
        (folder / name).symlink_to(REPOSITORY / name)
    (folder / ".venv").symlink_to(sys.prefix)
    study = block(OWN_LOGS, "toml")
    (folder / "shop.toml").write_text("\n".join([study, "[agents]", "steps = 1", "seeds = [1]"]))
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
    done = shell(checkout, block(OWN_LOGS, "sh"))
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
    lines = block(SCHEDULER, "sh").replace("4200", port)
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
    taken = seen["deployment"]
    assert taken["entrypoint"] == "flows/nightly.py:nightly"
    assert taken["global_concurrency_limit"]["limit"] == 1
    assert taken["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    (cron,) = [one["schedule"] for one in taken["schedules"]]
    assert (cron["cron"], cron["timezone"]) == ("0 3 * * *", "Europe/Berlin")
    (run,) = [run for run in seen["runs"] if run[2] == "COMPLETED"]
    split = json.loads((checkout / "out/shop/latest/split.json").read_text())
    verdict = f"{split['verdict']}: {split['why']}"
    assert run == ["shop 2026-11-20", ["NO_EVIDENCE", "allot", "shop"], "COMPLETED", verdict]
    assert any(run[2] == "SCHEDULED" for run in seen["runs"]), "the schedule of prefect.yaml makes runs"
    assert verdict in seen["logs"]
    assert any(re.fullmatch(r"Report: .*out/shop/2026-11-20/report\.html", line) for line in seen["logs"])
    assert "| EUR a week | today | recommended | change |" in seen["artifact"]
    assert "'key': 'budgets-shop'" in done.stdout


@pytest.mark.slow
def test_a_test_at_several_sites(tmp_path: Path) -> None:
    """Three sites give the line in turn, each under its own name; `sums` is carried by being one folder."""
    everybody = a_test(tmp_path / "all", effect=0.2, cost=0.5, controls="opportunities", members=900)
    sites = ("north", "south", "west")
    for number, site in enumerate(sites):
        (tmp_path / site / "logs").mkdir(parents=True)
        (tmp_path / site / "test.toml").write_text((everybody / "promotion.toml").read_text())
        (tmp_path / "sums").mkdir(exist_ok=True)
        (tmp_path / site / "sums").symlink_to(tmp_path / "sums")
        for path in (everybody / "logs").glob("*.csv"):
            header, *rows = csv.reader(path.open())
            kept = [row for row in rows if int(row[header.index("user_id")][1:]) % 3 == number]
            write(tmp_path / site / "logs" / path.name, " ".join(header), kept)
    allot, *arguments = shlex.split(block(SITES, "sh"))
    assert allot == ".venv/bin/allot"
    last: dict[str, Ended] = {}
    for turn in range(6 * len(sites)):
        k = turn % len(sites)
        names = dict(zip(sites, (*sites[k:], *sites[:k]), strict=True))  # the line as this site types it
        last[sites[k]] = run_here(*(names.get(one, one) for one in arguments), cwd=tmp_path / sites[k])
        assert last[sites[k]].returncode == 0, last[sites[k]].stderr
    north, *others = (one.stdout[one.stdout.index("arm ") :] for one in last.values())
    assert "Show coupon." in north and all(answer == north for answer in others)
