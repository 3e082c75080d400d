"""A night after one whose files were damaged: it starts afresh, or from an older report, and says so."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import safetensors.torch
import torch

from flows.cli import main
from flows.night import open_night
from flows.publishing.ledger import read_ledger
from flows.study import read_study
from models.worlds import simulate
from sql.errors import StudyError
from tests.flows.short_night import STUDY as SHORT

pytestmark = pytest.mark.usefixtures("prefect_server", "pseudonym_key")

STUDY = SHORT.replace("[agents]", '[agents]\nalgorithms = ["dqn"]')
BEFORE, TONIGHT = "2026-11-19", "2026-11-20"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    simulate("demo", out=folder / "logs", tier="A", entities=150, days=28, last_day=date(2026, 11, 19))
    (folder / "shop.toml").write_text(STUDY)
    return folder


def run_night(folder: Path, as_of: str) -> int:
    return main(["run", str(folder / "shop.toml"), "--as-of", as_of, "--out", str(folder / "out")])


@pytest.fixture
def last_night(shop: Path, tmp_path: Path) -> Path:
    """The published folder of the night before, in a shop of its own."""
    if not (shop / "out").exists():
        assert run_night(shop, BEFORE) == 0
    shutil.copytree(shop, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop/out/shop" / BEFORE


def cut(name: str) -> Callable[[Path], None]:
    def spoil(night: Path) -> None:
        content = (night / name).read_bytes()
        (night / name).write_bytes(content[: len(content) // 2])

    return spoil


def written(name: str, text: str) -> Callable[[Path], None]:
    return lambda night: (night / name).write_text(text) and None


def signed(night: Path, name: str, content: bytes) -> None:
    """Write a file and enter its digest in the manifest, as if the night had written it so."""
    (night / name).write_bytes(content)
    manifest = json.loads((night / "manifest.json").read_text())
    for file in manifest["files"]:
        if file["name"] == name:
            file["sha256"] = hashlib.sha256(content).hexdigest()
    (night / "manifest.json").write_text(json.dumps(manifest))


def network_of_nan(night: Path) -> None:
    tensors = safetensors.torch.load_file(night / "policies/dqn.safetensors")
    data = safetensors.torch.save({name: torch.full_like(t, torch.nan) for name, t in tensors.items()})
    signed(night, "policies/dqn.safetensors", data)
    contract = json.loads((night / "policies/dqn.json").read_text())
    contract["weights_sha256"] = hashlib.sha256(data).hexdigest()
    signed(night, "policies/dqn.json", json.dumps(contract).encode())


def odd_split(night: Path) -> None:
    split = json.loads((night / "split.json").read_text())
    signed(night, "split.json", json.dumps({**split, "uplift": [1], "rows": "none"}).encode())


PASSED_OVER = f"The files of the report of {BEFORE} are damaged, so nothing was taken from it."
AFRESH = "dqn was trained afresh: the file of the night before is damaged"


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (cut("policies/dqn.json"), PASSED_OVER),
        (cut("manifest.json"), PASSED_OVER),
        (written("manifest.json", "[" * 100_000), PASSED_OVER),
        (written("split.json", "[1, 2]"), PASSED_OVER),
        (network_of_nan, AFRESH),
        (odd_split, ""),
    ],
    ids=["cut policy", "cut manifest", "deep manifest", "other split", "signed NaN", "odd split, signed"],
)
def test_a_damaged_night_before_costs_its_warm_start_and_no_more(
    last_night: Path, capfd: pytest.CaptureFixture[str], spoil: Callable[[Path], None], note: str
) -> None:
    spoil(last_night)
    folder = last_night.parents[2]
    capfd.readouterr()
    exit_code = run_night(folder, TONIGHT)
    assert (exit_code, capfd.readouterr().err) == (0, "")
    tonight = last_night.parent / TONIGHT
    assert note in (tonight / "report.html").read_text()
    assert len(read_ledger(last_night.parent / "ledger.parquet").filter(as_of=date(2026, 11, 20))) > 0


def test_an_undamaged_night_before_is_trained_on(last_night: Path) -> None:
    assert run_night(last_night.parents[2], TONIGHT) == 0
    tonight = last_night.parent / TONIGHT
    assert json.loads((tonight / "manifest.json").read_text())["previous"]["as_of"] == BEFORE
    report = (tonight / "report.html").read_text()
    assert PASSED_OVER not in report and "was trained afresh" not in report


@pytest.mark.parametrize("name", [".latest.new", ".ledger.parquet.new", ".replaced-2026-11-19", ".work"])
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_leftovers_of_any_kind_are_cleared(last_night: Path, name: str, kind: str) -> None:
    left = last_night.parent / name
    left.mkdir() if kind == "folder" else left.touch()
    study = read_study(last_night.parents[2] / "shop.toml")
    for swapped in ("latest", "ledger.parquet"):
        (last_night.parent / swapped).unlink()
    with open_night(study, date(2026, 11, 20), last_night.parents[1]) as night:
        assert night.previous == last_night
        assert len(read_ledger(night.root / "ledger.parquet")) > 0
    assert (last_night.parent / "latest").resolve() == last_night
    assert not left.exists()


def test_a_folder_in_place_of_the_lock_is_told(last_night: Path) -> None:
    (last_night.parent / ".lock").unlink()
    (last_night.parent / ".lock").mkdir()
    study = read_study(last_night.parents[2] / "shop.toml")
    with (
        pytest.raises(StudyError, match=r"\.lock cannot be opened .Is a directory.; it should be a file"),
        open_night(study, date(2026, 11, 20), last_night.parents[1]),
    ):
        pass
