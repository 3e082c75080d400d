"""What README and docs/ promise and a machine can check: studies, keys, files, links and commands."""

import os
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from flows.cli import app
from flows.policy_files.rules import rules_of
from flows.store.settings import PublishSettings
from flows.study import Study, read_study
from models.settings import OutcomeSettings, SplitSettings, VocabularySettings
from models.totals.settings import LiftTest
from models.worlds import DECISIONS, ORDER_WORLDS, WORLDS
from reports.words import VERDICTS
from sql.contract import CONTRACT
from sql.settings import DayRange
from tests.conftest import REPOSITORY
from tests.flows.pages import PAGES, anchor, block, blocks, headings, links
from tests.flows.test_readme_lines import TYPED
from tests.flows.test_readme_python import ASKED
from tests.flows.test_readme_recipes import RECIPES

README, STUDY = PAGES["README.md"], PAGES["docs/study.md"]
EVERYTHING = "\n".join(PAGES.values())


def test_the_example_study_is_a_study(tmp_path: Path) -> None:
    lines = block("README.md#your-own-logs-in-ten-minutes", "toml")
    (tmp_path / "logs").mkdir()
    (tmp_path / "shop.toml").write_text(lines)
    study = read_study(tmp_path / "shop.toml")
    assert study.logs.tables["impressions"].columns["cost"] == "spend"
    assert study.decision.margin_rate == tomllib.loads(lines)["decision"]["margin_rate"]


def test_the_example_rule_is_a_rule() -> None:
    (rule,) = rules_of(
        tomllib.loads(block("docs/policy.md#a-policy-of-your-own", "toml"))["rule"], "a", "b"
    ).rules
    assert (rule.show, rule.share) == ("video", 0.3)


def rows_of(heading: str) -> dict[str, str]:
    """Key -> default, of the tables under a heading of docs/study.md."""
    (text,) = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", STUDY, flags=re.DOTALL | re.MULTILINE
    )
    return dict(re.findall(r"^\| `([a-z_.]+)` \| ([^|]+?) \|", text, flags=re.MULTILINE))


def sections() -> dict[str, type[BaseModel]]:
    """Heading of docs/study.md -> the settings it describes."""
    named = {f"`[{key}]`": field.annotation for key, field in Study.model_fields.items()}
    models = {
        name: kind for name, kind in named.items() if isinstance(kind, type) and issubclass(kind, BaseModel)
    }
    return {**models, "`[[outcome]]`": OutcomeSettings}


OWN = ("name", "currency", "time_zone", "seed", "entity", "entities")
FIELDS = {
    **{name: kind.model_fields for name, kind in sections().items()},
    "Of the study": {key: Study.model_fields[key] for key in OWN},
}
IN_A_LINE = ("`[vocabulary]`", "`[publish]`")
"""Sections whose keys stand in a sentence or a row."""


@pytest.mark.parametrize("heading", sorted(FIELDS.keys() - IN_A_LINE))
def test_every_key_is_told_with_its_default(heading: str) -> None:
    told, fields = rows_of(heading), FIELDS[heading]
    assert told.keys() == fields.keys()
    for key, text in told.items():
        default = fields[key].get_default(call_default_factory=True)
        if default in (None, "", (), {}, PydanticUndefined):  # left to the logs, or to be said
            assert re.match("[a-z]|[0-9]+ for ", text), key
        elif isinstance(default, bool | str):
            assert text == (f'`"{default}"`' if isinstance(default, str) else str(default).lower()), key
        else:
            several = default if isinstance(default, tuple) else (default,)
            assert [type(one)(said) for one, said in zip(several, text.split(", "), strict=True)] == [
                *several
            ]


def test_every_verdict_is_told() -> None:
    rows = re.findall(r"^\| ([A-Z_]{4,}(?:, [A-Z_]+)*) \|", README, flags=re.MULTILINE)
    assert {verdict for row in rows for verdict in row.split(", ")} == VERDICTS.keys()


