"""Real nights, end to end: simulated logs in, a published report out, by the command line as users run it."""

import hashlib
import json
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.evaluate import read_agent
from models.agents import AgentPolicy, agent_of
from models.agents.store import load_transitions
from tests.flows.typed import Ended, bytes_of, command, environment, run, run_here, shared_server
from tests.models.agents.outside import answers

STUDY = """
name = "small"
currency = "EUR"
time_zone = "Europe/Berlin"
[logs]
folder = "logs"
[decision]
tail_days = 7
[agents]
seeds = [1]
steps = 40
hidden_units = [16]
batch_size = 256
[split]
bootstrap = 20
"""
FILES = (
    "report.html",
    "split.json",
    "split.csv",
    "split.xlsx",
    "evaluation.csv",
    "evaluation.parquet",
    "evidence.csv",
    "frontier.csv",
    "charts.csv",
    "next_best_action.parquet",
    "health.json",
    "manifest.json",
    "transitions/transitions.parquet",
    "policies/dqn.json",
    "policies/dqn.safetensors",
    "policies/cql.json",
)


pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a study, its logs and one published night in `out`."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "small.toml").write_text(STUDY)
    world = ("--entities", "400", "--days", "42")
    assert run_here("simulate", "demo", "--out", "logs", *world, cwd=folder).returncode == 0
    asked = ("run", "small.toml", "--as-of", "2026-11-20", "--out", "out", "--threads", "1")
    night = run(*asked, cwd=folder, **shared_server())
    assert night.returncode == 0, night.stderr
    (folder / "stdout").write_text(night.stdout)
    (folder / "stderr").write_text(night.stderr)
    return folder


def test_a_good_night_is_quiet_and_ends_with_the_report(shop: Path) -> None:
    assert (shop / "stderr").read_text() == ""
    last = (shop / "stdout").read_text().splitlines()[-1]
    assert last.startswith("Report: ") and last.endswith("report.html")
    assert (shop / "out/small/latest").resolve() == (shop / "out/small/2026-11-20").resolve()


@pytest.mark.parametrize("name", FILES)
def test_every_promised_file_is_there(shop: Path, name: str) -> None:
    assert (shop / "out/small/latest" / name).stat().st_size > 0


