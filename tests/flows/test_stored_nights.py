"""Nights on logs in an object store, copied to one: the same bytes as with folders, and no secret kept."""

import json
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.night import open_night
from flows.stages.staging import stage_logs
from flows.study import read_study
from tests.flows.short_night import STUDY
from tests.flows.typed import Ended, bytes_of, run_here
from tests.object_store import KEY_ID, SECRET, ObjectStore, denies
from tests.sql.tiny_logs import click, digest, impression, purchase, write_log

pytestmark = pytest.mark.usefixtures("prefect_server")
NIGHT = "shop/2026-03-01"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop's log; one row of it is bad, and one file is packed."""
    draw, folder = random.Random(3), tmp_path_factory.mktemp("shop") / "logs"
    days = [(n, f"2026-0{1 + n % 2}-{1 + n % 28:02d}") for n in range(600)]
    channels = ("search", "video")
    write_log(
        folder,
        impressions=[
            impression(n, f"{day} 10:00:00", f"u{n % 90}" if n else "", draw.choice(channels))
            for n, day in days
        ],
        clicks=[click(n, f"{day} 10:01:00") for n, day in days if n % 7 == 0],
        purchases=[purchase(n, f"{day} 12:00:00", f"u{n % 90}", "12.30") for n, day in days if n % 9 == 0],
    )
    return folder


def uploaded(store: ObjectStore, logs: Path) -> str:
    """The address of the log in the store."""
    for path in logs.iterdir():
        store.put(f"raw/logs/{path.name}", path.read_bytes())
    return f"s3://{store.bucket}/raw/logs"


def ran(cwd: Path, store: ObjectStore | None = None, folder: str = "logs") -> Ended:
    """One night of the shop, copied to the store if one is given."""
    cwd.mkdir(exist_ok=True)
    copied = f'[publish]\nstore = "s3://{store.bucket}/allot"\n' if store else ""
    (cwd / "shop.toml").write_text(STUDY.replace('folder = "logs"', f'folder = "{folder}"') + copied)
    return run_here("run", "shop.toml", "--as-of", "2026-03-01", "--out", "out", cwd=cwd)


def test_a_night_has_the_same_bytes_from_a_folder_and_from_a_store(
    store: ObjectStore, logs: Path, tmp_path: Path
) -> None:
    shutil.copytree(logs, tmp_path / "local" / "logs")
    local = ran(tmp_path / "local")
    assert local.returncode == 0, local.stderr
    address = uploaded(store, logs)
    stored = ran(tmp_path / "stored", folder=address, store=store)
    assert stored.returncode == 0, stored.stderr
    night = tmp_path / "stored" / "out" / NIGHT
    assert bytes_of(night) == bytes_of(tmp_path / "local" / "out" / NIGHT)
    copy = {key.removeprefix(f"allot/{NIGHT}/"): value for key, value in store.content("allot/").items()}
    assert copy == {p.relative_to(night).as_posix(): p.read_bytes() for p in night.rglob("*") if p.is_file()}

    kept = [p.read_bytes() for p in (tmp_path / "stored").rglob("*") if p.is_file() and p.name != "shop.toml"]
    for secret in (KEY_ID, SECRET, store.endpoint, store.bucket):
        assert not any(secret.encode() in content for content in kept)
    for secret in (KEY_ID, SECRET):
        assert secret not in stored.stdout + stored.stderr


def staged(folder: Path, logs: str, keep_copy: bool = True) -> dict[str, str]:
    """Digests of what a night reads from its logs, and nothing else of the night."""
    (folder / "shop.toml").write_text(
        f'name = "shop"\n[logs]\nfolder = "{logs}"\nkeep_copy = {str(keep_copy).lower()}\n'
    )
    with open_night(read_study(folder / "shop.toml"), date(2026, 3, 1), folder / "out") as night:
        return digest(stage_logs(night))


@pytest.mark.usefixtures("pseudonym_key")
def test_the_copy_of_a_log_is_kept_for_the_next_night_and_no_longer_than_asked(
    store: ObjectStore, logs: Path, tmp_path: Path
) -> None:
    address, kept = uploaded(store, logs), tmp_path / "out" / "shop" / ".mirror"
    store.requests.clear()
    first = staged(tmp_path, address)
    assert sorted(store.asked("GET")) == sorted(f"raw/logs/{path.name}" for path in logs.iterdir())
    assert kept.is_dir() and staged(tmp_path, address) == first
    assert store.asked("GET") == []  # nothing had changed
    for other, keep_copy in ((str(logs), True), (address, False)):
        staged(tmp_path, address)
        assert staged(tmp_path, other, keep_copy) == first
        assert [path.name for path in (tmp_path / "out" / "shop").iterdir()] == [".lock"]


