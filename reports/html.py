"""report.html: one self-contained page, no script, nothing from the network."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from models.results import NightResult
from reports import words
from reports.pages.answer import AnswerPage
from reports.pages.backtest import backtest_page
from reports.pages.budgets import budgets_page, picture_page
from reports.pages.claims import claims_page
from reports.pages.experiment import experiment_page
from reports.pages.explanation import explanation_page
from reports.pages.frontier import frontier_page
from reports.pages.how_much import how_much_page
from reports.pages.lineage import lineage_page
from reports.pages.many_tests import many_tests_page
from reports.pages.pacing import pacing_page, past_weeks
from reports.pages.page import Page
from reports.pages.regions import regions_page
from reports.pages.response import response_page
from reports.pages.segments import segments_page
from reports.pages.trust import trust_page
from reports.pages.uplift import uplift_page
from reports.pages.verdict import verdict_page
from reports.pages.which_one import which_one_page

CHART_PAGES: dict[str, Callable[[NightResult], Page]] = {
    "page-4": uplift_page,
    "page-6": response_page,
    "page-7": claims_page,
    "page-8": segments_page,
    "page-9": pacing_page,
    "page-11": backtest_page,
    "page-12": experiment_page,
}
"""Pages that are charts and tables only, and share one template."""


def contents(result: NightResult) -> tuple[tuple[str, str], ...]:
    """Anchor and heading of every page, in reading order."""
    return (
        ("page-1", "What to do"),
        ("page-2", "Behind each budget"),
        ("page-3", "Budgets at a glance"),
        ("page-4", "Where the gain comes from"),
        ("page-5", "More or less budget"),
        ("page-6", words.said(result.vocabulary, "{Action} by {action}")),
        ("page-7", "Credited and earned"),
        ("page-8", "For whom, how often"),
        ("page-9", "Pacing"),
        ("page-10", "Can I trust this?"),
        ("page-11", "Promised, and what came"),
        ("page-12", "What to try next"),
        ("page-13", "The personalised plan"),
        ("page-14", "Appendix: data and method"),
    )


def _style() -> Markup:
    return Markup(resources.files("reports").joinpath("templates/report.css").read_text(encoding="utf-8"))


def content_security_policy(style: str) -> str:
    """Forbids everything but this very style sheet: no script, image, font, frame, form or request."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _absent(result: NightResult, why: str) -> str:
    """What would fill a page says nothing true on a night that stopped before it got there."""
    return (
        "Not worked out: the night stopped at what the first screen names." if words.stopped(result) else why
    )


@cache
def _environment() -> Environment:
    """Autoescape is on for every template, and a missing value is an error. Templates are compiled once."""
    return Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def which_one_html(result: NightResult) -> bytes:
    """The page of a night whose question is "which one": its answer, and nothing of a split."""
    return _answer_html(result, many_tests_page(result) if result.tests else which_one_page(result))


def how_much_html(result: NightResult) -> bytes:
    """The page of a night whose question is "how much"."""
    return _answer_html(result, how_much_page(result))


def regions_html(result: NightResult) -> bytes:
    """The page of a night that asks what the treated regions gained."""
    return _answer_html(result, regions_page(result))


def _answer_html(result: NightResult, page: AnswerPage) -> bytes:
    style = _style()
    html = (
        _environment()
        .get_template("answer.html.jinja")
        .render(
            result=result,
            contents=page.contents,
            absent=(),
            style=style,
            policy=content_security_policy(style),
            word=result.vocabulary,
            page_one=page,
            lineage=page.lineage,
        )
    )
    return html.encode()


def report_html(result: NightResult) -> bytes:
    """The page's bytes."""
    environment = _environment()
    style = _style()
    pages = {anchor: page(result) for anchor, page in CHART_PAGES.items()}
    budgets, picture, frontier = budgets_page(result), picture_page(result), frontier_page(result)
    explanation = explanation_page(result)
    whys = {
        **{anchor: page.empty for anchor, page in pages.items()},
        "page-2": budgets.empty,
        "page-3": picture.empty,
        "page-5": " ".join(filter(None, (frontier.empty, *frontier.personal))) if frontier.empty else "",
        "page-13": explanation.empty,
    }
    bare = {anchor for anchor, why in whys.items() if why}
    named = contents(result)
    absent = [(name, _absent(result, whys[anchor])) for anchor, name in named if anchor in bare]
    absent += [(part.heading, part.empty) for page in pages.values() for part in page.parts if part.empty]
    html = environment.get_template("report.html.jinja").render(
        result=result,
        contents=named,
        bare=bare,
        absent=absent,
        shown=[(anchor, name) for anchor, name in named[1:] if anchor not in bare],
        style=style,
        policy=content_security_policy(style),
        word=result.vocabulary,
        verdict=verdict_page(result),
        budgets=budgets,
        pages=pages,
        picture=picture,
        frontier=frontier,
        trust=trust_page(result),
        weeks=past_weeks(result),
        explanation=explanation,
        lineage=lineage_page(result),
    )
    return html.encode()
