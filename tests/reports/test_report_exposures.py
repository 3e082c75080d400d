"""What the n-th exposure earns, and the caps that follow."""

from dataclasses import replace

import samples
from test_report_pages import section

from models.results import BeyondCap, FrequencyCap
from reports.charts import exposures
from reports.numbers import NBSP


def test_the_cap_is_in_the_title_and_in_the_table() -> None:
    night = samples.move()
    assert exposures.finding(night).replace(NBSP, " ") == "search no longer pays after 5 ads in seven days"
    said = "Ad 6 in seven days brings 0.004 (at most 0.009) and costs 0.021 EUR."
    assert said in section(night, "page-8")
    assert "Up: the margin it causes within 15 days, EUR, with" in section(night, "page-8")
    uncapped = samples.pictured(night, frequency_caps=())
    assert exposures.finding(uncapped).startswith("No cap is suggested")


def test_a_channel_whose_first_ad_does_not_pay_is_not_switched_off_beside_the_split() -> None:
    """On a night that keeps its budget: no cap of 0, and a sentence for what the two ask."""
    night = samples.keep()
    dear = FrequencyCap("search", None, BeyondCap(1, -0.1, 0.1, 0.2))
    dearer = samples.pictured(night, frequency_caps=(dear, replace(dear, channel="social")))
    html = section(dearer, "page-8")
    assert "no longer pays" not in html and ">no cap<" in html
    assert "whether search, and 1 more, keep a budget is for the split to say" in html
    assert "Budgets follow the split, not this" in html
    one = samples.pictured(night, frequency_caps=(dear,))
    assert exposures.finding(one).endswith("whether search keeps a budget is for the split to say")
