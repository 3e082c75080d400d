"""What a test by region says, in sentences."""

from models.results import Interval, RegionsResult
from reports import numbers, words
from reports.numbers import NBSP

MANY = 100_000
"""More regions or days than this are no plan."""
ASSUMED = (
    "Is it the treatment? Nothing in the log can show that the treated regions were drawn by lot, that "
    "nothing else happened to them alone, and that what is done in one region does not reach into another. "
    "That the regions swing alike is what the placebo groups rest on."
)
PER = "per region and day"


def text(found: Interval, *, signed: bool = False) -> numbers.IntervalText:
    """Of outcomes in a unit of their own: three digits, however small."""
    return numbers.interval(found.estimate, found.low, found.high, signed=signed, most=6)


def headline(found: RegionsResult) -> str:
    """The answer in one sentence."""
    if not found.found:
        return "Nothing was found that the treatment added."
    if found.added.estimate > 0:
        return f"The treatment added {text(found.added).estimate} {PER}."
    return f"The treatment took away {text(_turned(found.added)).estimate} {PER}."


def why(found: RegionsResult, currency: str) -> str:
    """How sure that is, what it comes to, and what it cost; or what would tell."""
    did, added, total = "gained", text(found.added, signed=True), text(found.total, signed=True)
    if found.found and found.added.estimate < 0:
        did, added, total = "lost", text(_turned(found.added)), text(_turned(found.total))
    treated = sum(region.treated for region in found.regions)
    where = f"{words.counted(treated, 'region')} over {words.days(found.log.days_with)}"
    said = (
        f"Against the other regions, mixed as the treated ones moved before, they {did} {added.full} {PER}; "
        f"in all, in {where}, {total.full}. {_chance(found)}"
    )
    if found.found:
        return f"{said} {spend_text(found, currency)}".strip()
    return f"{said} {what_would_tell(found)}"


def _chance(found: RegionsResult) -> str:
    share = numbers.percent(found.p_value)
    return (
        f"Of {numbers.count(found.placebos + 1)} groups of regions, the treated one among them, {share} show "
        "as much."
    )


def spend_text(found: RegionsResult, currency: str) -> str:
    """What one more unit of spend brought."""
    if found.extra_spend is None:
        return ""
    if found.per_spend is None:
        return "The extra spend cannot be told from none, so that nothing is said per unit of it."
    change = "more" if found.extra_spend > 0 else "less"
    each = found.per_spend
    did, ratio = "added", text(each)
    if each.estimate < 0:
        did, ratio = "took away", text(_turned(each))
    return (
        f"{numbers.budget(abs(found.extra_spend))}{NBSP}{currency} {change} was spent: each {currency} {did} "
        f"{ratio.estimate} (between {ratio.low} and {ratio.high})."
    )


def _turned(found: Interval) -> Interval:
    """What is taken away, of what is added."""
    return Interval(-found.estimate, -found.high, -found.low, found.level)


def what_would_tell(found: RegionsResult) -> str:
    """How many more regions or days would find what was seen, if it is the truth."""
    if found.placebos < found.placebos_needed:
        return (
            f"The control regions form {words.counted(found.placebos, 'group')} like the treated one, and "
            f"with fewer than {numbers.count(found.placebos_needed)} no effect is beyond chance: more "
            "control regions would tell."
        )
    regions, days = found.more_regions, found.more_days
    if regions is None or regions > MANY:
        return "No test of a size that can be run would tell an effect as small as that from none."
    more = words.counted(max(regions, 1), "more region")
    longer = "" if days is None else f", or {words.counted(max(days, 1), 'more day')} with treatment"
    return (
        f"If that is the truth, {more} (treated and not, as now){longer}, tell it from none in four of five "
        "cases; days do so only as far as they do not depend on each other."
    )
