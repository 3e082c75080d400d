"""Why a plan has no figure: every sentence of the estimators is told in plain words, none is shown raw."""

import ast
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import samples

import models.evaluation
from models.evaluation.estimators.support import Support, outcome_refusals, refusal
from models.evaluation.policy_table import NO_INTERVAL, SAME_FOR_ALL, SPREAD_UNKNOWN
from models.results.night import NightResult
from models.settings import EvaluationSettings
from reports import refusals
from reports.html import report_html
from reports.numbers import NBSP

SETTINGS = EvaluationSettings()
SOUND = Support(np.array([900.0]), 900.0, 3.0, 0.01, 0.2, np.zeros(3))
GATES = {
    "unsupported": replace(SOUND, unsupported=np.array([0.0, 0.2, 0.1])),
    "everything unsupported": replace(SOUND, unsupported=np.array([1.0, 0.0, 0.0])),
    "few": replace(SOUND, min_effective_sample_size=3.2),
    "none": replace(SOUND, min_effective_sample_size=float("nan")),
    "tail": replace(SOUND, tail_shape=1.24),
    "one journey": replace(SOUND, max_weight_share=0.93),
}
RAW = ("no credible estimate", "journey", "policy", "effective sample size;", "`")
"""What no sentence for analysts may hold."""


def sentences() -> dict[str, str]:
    """Every refusal, as its own code writes it."""
    found = {name: refusal(gate, ("none", "search", "video"), SETTINGS) for name, gate in GATES.items()}
    logged = np.zeros((30, 2))
    logged[0] = 1.0
    journeys = SimpleNamespace(outcome_names=("purchases", "new customers"))
    found |= outcome_refusals(journeys, logged, "user")  # type: ignore[arg-type]
    found["spread"] = SPREAD_UNKNOWN.format("user")
    found["constant"] = SAME_FOR_ALL.format("margin", "user")
    found["interval"] = NO_INTERVAL
    return found


@pytest.mark.parametrize("name", sentences())
def test_every_gate_is_told_plainly_with_what_would_change_it(name: str) -> None:
    reason = sentences()[name]
    assert reason
    told = refusals.explained(samples.move(), reason)
    assert refusals.is_known(reason)
    assert told.meaning.endswith(".")
    assert (told.remedy == "") == (name == "interval")
    for raw in RAW:
        assert raw not in told.meaning + told.remedy


def written_refusals() -> list[str]:
    """Every sentence in the evaluation's source that begins as a refusal does, with 7 for each figure."""
    found = []
    for path in sorted(Path(str(models.evaluation.__file__)).parent.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        inner = {id(part) for node in joined for part in node.values}
        for node in ast.walk(tree):
            if id(node) in inner or not isinstance(node, ast.JoinedStr | ast.Constant):
                continue
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            texts = [p.value if isinstance(p, ast.Constant) else "7" for p in parts]
            if isinstance(texts[0], str) and texts[0].startswith(refusals.HEAD):
                found.append("".join(map(str, texts)).replace("{}", "user"))
    return found


def test_no_refusal_is_written_that_the_report_cannot_tell() -> None:
    found = written_refusals()
    assert len(found) >= 6
    for sentence in found:
        percents = sentence.replace("in 7 of", "in 7 % of").replace("than 7 of", "than 7 % of")
        percents = percents.replace("(limit 7)", "(limit 7 %)").replace("carries 7 of", "carries 7 % of")
        assert refusals.is_known(percents), sentence


def told(reason: str) -> tuple[str, str]:
    found = refusals.explained(samples.move(), reason)
    return found.meaning.replace(NBSP, " "), found.remedy.replace(NBSP, " ")


def test_the_sentences_read_well() -> None:
    found = sentences()
    assert told(found["few"]) == (
        "Only about 3 histories in the logs went this plan’s way; at least 50 are needed.",
        "More days of logs, a plan that stays closer to today’s delivery, or a small share of delivery at "
        "random.",
    )
    assert told(found["none"])[0].startswith("Not a single history in the logs went")
    assert told(found["unsupported"])[0].startswith(
        "In 30 % of its decisions it does what delivery does there"
    )
    assert "mostly “search”" in told(found["unsupported"])[0]
    assert told(found["everything unsupported"])[0].startswith("In 100 % of its decisions")  # from 1e+02 %
    assert "mostly nothing at all" in told(found["everything unsupported"])[0]
    assert told(found["tail"])[1].startswith("Not more of the same logs")
    assert told(found["new customers"])[0].startswith("Only 1 user in the logs show")


def test_names_that_look_like_sentences_do_no_harm() -> None:
    for name in ("`search`", "video (limit 3 %)", samples.SCRIPT, samples.FORMULA, "{0.__class__}", "\\1"):
        reason = refusal(GATES["unsupported"], ("none", name, "video"), SETTINGS)
        assert f"“{name.strip('`').split(' (')[0]}" in told(reason)[0]


def test_an_unknown_sentence_is_shown_without_its_technical_head() -> None:
    assert told("no credible estimate: the moon was full") == ("The moon was full.", "")
    assert told("")[0] == "No reason was given."


def refused(reason: str) -> NightResult:
    """A KEEP whose recommended split the estimators refuse, as the verdict itself writes it."""
    night = samples.keep()
    why = (
        "Keep today's split: the best change found would bring 902 EUR a week (between 99 and 1,700 EUR), "
        f"but this cannot be relied on. {reason}"
    )
    return replace(
        night,
        split=replace(night.split, why=why),
        evaluation=tuple(replace(e, estimate=None, credible=False, reason=reason) for e in night.evaluation),
        evidence=tuple(replace(e, uplift=None, verdict="no evidence", reason=reason) for e in night.evidence),
    )


@pytest.mark.parametrize("name", sorted({*GATES, "purchases"}))
def test_no_page_shows_a_refusal_raw(name: str) -> None:
    reason = sentences()[name]
    html = report_html(refused(reason)).decode()
    assert reason not in html.replace("&#39;", "'")
    assert "no credible estimate" not in html
    meaning = refusals.explained(samples.keep(), reason).meaning
    assert meaning in html[: html.index('id="page-2"')]
    assert html[html.index('id="page-10"') :].count(meaning) > 8  # in the tables, and once per plan


def test_without_any_figure_the_chart_gives_way_to_the_reasons() -> None:
    html = report_html(refused(sentences()["few"])).decode()
    assert 'id="plans"' not in html
    assert "No plan has a figure that these logs support" in html
    assert "Not one plan has a figure that these logs support" in html
