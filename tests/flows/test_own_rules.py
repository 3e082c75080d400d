"""Rules of a study's own: what is wrong with one is said before anything is learnt."""
# ruff: noqa: E501 (one case per line)

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.cli import main
from flows.stages import night_stages
from flows.study import read_study
from models.mdp import build_transitions, features_of
from models.settings import DecisionSettings
from sql.errors import StudyError
from tests.models.agents.tables import gold_rush
from tests.sql.tiny_logs import impression, purchase, stage, write_log

RULE = '[[policies.mine.rule]]\nwhen = "{}"\nshow = "{}"\n'


def write(folder: Path, when: str = "visits_7d > 0", show: str = "search", more: str = "") -> Path:
    """A study of one rule, and a log of the channels search and video beside it."""
    write_log(
        folder / "logs",
        impressions=[
            impression(n, f"2026-01-{n % 20 + 1:02d} 10:00:00", f"u{n % 7}", ("search", "video")[n % 2])
            for n in range(40)
        ],
        purchases=[purchase(n, f"2026-01-{n + 1:02d} 12:00:00", f"u{n % 7}") for n in range(20)],
        users=[{"user_id": f"u{n}", "entry_ts": "2026-01-01", "segment": "ab"[n % 2]} for n in range(7)],
    )
    path = folder / "shop.toml"
    path.write_text(
        f'name = "shop"\n[logs]\nfolder = "logs"\nmin_cell_users = 1\n{more}\n' + RULE.format(when, show)
    )
    return path


@pytest.mark.parametrize(
    ("when", "show", "more", "said"),
    [
        ("visits_7d > 0", "vidio", "", "rule 1: `show`: the logs have no action \"vidio\"; did you mean 'video'?"),
        ("visit_7d > 0", "video", "", "rule 1: `when`: there is no feature \"visit_7d\"; did you mean 'visits_7d'?"),
        ("segment == 'c'", "video", "", 'rule 1: `when`: "segment" has no value "c"'),
        ("visits_7d > 0", "video", "[decision]\nsingle_step = true", 'there is no feature "visits_7d"'),
    ],
)  # fmt: skip
def test_check_names_what_the_logs_lack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], when: str, show: str, more: str, said: str
) -> None:
    assert main(["check", str(write(tmp_path, when, show, more)), "--as-of", "2026-02-01"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "The study shop, policies.mine, " in error and said in error


@pytest.mark.parametrize("more", ["", '[state]\nencoder = "gru"'])
def test_check_takes_a_rule_by_what_the_logs_have(tmp_path: Path, more: str) -> None:
    path = write(tmp_path, "segment == 'b' or visits_7d > 0", "video", more)
    assert main(["check", str(path), "--as-of", "2026-02-01"]) == 0


def test_what_only_the_transitions_tell_is_said_before_the_training(tmp_path: Path) -> None:
    study = read_study(write(tmp_path, "sequence_99 > 0", "search", '[state]\nencoder = "gru"'))
    night, nothing = cast("Any", SimpleNamespace(study=study)), cast("Any", None)
    with pytest.raises(StudyError, match=r"The study shop, policies\.mine, rule 1: "):
        night_stages.train_agents(night, gold_rush(20), nothing, nothing)


@pytest.mark.parametrize("single_step", [False, True])
@pytest.mark.parametrize("settings", [{}, {"context": ("device",)}, {"user_features": ("age",)}])
def test_the_features_are_known_before_the_table(
    tmp_path: Path, single_step: bool, settings: dict[str, Any]
) -> None:
    days = [f"2026-01-{n + 1:02d} 10:00:00" for n in range(20)]
    write_log(
        tmp_path / "logs",
        impressions=[impression(n, day, f"u{n % 7}", device="ab"[n % 2]) for n, day in enumerate(days)],
        purchases=[purchase(n, day, f"u{n % 7}") for n, day in enumerate(days)],
        users=[{"user_id": f"u{n}", "entry_ts": days[0], "age": 20 + n} for n in range(7)],
    )
    events = stage(tmp_path / "logs", single_step=single_step, **settings)
    decision = DecisionSettings(single_step=single_step)
    assert features_of(events, decision) == build_transitions(events, decision).feature_spec
