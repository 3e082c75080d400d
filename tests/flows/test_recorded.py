"""What Prefect keeps of a night, and that a night which Prefect fails is a night all the same."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from flows.recorded import recorded, run_recorded
from models.worlds import simulate
from sql.errors import LogError
from tests.conftest import KEY, REPOSITORY

Allot = Callable[..., "subprocess.CompletedProcess[str]"]
STUDY = """
name = "corner_shop"
currency = "EUR"
time_zone = "UTC"
[logs]
folder = "logs"
[agents]
seeds = [1]
steps = 1
"""
SPLIT = {
    "study": "corner_shop", "verdict": "MOVE", "why": "Move 5 EUR a week.", "currency": "EUR",
    "budget": {"period_days": 7},
    "rows": [{"channel": "search", "segment": None, "current": 20.0, "recommended": 25.0}],
}  # fmt: skip


def published(folder: Path) -> Callable[..., Path]:
    """A night whose report is there already."""

    def night(study: str, as_of: date) -> Path:
        assert Path(study).is_file() and as_of.year == 2026
        (folder / "split.json").write_text(json.dumps(SPLIT))
        return folder

    return night


@pytest.mark.usefixtures("prefect_server")
def test_a_run_has_a_name_tags_its_verdict_and_the_budgets(tmp_path: Path) -> None:
    from prefect.artifacts import Artifact
    from prefect.client.orchestration import get_client

    (tmp_path / "shop.toml").write_text(STUDY)
    night = recorded(published(tmp_path))
    assert night(str(tmp_path / "shop.toml"), date(2026, 11, 20)) == str(tmp_path)
    with get_client(sync_client=True) as client:
        (run,) = [run for run in client.read_flow_runs() if run.name == "corner_shop 2026-11-20"]
    assert set(run.tags) == {"corner_shop", "MOVE"}
    assert run.state is not None and run.state.message == "MOVE: Move 5 EUR a week."
    artifact = Artifact.get("budgets-corner-shop")
    assert artifact is not None and artifact.flow_run_id == run.id
    assert "| search | 20 | 25 | +5 |" in str(artifact.data)
    assert f"Report: {tmp_path}/report.html".replace("_", r"\_") in str(artifact.data)


@pytest.mark.usefixtures("prefect_server")
def test_a_failed_run_has_a_name_too_and_its_error_is_no_pickle(tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_LOCAL_STORAGE_PATH

    def night(study: str, as_of: date) -> Path:
        raise LogError(f"clicks.csv lacks the column ts, as of {as_of} of {study}.")

    before = set(PREFECT_LOCAL_STORAGE_PATH.value().glob("*"))
    with pytest.raises(LogError, match="lacks the column ts"):
        recorded(night)(str(tmp_path / "gone.toml"), date(2026, 11, 21))
    with get_client(sync_client=True) as client:
        (run,) = [run for run in client.read_flow_runs() if run.name == "gone 2026-11-21"]
    assert run.state is not None and "clicks.csv lacks the column ts" in str(run.state.message)
    kept = set(PREFECT_LOCAL_STORAGE_PATH.value().glob("*")) - before
    assert kept
    for failure in kept:
        json.loads(failure.read_text())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose night is short: impressions alone allow no split, and agents take a step each."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.toml").write_text(STUDY)
    simulate("demo", out=folder / "logs", tier="B", entities=200, days=30)
    return folder


def ended_well(night: "subprocess.CompletedProcess[str]") -> bool:
    """Exit code 0 with the verdict and the report's path as the last lines."""
    verdict, report = night.stdout.splitlines()[-2:]
    path = Path(report.removeprefix("Report: "))
    return night.returncode == 0 and verdict.startswith("NO_EVIDENCE: ") and path.is_file()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_away_costs_a_sentence(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    url = f"http://127.0.0.1:{free_port()}/api"
    with temporary_settings({PREFECT_API_URL: url}):
        found = run_recorded(published(tmp_path), str(shop / "shop.toml"), date(2026, 11, 20))
    assert found == tmp_path
    assert capsys.readouterr().err == (
        f"allot: no Prefect server answers at {url} (PREFECT_API_URL); "
        "the night runs without one and is not recorded.\n"
    )


@pytest.mark.parametrize("fault", ["is a file", "holds a folder for a database"])
def test_a_home_that_cannot_be_written_costs_a_sentence(
    fault: str, allot: Allot, shop: Path, tmp_path: Path
) -> None:
    """The second stands for a full disk: the server starts, and ends at its database."""
    home = tmp_path / "home"
    if fault == "is a file":
        home.touch()
    else:
        (home / "prefect.db").mkdir(parents=True)
    night = allot("run", shop / "shop.toml", "--as-of", "2026-11-20", PREFECT_HOME=str(home))
    assert ended_well(night), night.stderr
    assert night.stderr.startswith(f"allot: no Prefect server can work in {home} (PREFECT_HOME) (")
    assert night.stderr.endswith("; the night runs without one and is not recorded.\n")
    assert night.stderr.count("\n") == 1


@pytest.fixture
def server(
    prefect_server: None,  # noqa: ARG001
    tmp_path: Path,
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The address and the process of a real server that a test may kill."""
    from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL as DATABASE

    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **os.environ, "PREFECT_API_URL": url, "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": str(DATABASE.value()),  # made once, it takes seconds
    }  # fmt: skip
    command = [sys.executable, "-m", "prefect", "server", "start", "--no-services"]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"{url}/health", process)
        yield url, process
    finally:
        process.kill()
        process.wait()


def wait_for(url: str, process: "subprocess.Popen[bytes]", seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.mark.slow
def test_a_server_that_dies_midway_costs_a_sentence(
    server: tuple[str, "subprocess.Popen[bytes]"], shop: Path, tmp_path: Path
) -> None:
    url, process = server
    command = [sys.executable, "-m", "flows.cli", "run", str(shop / "shop.toml"), "--as-of", "2026-11-20"]
    environment = {
        "PYTHONPATH": str(REPOSITORY), "ALLOT_PSEUDONYM_KEY": KEY, "PREFECT_API_URL": url,
        "PREFECT_CLIENT_MAX_RETRIES": "0",  # each asks for four more seconds, and hears the same
    }  # fmt: skip
    night = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert night.stdout is not None
    first = night.stdout.readline()
    process.kill()
    out, err = night.communicate(timeout=200)
    assert ended_well(subprocess.CompletedProcess(command, night.returncode, first + out, err)), err
    assert err == (
        f"allot: the night is published, but the Prefect server at {url} (PREFECT_API_URL) "
        "did not record its end.\n"
    )
