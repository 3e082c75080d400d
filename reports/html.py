"""report.html: one self-contained page, no script, nothing from the network."""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from models.results import NightResult
from reports import words
from reports.pages.budgets import budgets_page, picture_page
from reports.pages.explanation import explanation_page
from reports.pages.frontier import frontier_page
from reports.pages.lineage import lineage_page
from reports.pages.trust import trust_page
from reports.pages.verdict import verdict_page


def contents(result: NightResult) -> tuple[tuple[str, str], ...]:
    """Anchor and heading of every page, in reading order."""
    return (
        ("page-1", "What to do"),
        ("page-2", "Budgets to type in" if words.moves(result.split) else "Today’s budgets"),
        ("page-3", "Budgets at a glance"),
        ("page-5", "More or less budget"),
        ("page-10", "Can I trust this?"),
        ("page-13", "The personalised plan"),
        ("page-14", "Data and method"),
    )


def _style() -> Markup:
    return Markup(resources.files("reports").joinpath("templates/report.css").read_text(encoding="utf-8"))


def content_security_policy(style: str) -> str:
    """Forbids everything but this very style sheet: no script, image, font, frame, form or request."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def report_html(result: NightResult) -> bytes:
    """The page's bytes. Autoescape is on for every template, and a missing value is an error."""
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style()
    html = environment.get_template("report.html.jinja").render(
        result=result,
        contents=contents(result),
        style=style,
        policy=content_security_policy(style),
        people=words.plural(result.entity),
        verdict=verdict_page(result),
        budgets=budgets_page(result),
        picture=picture_page(result),
        frontier=frontier_page(result),
        trust=trust_page(result),
        explanation=explanation_page(result),
        lineage=lineage_page(result),
    )
    return html.encode()