def test_every_other_key_is_told() -> None:
    assert rows_of("Days, policies, copies").keys() == {"exclude", "event", "policies", "publish"}
    (words,) = re.findall(r"^## `\[vocabulary\]`\n(.*?)^## ", STUDY, flags=re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`([a-z]+)`", words)) >= VocabularySettings.model_fields.keys()
    for key, kind in (("exclude", DayRange), ("publish", PublishSettings), ("lift_test", LiftTest)):
        (row,) = re.findall(rf"^\| `{key}` .*", STUDY, flags=re.MULTILINE)
        assert all(f"`{one}`" in row for one in kind.model_fields), key
    read = {*rows_of("Days, policies, copies"), *OWN, *(name.strip("`[]") for name in sections())}
    assert read == Study.model_fields.keys()


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)?)(?=`|  )", EVERYTHING)))
)
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("typed", sorted(set(re.findall(r"\ballot ([a-z]+\b[^`\n#]*)", EVERYTHING))))
def test_every_command_and_option_exists(typed: str) -> None:
    command = typed.split()[0]
    if command in app:
        asked = set(re.findall(r"(?<!\S)(--[a-z-]+)", typed))
        names = {name for one in app[command].assemble_argument_collection() for name in one.names}
        assert asked <= names
    else:  # a sentence about allot
        assert not re.search(rf"[`/]allot {command}", EVERYTHING)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:flows|models|sql|tests)/[a-z_/.]+)`", EVERYTHING)))
)
def test_every_path_named_exists(path: str) -> None:
    assert (REPOSITORY / path).exists()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in links(page):
        path, _, part = target.partition("#")
        there = os.path.normpath(Path(page).parent / path) if path else page
        assert (REPOSITORY / there).exists(), target
        if part:
            assert part in map(anchor, headings(PAGES[there])), target


@pytest.mark.parametrize("page", PAGES)
def test_anchors_are_told_apart(page: str) -> None:
    """GitHub numbers equal headings, so that a link to the second one would lead to the first."""
    assert max(Counter(map(anchor, headings(PAGES[page]))).values()) == 1


def test_every_page_is_linked_from_readme() -> None:
    assert {target.partition("#")[0] for target in links("README.md")} >= PAGES.keys() - {"README.md"}


def test_every_column_of_a_log_is_told() -> None:
    page = (REPOSITORY / "docs/logs.md").read_text()
    told = page[page.index("## What the columns mean") : page.index("## The other tables")]
    columns = {name for table in CONTRACT.values() for name in table.required + table.optional}
    assert columns <= set(re.findall(r"`([a-z_]+)`", told))


@pytest.mark.parametrize("page", ["README.md", "docs/method.md", "docs/scheduling.md"])
def test_the_rule_after_a_night_that_kept_is_told_where_verdicts_are(page: str) -> None:
    """It alone may turn a MOVE into a KEEP."""
    said = " ".join(re.sub(r"[\[\],]", "", PAGES[page]).split())
    assert re.search(r"said KEEP a move needs [^.]*bound that holds for every night together", said)


def test_a_step_counts_what_is_cut_and_what_is_added() -> None:
    """Of the study's default half may go from some channels to others."""
    assert SplitSettings.model_fields["max_move_share"].default == 0.4
    (said,) = re.findall(r"^\| `max_move_share` \| 0.4 \| (.*) \|$", STUDY, flags=re.MULTILINE)
    assert "all that is cut and all that is added, together, as a share of the budget" in said
    assert "At 0.4 a fifth of it may go from some channels to others" in said


def test_worlds_are_counted() -> None:
    told = " ".join((REPOSITORY / "docs/scheduling.md").read_text().split())
    assert f"one of {len(WORLDS) + len(ORDER_WORLDS)} shops" in told
    assert f"one of {len(DECISIONS)} other decisions" in told


def test_every_block_is_run_by_a_test() -> None:
    """Shell lines and Python; `make`'s two stand on top of README and are targets (above)."""
    shell = Counter(one.place for one in blocks("sh"))
    recipes = {"docs/from_a_file.md#recipes": len(RECIPES)}
    assert shell == {"README.md#allot": 1, **dict.fromkeys(TYPED, 1), **recipes}
    assert {one.place for one in blocks("python")} == set(ASKED)
    assert {one.language for one in blocks("")} == set(), "say what a block is written in"


def test_the_picture_is_there() -> None:
    (picture,) = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert (REPOSITORY / picture).stat().st_size > 10_000
