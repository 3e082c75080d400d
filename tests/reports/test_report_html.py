"""report.html: self-contained, harmless, complete, and the same figures as the JSON."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib import resources

import pytest
import samples

from models.results import (
    Changed,
    Gate,
    HealthCheck,
    HoldOut,
    NightResult,
    NoneJudged,
    Pictures,
    ShowMore,
    SourcesDiffer,
    SpendChange,
)
from reports import estimates, numbers
from reports.html import content_security_policy, report_html

PAGES = tuple(f"page-{n}" for n in range(1, 15))
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; refuses tags that do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def html_of(night: NightResult) -> str:
    return report_html(night).decode()


@cache
def sample(name: str) -> str:
    """A sample's page, rendered once for all tests."""
    return html_of(samples.ALL[name]())


@pytest.mark.parametrize("name", samples.ALL)
def test_the_page_is_self_contained_and_runs_nothing(name: str) -> None:
    html = sample(name)
    page = Page(html)
    assert not {"script", "img", "link", "iframe", "object", "embed", "form", "base"} & {
        t for t, _ in page.tags
    }
    for tag, attributes in page.tags:
        assert not any(a.startswith("on") or a in ("style", "src", "srcset", "action") for a in attributes), (
            tag
        )
        assert attributes.get("href", "#").startswith("#")
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    policies = [a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [content_security_policy(style)]
    assert "default-src 'none'" in policies[0]
    assert html.index("Content-Security-Policy") < html.index("<style>")


@pytest.mark.parametrize("name", samples.ALL)
def test_every_page_is_there_and_the_contents_lead_to_it(name: str) -> None:
    page = Page(sample(name))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    there = [i for i in ids if i in PAGES]
    assert there == [p for p in PAGES if p in there]
    assert {"page-1", "page-10", "page-14"} <= set(there)
    assert [a["href"] for t, a in page.tags if t == "a"] == [f"#{p}" for p in there[1:]]
    for tag, attributes in page.tags:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert set(str(attributes["aria-labelledby"]).split()) <= set(ids)


def test_hostile_names_are_text_everywhere() -> None:
    html = sample("move_partly")
    assert samples.SCRIPT not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    text = "".join(Page(html).text)
    for name in samples.HOSTILE:
        assert name in text
    assert "{{ 7 * 7 }}" in text


def test_hostile_text_in_every_field_is_escaped() -> None:
    bad = samples.SCRIPT
    night = samples.keep()
    split = replace(
        night.split,
        why=NoneJudged(((bad, SourcesDiffer(bad, 1.0, 2.0)),)),
        missing=(HoldOut(bad), ShowMore((bad,))),
        changed=Changed(bad, "keeps", spend=(SpendChange(bad, 1.0, 2.0),)),
        rows=tuple(replace(r, reason=SourcesDiffer(bad, 1.0, 2.0)) for r in night.split.rows),
    )
    rare = Gate("unsupported actions", 0.3, 0.05, bad, 0.01)
    night = replace(
        night,
        **dict.fromkeys(("study", "currency", "time_zone", "tier_reason", "code_version"), bad),
        split=split,
        notes=(bad,),
        settings={bad: bad},
        health=tuple(
            replace(c, kind="placebo", subject=bad, found=bad, limit=bad, unit=bad, status=bad)
            for c in night.health
        ),
        evaluation=tuple(replace(e, reason=rare, unit=bad, credible=False) for e in night.evaluation),
        evidence=tuple(
            replace(e, unit=bad, disputed_by=bad, verdict=bad, reason=rare, hidden_cause_text=bad)
            for e in night.evidence
        ),
        tables=tuple(replace(t, table=bad, quarantined={bad: 1}) for t in night.tables),
        training=tuple(replace(t, algorithm=bad, device=bad) for t in night.training),
        policies=tuple(replace(p, label=bad, text=bad) for p in night.policies),
        pictures=Pictures(
            channel_uplifts=tuple(replace(u, channel=bad) for u in night.pictures.channel_uplifts),
            response_curves=tuple(replace(c, channel=bad) for c in night.pictures.response_curves),
            segment_slopes=tuple(replace(s, channel=bad, segment=bad) for s in night.pictures.segment_slopes),
            exposure_values=tuple(replace(v, channel=bad) for v in night.pictures.exposure_values),
            frequency_caps=tuple(replace(c, channel=bad) for c in night.pictures.frequency_caps),
            pacing=tuple(replace(p, label=bad) for p in night.pictures.pacing),
            week_spends=tuple(replace(w, week_start=bad) for w in night.pictures.week_spends),
            past_nights=tuple(
                replace(n, verdict=bad, budgets=((bad, 1.0),)) for n in night.pictures.past_nights
            ),
            next_experiments=tuple(replace(e, channel=bad) for e in night.pictures.next_experiments),
        ),
    )
    html = html_of(night)
    assert bad not in html
    assert "script" not in {tag for tag, _ in Page(html).tags}


def test_the_same_uplift_stands_in_text_and_chart() -> None:
    html = sample("move")
    first = html[: html.index('id="page-2"')]
    assert "We expect 12,000" in first
    assert "+12,000" in first[first.index("<svg") :]
    assert "11,977" not in html


@pytest.mark.parametrize("name", ["move", "no_evidence"])
def test_every_policy_and_estimator_has_its_row(name: str) -> None:
    """Those that are compared in one table, the raw ones in another."""
    night, html = samples.ALL[name](), sample(name)
    known = [e for e in night.evaluation if e.outcome == "profit"]
    plans = sorted({estimates.label(night, e.policy) for e in known})
    cells: dict[str, dict[str, str]] = {plan: {} for plan in plans}
    tables = [part.partition("</table>")[0] for part in html.split("Profit, EUR a week</caption>")[1:]]
    assert len(tables) == 2
    for table in tables:
        heads = re.findall(r'<th scope="col"[^>]*>([^<]*)', table)
        rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', table)
        assert sorted(name for name, _ in rows) == plans
        for plan, rest in rows:
            cells[plan] |= dict(zip(heads[1:], rest.split("</td>"), strict=False))
        assert table.replace(numbers.NBSP, " ").count("Only about 31 histories in the logs went") == 1
    for e in known:
        cell = cells[estimates.label(night, e.policy)][e.estimator]
        assert (f'value="{e.estimate!r}"' if e.estimate is not None else numbers.NOT_KNOWN) in cell


def test_a_night_without_anything_prints_no_section_of_it_and_says_why_in_one_place() -> None:
    html = sample("empty")
    assert "<svg" not in html
    for anchor in ("page-2", "page-3", "page-4", "page-5", "page-9", "page-13"):
        assert f'id="{anchor}"' not in html
    assert 'class="empty"' not in html
    absent = html[html.index("What does not stand in this report, and why") :].partition("</details>")[0]
    assert absent.count("<dt>") == 11
    assert (
        "<dt>Behind each budget</dt><dd>There is no channel in these logs whose spend is known.</dd>"
        in absent
    )


@pytest.mark.parametrize("name", samples.ALL)
def test_no_section_is_printed_empty(name: str) -> None:
    assert 'class="empty"' not in sample(name)
    for level, heading, following in re.findall(r"<h([234])>([^<]*)</h.>\s*(</?[a-z0-9]+)", sample(name)):
        assert following not in ("</section", *(f"<h{n}" for n in range(2, int(level) + 1))), heading


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_stopped_night_says_so_wherever_it_worked_nothing_out() -> None:
    """No other reason than the stop: what would fill those pages on another night is beside the point."""
    stop = HealthCheck("single rows", "stop", 5e5, "times the next", "<= 30", "5 rows are worth 503,600 EUR.")
    night = replace(samples.no_evidence(), tier="A", evaluation=(), health=(stop,))
    html = report_html(night).decode()
    assert html.count("Not worked out: the night stopped at what the first screen names.") >= 5
    assert "too little to compare with" not in html


def test_text_colours_have_contrast_in_light_dark_and_print() -> None:
    css = resources.files("reports").joinpath("templates/report.css").read_text(encoding="utf-8")
    schemes = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.S)
    ]
    assert len(schemes) == 3
    for colours in schemes:
        for text in ("ink", "quiet", "accent", "up", "down"):
            assert contrast(colours[text], colours["paper"]) >= 4.5, text
        for text in ("ink", "quiet", "accent"):
            assert contrast(colours[text], colours["page"]) >= 4.5, text
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
        assert contrast(colours["ink"], colours["accent-soft"]) >= 4.5
