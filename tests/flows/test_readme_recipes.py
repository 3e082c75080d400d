"""The recipes of docs/from_a_file.md, typed as a new user types them, on generated files."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.flows.pages import FENCED, PAGES
from tests.flows.raw_files import write_counts, write_exports, write_markets, write_shop, write_trial
from tests.flows.test_readme_lines import shell
from tests.flows.typed import shared_server

RECIPES: dict[str, tuple[str, Callable[[Path], Path], tuple[str, ...]]] = {
    "A shop's logs": (
        "logs",
        write_shop,
        (
            "split a budget between channels",
            "Evidence tier B",
            "the study makes no use of: age",
        ),
    ),
    "An A/B test": (
        "trial",
        write_trial,
        ("which one of the arms to take", "Evidence tier A+", "50.0%", "Nothing was found that beats no arm"),
    ),
    "Counts of a test": (
        "counted",
        write_counts,
        (
            "which one of the arms to take",
            "if these were drawn at random",
            "CHOOSE: Give B. It brings 0.0400",
        ),
    ),
    "A test by region": (
        "markets",
        write_markets,
        (
            "what the treated regions gained over the others",
            "what the treatment added, if no region was chosen by what was to come there",
            "FOUND: The treatment added 2.82 per region and day",
        ),
    ),
    "Platform exports": ("exports", write_exports, ("facebook", "google", "reddit", "Evidence tier C")),
}
"""Recipe -> the folder it speaks of, who writes it, and what the check says in the end."""


def lines_of_recipe(name: str) -> str:
    told = PAGES["docs/from_a_file.md"].split("\n**")
    (recipe,) = [one for one in told if one.startswith(f"{name}**")]
    (lines,) = [text for language, text in FENCED.findall(recipe) if language == "sh"]
    return lines


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.usefixtures("prefect_server")
def test_a_recipe_ends_with_a_log_that_is_understood(tmp_path: Path, name: str) -> None:
    folder, write, told = RECIPES[name]
    write(tmp_path / folder)
    for room in ("flows", "sql", "models", "reports", "pyproject.toml"):
        (tmp_path / room).symlink_to(REPOSITORY / room)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    done: subprocess.CompletedProcess[str] = shell(tmp_path, lines_of_recipe(name), **shared_server())
    assert done.returncode == 0, done.stderr
    assert "The question: " in done.stdout and "The likely obstacle: " in done.stdout
    for words in told:
        assert words in done.stdout
