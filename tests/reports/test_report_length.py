"""What the reader must get through: no insiders' words before the appendix, few words, a small file."""

import re
from dataclasses import replace

import pytest
import samples
from markupsafe import Markup
from test_report_vocabulary import shop

from models.results import NightResult
from reports.html import report_html
from reports.pages.frontier import frontier_page

INSIDERS = ("witness", "clone", "noise apart", "DRL", "SNDR", "SNPDIS", "FQE", "PDIS")
MOST_WORDS, MOST_BYTES = 5_000, 500_000


def value(cell: str | Markup) -> float:
    """The figure behind a cell."""
    found = re.search(r'value="([^"]+)"', cell)
    assert found is not None, cell
    return float(found[1])


def rendered(night: NightResult) -> str:
    html = report_html(night).decode()
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def unfolded(html: str) -> list[str]:
    """The words of a page with every fold closed; pictures are looked at, not read."""
    pictures = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    return text(re.sub(r"<details>.*?</details>", "", pictures, flags=re.DOTALL)).split()


@pytest.mark.parametrize("name", samples.ALL)
def test_no_word_of_the_workshop_stands_before_the_appendix(name: str) -> None:
    for night in (samples.ALL[name](), shop(samples.ALL[name]())):
        html = rendered(night)
        before = text(html[: html.index('<section id="page-14"')])
        for word in INSIDERS:
            assert not re.search(rf"\b{word}", before, re.IGNORECASE if word.islower() else 0), word


def test_the_estimators_calibration_past_weeks_and_the_glossary_stand_in_the_appendix() -> None:
    html = rendered(samples.move())
    appendix = html[html.index('<section id="page-14"') :]
    for ident in ("forest", "calibration", "pacing-weeks"):
        assert html.count(f'<figure id="{ident}">') == appendix.count(f'<figure id="{ident}">') == 1
    assert "<summary>Every column and its formula</summary>" in appendix


def test_forty_six_actions_are_read_in_five_thousand_words_and_half_a_megabyte() -> None:
    night = samples.many()
    assert len(night.split.rows) == 46
    assert len(unfolded(rendered(night))) <= MOST_WORDS
    assert len(report_html(night)) <= MOST_BYTES


def test_a_chart_of_many_actions_says_how_many_it_leaves_out() -> None:
    html = rendered(samples.many())
    assert "Drawn are the 10 of 46" in html
    moved = [r.channel for r in samples.many().split.rows if r.recommended != r.current]
    picture = html[html.index('<figure id="budgets">') :].partition("</figure>")[0]
    assert all(name in picture for name in moved)  # those that move come before those that are large
    assert "Drawn are" not in rendered(samples.move())


def test_the_frontier_of_many_actions_adds_up_to_what_is_spent() -> None:
    night = samples.many()
    for name, table in frontier_page(night).tables:
        heads = [column.head for column in table.columns]
        first = len(heads) - 7
        assert heads[-1] == "40 others", name
        assert "frontier.csv" in table.columns[-1].hint
        for row in table.rows:
            parts, spent = (sum(map(value, row[first:])), value(row[0 if "same" in name else 1]))
            assert parts == pytest.approx(spent, rel=1e-3)


def test_under_keep_and_without_evidence_the_navigation_names_what_exists() -> None:
    for night in (samples.keep(), samples.no_evidence(), replace(samples.keep(), frontier=())):
        html = rendered(night)
        for anchor in re.findall(r'<a href="#([^"]+)"', html):
            assert f'<section id="{anchor}"' in html
