"""A part of the report's page, as tests read it."""

import re

from models.results import NightResult
from reports.html import report_html
from reports.numbers import NBSP


def section(night: NightResult, anchor: str) -> str:
    html = report_html(night).decode().replace(NBSP, " ")
    found = re.search(rf'<section id="{anchor}".*?</section>', html, re.S)
    return found[0] if found else ""
