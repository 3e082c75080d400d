"""The house is in order, each rule can fail, and its map is true."""

import re
from pathlib import Path

import pytest

from tests.house.check_house import back_doors, circles, complaints, long_files, long_signatures, unexcused
from tests.house.draw_map import PAGE, drawing, redrawn, shortened
from tests.house.imports import HOUSE, imports_of


def built(folder: Path, **files: str) -> Path:
    """A small house: `models__mdp__state="import x"` is models/mdp/state.py."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        door = path.parent / "__init__.py"
        if not door.exists():
            door.write_text("")
    return folder


def test_the_house_is_in_order() -> None:
    assert complaints() == []


def test_the_map_is_what_make_map_draws() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert redrawn(page, drawing()) == page, "the rooms lean otherwise than drawn: run `make map`"
    assert "docs/architecture.md" in (HOUSE / "README.md").read_text(encoding="utf-8")


def test_what_the_map_names_is_there() -> None:
    """Every `file:name` of docs/architecture.md is defined in that file."""
    named = re.findall(r"`([\w/]+\.\w+):(\w+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) >= 12
    for file, name in named:
        said = (HOUSE / file).read_text(encoding="utf-8")
        assert re.search(rf"^(def|class|CREATE OR REPLACE MACRO) {name}\b", said, re.M), f"{file}:{name}"


def test_a_long_file_is_told(tmp_path: Path) -> None:
    house = built(tmp_path, models__long="x = 1\n" * 301, models__right="x = 1\n" * 300)
    (told,) = long_files(house)
    assert told.startswith("models/long.py has 301 lines")


@pytest.mark.parametrize(
    ("signature", "too_many"),
    [("a, b, c, d, e, f", False), ("self, a, b, c, d, e, f", False), ("a, /, b, c, d, *, e, f, g", True)],
)
def test_parameters_are_counted_without_self(tmp_path: Path, signature: str, too_many: bool) -> None:
    house = built(tmp_path, flows__one=f"def act({signature}): ...\n")
    assert long_signatures(house) == ([("flows.one:act", 7)] if too_many else [])


def test_an_excuse_that_nothing_needs_is_told() -> None:
    found = [("flows.one:act", 7)]
    assert unexcused(found, {"flows.one:act": "why"}) == []
    told = unexcused(found, {"flows.two:act": "why"})
    assert [sentence.split()[0] for sentence in told] == ["flows.one:act", "flows.two:act"]


def test_a_room_is_entered_by_its_door(tmp_path: Path) -> None:
    house = built(
        tmp_path,
        models__mdp__state="class State: ...\n",
        models__mdp__inside="from models.mdp.state import State\n",
        flows__door="from models.mdp import State\n",
        flows__window="from models.mdp.state import State\n",
        flows__wall="from models.mdp import state\n",
    )
    (house / "models/mdp/__init__.py").write_text("from models.mdp.state import State\n")
    told = back_doors(imports_of(house))
    assert [sentence.split()[0] for sentence in told] == ["flows.wall", "flows.window"]


def test_a_circle_of_rooms_is_told(tmp_path: Path) -> None:
    house = built(
        tmp_path,
        models__a__one="import models.b.two\n",
        models__b__two="import models.c.three\n",
        models__c__three="",
    )
    assert circles(imports_of(house)) == []
    (house / "models/c/three.py").write_text("import models.a.one\n")
    (told,) = circles(imports_of(house))
    assert all(f"models.{room}" in told for room in "abc")


def test_the_map_leaves_out_what_a_longer_way_says() -> None:
    assert shortened({("a", "b"), ("b", "c"), ("a", "c"), ("a", "d")}) == {("a", "b"), ("b", "c"), ("a", "d")}