def test_the_manifest_holds_the_digest_of_every_file(shop: Path) -> None:
    night = shop / "out/small/latest"
    manifest = json.loads((night / "manifest.json").read_text())
    listed = {f["name"]: f["sha256"] for f in manifest["files"]}
    found = {
        str(p.relative_to(night)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in night.rglob("*")
        if p.is_file() and p.name != "manifest.json"
    }
    assert listed == found
    for table in manifest["rows"].values():
        quarantined = sum(table["quarantined"].values())
        assert table["rows_in"] == table["good"] + table["duplicate"] + quarantined + table["not_yet_known"]
    assert any(table["duplicate"] for table in manifest["rows"].values())  # the world's logs have faults


def test_next_actions_say_what_speaks_for_them(shop: Path) -> None:
    acted = pl.read_parquet(shop / "out/small/latest/next_best_action.parquet")
    (said,) = acted["evidence"].unique().to_list()
    is_plan = (acted["action"] != "do_not_act").all()
    assert (said in ("gain", "perhaps none", "unjudged")) if is_plan else said is None


def test_every_policy_is_compared(shop: Path) -> None:
    frame = pl.read_csv(shop / "out/small/latest/evaluation.csv")
    assert {
        "logged", "uniform", "equal split", "last-click", "last-touch", "greedy ROAS", "behaviour clone",
        "dqn", "cql", "advantage",
    } <= set(frame["policy"])  # fmt: skip
    assert {"FQE", "SNDR", "SNPDIS"} <= set(frame["estimator"])
    assert {"margin", "cost", "profit"} <= set(frame["outcome"])


@pytest.fixture(scope="module")
def to_act_on(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The night as if it had left its rules: whether so small a shop's agents may be acted on is chance."""
    night = tmp_path_factory.mktemp("copied") / "night"
    shutil.copytree(shop / "out/small/2026-11-20", night)
    manifest = json.loads((night / "manifest.json").read_text())
    manifest["files"].append({"name": "policies/policy.sql", "sha256": ""})
    (night / "manifest.json").write_text(json.dumps(manifest))
    return night


@pytest.mark.parametrize("name", ["dqn", "cql", "advantage"])
def test_an_exported_agent_acts_on_the_nights_transitions_as_the_night_did(
    to_act_on: Path, tmp_path: Path, name: str
) -> None:
    night = to_act_on
    done = run_here("export", night / f"policies/{name}.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{name}.onnx: {name} of 2026-11-20, ")
    table = load_transitions(night / "transitions")
    delivery = table.eligible / table.eligible.sum(axis=1, keepdims=True)
    data = (tmp_path / f"{name}.onnx").read_bytes()
    value, probability = answers(data, table.features, table.eligible, delivery)
    found = read_agent(night / f"policies/{name}.json")
    policy = AgentPolicy(agent_of(found.saved), found.price, found.softness, name)
    expected = policy.ensemble.action_values(table.features, table.eligible, found.price)
    known = table.eligible
    assert np.abs(value[known] - expected[known]).max() <= 1e-5 * expected[known].std()
    assert (value.argmax(axis=1) == expected.argmax(axis=1)).mean() > 0.9999
    usual = policy.probabilities(table.features, table.eligible, delivery)
    assert np.abs(probability - usual).max() <= 1e-5


def test_no_raw_user_id_leaves_the_logs(shop: Path) -> None:
    users = pl.read_parquet(shop / "logs/users.parquet")["user_id"].to_list()
    for path in (shop / "out").rglob("*"):
        if path.suffix in (".json", ".csv", ".html"):
            text = path.read_text()
            assert not any(user in text for user in users[:50]), path
        elif path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            for column in frame.select(pl.col(pl.String)):
                assert not set(users) & set(column.to_list()), path


@pytest.fixture(scope="module")
def two_at_once(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended, Ended]:
    """The same night in another machine room, where threads, time zone, locale, hash seed and working folder
    differ, and one more run of it while that one is at work: the output folder, and how the two ended."""
    folder = tmp_path_factory.mktemp("elsewhere")
    odd = {
        "TZ": "Pacific/Apia",
        "LC_ALL": "tr_TR.UTF-8",
        "PYTHONHASHSEED": "7",
        "POLARS_MAX_THREADS": "2",
        "OMP_NUM_THREADS": "2",
    }
    asked = ("run", shop / "small.toml", "--as-of", "2026-11-20", "--out", folder, "--threads", "2")
    with subprocess.Popen(
        command(*asked), cwd=folder, env=environment(**odd, **shared_server()),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as first:  # fmt: skip
        assert first.stdout is not None
        begun = first.stdout.readline()  # the logs are read: the lock is held
        second = run_here(*asked, cwd=folder)
        out = begun + first.stdout.read()
    assert first.returncode is not None
    return folder, Ended(first.args, first.returncode, out), second


def test_another_machine_room_gives_the_same_bytes(
    shop: Path, two_at_once: tuple[Path, Ended, Ended]
) -> None:
    folder, night, _ = two_at_once
    assert night.returncode == 0, night.stdout
    assert bytes_of(folder / "small/2026-11-20") == bytes_of(shop / "out/small/2026-11-20")


def test_two_runs_at_once_one_works_and_the_other_says_so(two_at_once: tuple[Path, Ended, Ended]) -> None:
    _, first, second = two_at_once
    assert first.returncode == 0
    assert second.returncode == 3
    assert len(second.stderr.strip().splitlines()) == 1 and "Traceback" not in second.stderr


def test_the_next_night_goes_on_from_the_last(shop: Path) -> None:
    night = run_here("run", "small.toml", "--as-of", "2026-11-21", "--out", "out", cwd=shop)
    assert night.returncode == 0, night.stderr
    report = (shop / "out/small/2026-11-21/report.html").read_text()
    assert "last night" in report or "warm" in report
    ledger = pl.read_parquet(shop / "out/small/ledger.parquet")
    assert ledger["as_of"].cast(pl.String).unique().sort().to_list() == ["2026-11-20", "2026-11-21"]


@pytest.mark.parametrize("stage", ["read the logs", "train the agents", "write the report"])
def test_a_kill_loses_nothing_and_the_next_run_needs_no_hand(shop: Path, tmp_path: Path, stage: str) -> None:
    """kill -9 right after a stage of a rerun: the published night stays, the next run gives its bytes."""
    out = tmp_path / "out"
    first = ("run", shop / "small.toml", "--as-of", "2026-11-20", "--out", out)
    with subprocess.Popen(
        command(*first), env=environment(**shared_server()),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(stage):
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not (out / "small/latest").exists()  # nothing half-written is ever visible
    if stage == "write the report":
        again = run_here(*first, cwd=tmp_path)
        assert again.returncode == 0, again.stderr
        assert bytes_of(out / "small/2026-11-20") == bytes_of(shop / "out/small/2026-11-20")
