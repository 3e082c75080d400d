"""No sentence has a word of advertising in the report of a study of other decisions."""

import re
from collections.abc import Iterator

from sample_findings import found, in_words
from sample_parts import row
from test_report_vocabulary import FOREIGN, SHOP
from test_sentences_advice import SAID as ADVICES
from test_sentences_health import SAID as HEALTH
from test_sentences_health_log import SAID as HEALTH_LOG
from test_sentences_health_log import STEADY
from test_sentences_rows import ROWS, UNIDENTIFIED
from test_sentences_split import WHYS, kept

from models.results import BeyondCap, FrequencyCap, LossPossible, NextExperiment, Steady
from reports.sentences.pictures import beside_budgets, cap_text, experiment_text
from reports.sentences.row_why import why_short
from reports.sentences.split_advice import advice_text
from reports.sentences.split_rows import row_text
from reports.sentences.split_verdict import reason_text, why_text
from reports.sentences.totals import unidentified_text

TABLES = re.compile(r"table (purchases|impressions)|of the purchases|(purchases|users) table")
"""Tables of the log contract, which no study renames."""


def every_sentence() -> Iterator[str]:
    yield from (reason_text(kept(why), SHOP, "EUR") for why in WHYS)
    yield why_text(kept(LossPossible(), over_budget=9_000.0), SHOP, "EUR")
    for reason in ROWS:
        kept_or_moved = row("search", 4_000.0, 3_000.0, reason)
        yield row_text(kept_or_moved, SHOP, "EUR")
        yield why_short(kept_or_moved, SHOP, "EUR")
    yield from (unidentified_text(why, "tv", SHOP) for why in UNIDENTIFIED)
    yield from (advice_text(advice, SHOP) for advice in ADVICES)
    for status, figure, finding, _ in (*HEALTH, *HEALTH_LOG):
        yield in_words(found(status, figure, finding), SHOP)
    yield from (in_words(found("ok", 1.0, Steady(), kind), SHOP) for kind in STEADY)
    yield cap_text(FrequencyCap("tv", 5, BeyondCap(6, 0.1234, 0.2, 0.5)), SHOP, "EUR")
    yield cap_text(FrequencyCap("tv", None), SHOP, "EUR")
    yield cap_text(FrequencyCap("tv", None, BeyondCap(1, -0.1, 0.2, 0.5)), SHOP, "EUR")
    yield beside_budgets(SHOP, 15)
    yield experiment_text(NextExperiment("tv", 0.05, 21, 2_001, 640.0, 0.7), SHOP, "EUR", 14)


def test_no_word_of_advertising_is_left_in_any_sentence_of_a_shop() -> None:
    assert [said for said in every_sentence() if FOREIGN.search(TABLES.sub("", said))] == []
