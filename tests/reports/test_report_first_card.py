"""The first card: the answer, its table, and what would change it."""

import json
import re

import pytest
import samples
from test_report_html import sample

from reports import decision, numbers
from reports.exports.split import split_object


@pytest.mark.parametrize("name", ["move", "move_partly", "keep", "one_decision_each"])
def test_the_table_to_type_in_holds_the_figures_of_the_json(name: str) -> None:
    night, html = samples.ALL[name](), sample(name)
    section = html[html.index('id="page-1"') : html.index('id="page-3"')]
    shown = [(float(v), t) for v, t in re.findall(r'<data value="([^"]+)">([^<]*)</data>', section)]
    split = json.loads(json.dumps(split_object(night)))
    values = [v for v, _ in shown]
    for row in split["rows"]:
        fields = [
            "current",
            "min_allowed",
            "max_allowed",
            "marginal_iroas",
            "marginal_iroas_low",
            "attributed_roas",
        ]
        if split["verdict"].startswith("MOVE"):
            fields += ["recommended", "expected_spend", "expected_spend_low", "expected_spend_high"]
        for field in fields:
            assert row[field] is None or row[field] in values, (row["channel"], field)
    for value, text in shown:  # and what is read is that figure, rounded
        if text not in ("kept", "unchanged") and not text.endswith("%"):
            digits = text.replace(",", "").replace(numbers.MINUS, "-").replace("+", "")
            decimals = len(digits.partition(".")[2])
            assert float(digits) == pytest.approx(value, abs=0.5 * 10**-decimals + 1e-9)


def test_tier_b_warns_loudly_and_types_nothing_in() -> None:
    html = sample("no_evidence")
    assert html.count('class="banner"') == 2
    assert "No split between channels can be read from these logs." in html
    assert "Nothing needs to be typed in tonight." in html
    assert "Type in" not in html
    assert sample("move").count('class="banner"') == 0


@pytest.mark.parametrize("name", ["keep", "no_evidence", "empty"])
def test_without_a_move_the_first_screen_says_what_would_change_it(name: str) -> None:
    night, html = samples.ALL[name](), sample(name)
    first = html[: html.index("</section>")]
    assert decision.missing(night)
    for sentence in decision.missing(night):
        assert sentence in first


def test_the_first_card_holds_every_budget_what_to_type_in_and_why() -> None:
    night = samples.move()
    first = sample("move").partition("</section>")[0]
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)', first)
    assert heads == ["Channel", "Today", "Type in", "Change", "Why"]
    for row in night.split.rows:
        assert f'<b class="typed"><data value="{row.recommended}">' in first
        assert decision.row_why(night, row) in first
    assert "raised: more of it earns more than it costs" in first


def test_rows_that_stay_for_one_reason_are_one_row_where_there_are_too_many_for_a_page() -> None:
    night = samples.many()
    first = sample("many").partition("</section>")[0]
    assert first.count('<tr><th scope="row">') == 6 + 3 + 1  # rows that move, reasons, the sum
    assert first.count('class="typed"') == 6 + 1
    kept = [r for r in night.split.rows if r.recommended == r.current]
    assert len(kept) == 40
    for row in kept:  # and each has its own line on the page below
        below = sample("many")[sample("many").index('id="page-2"') :].partition("</section>")[0]
        assert f'<data value="{numbers.money(row.current)}">' in below


def test_a_kept_night_shows_todays_budgets_with_the_reason_of_each() -> None:
    first = sample("keep").partition("</section>")[0]
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)', first) == ["Channel", "Today", "Why"]
    assert "kept: the logs cannot tell whether more or less pays" in first
