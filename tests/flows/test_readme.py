"""README's promises that a machine can check: its study, its keys, its files and its commands."""

import re
import tomllib
from pathlib import Path

import pytest

from flows.flat_settings import flatten
from flows.study import read_study
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_example_study_is_a_study(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    lines = "\n".join(line.removeprefix("   ") for line in example.splitlines())
    (tmp_path / "logs").mkdir()
    (tmp_path / "shop.toml").write_text(lines)
    study = read_study(tmp_path / "shop.toml")
    assert study.logs.tables["impressions"].columns["cost"] == "spend"
    assert study.decision.margin_rate == tomllib.loads(lines)["decision"]["margin_rate"]


def test_every_default_in_the_table_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('name = "s"\ncurrency = "EUR"\ntime_zone = "UTC"\n')
    defaults = flatten(read_study(tmp_path / "s.toml"))
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \|", README, flags=re.MULTILINE)
    checked = {key: text.strip() for key, text in rows if key in defaults}
    assert len(checked) >= 8
    for key, text in checked.items():
        if re.fullmatch(r"[0-9.]+", text):
            assert float(defaults[key]) == float(text), key


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make ([a-z-]+)", README, flags=re.MULTILINE))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE)


PATHS = re.findall(r"`((?:flows|models|sql|tests)/[a-z_/.]+)`", README)
LINKS = re.findall(r"\]\(([^):#]+)\)", README)


@pytest.mark.parametrize("path", sorted({*PATHS, *LINKS}))
def test_every_path_named_exists(path: str) -> None:
    assert (REPOSITORY / path).exists()


def test_the_picture_is_there() -> None:
    (picture,) = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert (REPOSITORY / picture).stat().st_size > 10_000