def test_a_failed_copy_is_told_and_the_night_is_there_all_the_same(
    store: ObjectStore, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(logs, tmp_path / "logs")
    with monkeypatch.context() as patch:
        denies(patch, 3)
        done = ran(tmp_path, store=store)
    assert done.returncode == 5
    night = tmp_path / "out" / NIGHT
    assert (
        f"allot: The night is published in {night}, but its copy at s3://{store.bucket}/allot/{NIGHT}"
        in done.stderr
    )
    assert "no access to s3://" in done.stderr and done.stderr.count("\n") == 1
    assert (night / "report.html").is_file() and (night / "../latest").resolve() == night
    assert f"allot/{NIGHT}/manifest.json" not in store.content("allot/")
    before = bytes_of(night)
    assert ran(tmp_path, store=store).returncode == 0
    assert bytes_of(night) == before
    assert json.loads(store.content("allot/")[f"allot/{NIGHT}/manifest.json"])["files"]


def test_what_is_wrong_with_a_log_is_told_by_its_address(
    store: ObjectStore, logs: Path, tmp_path: Path
) -> None:
    address = uploaded(store, logs)
    (tmp_path / "shop.toml").write_text(
        f'name = "shop"\n[logs]\nfolder = "{address}"\n[logs.tables.impressions]\npath = "ads/*.csv"\n'
    )
    done = run_here("check", "shop.toml", "--as-of", "2026-03-01", cwd=tmp_path)
    assert done.returncode == 4
    assert (
        f"allot: {address}/ads/*.csv does not exist (`logs.tables.impressions.path`); the log" in done.stderr
    )


def test_check_reads_a_store_and_init_writes_a_study_that_names_it(
    store: ObjectStore, logs: Path, tmp_path: Path
) -> None:
    address = uploaded(store, logs)
    store.put("raw/logs/broken.csv.gz", b"not packed")
    assert run_here("init", address, cwd=tmp_path).returncode == 0
    study = (tmp_path / "logs.toml").read_text()
    assert f'folder = "{address}"\n' in study and f"{address}/broken.csv.gz" in study
    assert "allot-scratch" not in study
    done = run_here("check", "logs.toml", "--as-of", "2026-03-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "impressions" in done.stdout and "Evidence tier B" in done.stdout
    store.remove("raw/logs/broken.csv.gz")
    local = run_here("check", "logs.toml", "--as-of", "2026-03-01", "--logs", str(logs), cwd=tmp_path)
    again = run_here("check", "logs.toml", "--as-of", "2026-03-01", "--logs", f"{address}/", cwd=tmp_path)
    told = [[line for line in one.stdout.splitlines() if " s" not in line[-3:]] for one in (local, again)]
    assert told[0] == told[1] != []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["logs.toml"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("init s3://one/a s3://two/b", 2, "looks at one store address at a time"),
        ("init gs://one/a", 2, "names a store of another kind"),
        ("run shop.toml --out s3://one/a", 2, "--out is local"),
        ("run shop.toml --logs https://one/a", 2, "--logs names a store of another kind"),
        ("run shop.toml --logs s3://nowhere/a", 4, "The logs cannot be read: there is no bucket nowhere at"),
        ("evaluate shop.toml --policy p.csv --logs s3://nowhere/a", 4, "there is no bucket nowhere at"),
    ],
)
@pytest.mark.usefixtures("store")
def test_mistakes_are_one_sentence(tmp_path: Path, arguments: str, code: int, sentence: str) -> None:
    (tmp_path / "shop.toml").write_text('name = "shop"\n')
    (tmp_path / "p.csv").write_text("channel,multiplier\nsearch,0.7\n")
    done = run_here(*arguments.split(), cwd=tmp_path)
    assert (done.returncode, sentence in done.stderr, done.stderr.count("\n")) == (code, True, 1), done.stderr


def test_missing_credentials_stop_a_night_before_it_has_begun(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    done = ran(tmp_path, store)
    assert (done.returncode, "AWS_SECRET_ACCESS_KEY is not set" in done.stderr) == (2, True)
    assert not (tmp_path / "out" / NIGHT).exists()
