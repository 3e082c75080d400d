"""What would be right: the form of a value, or the way out, for every kind of refused row."""

LINE_FAULT = "the line cannot be read"
"""Reason of rows a text format loses: too few or many fields, bad encoding, a quote that never closes."""
NO_IMPRESSION = "click without a known impression"
"""A reason of clicks."""

MONEY = ("cost", "revenue", "margin", "spend", "planned")
OTHER_CONTENT = " again, with other content"
"""How a reason ends for a row whose key another good row has: `other_content` in staging/macros.sql."""
MONEY_FORM = (
    "money is read as 4012.80 or 4,012.80: a point before the decimals, commas only between thousands, no "
    "currency sign"
)
NUMBER_FORM = "numbers are read as 0.25, 12 or 1e-3: a point before the decimals, no per cent sign"
TIME_FORM = (
    "times are read as 2026-04-30, 2026-04-30 18:05:00, with a zone as 2026-04-30T18:05:00Z or "
    "2026-04-30 18:05:00+02:00, or as seconds, milli-, micro- or nanoseconds since 1970"
)
OWN_IDS = (
    "give each row an id of its own: with the line of an order, or the name of the shop, day or file before "
    "the number"
)
CAMPAIGNS = (
    "where a channel has several rows a day, name the column that tells them apart as "
    "`logs.tables.totals.columns.campaign_id`, and they are added up"
)
ONE_ARM = (
    "add the counts of an arm up, so that it has one row, or name the columns that tell its rows apart as "
    "`logs.tables.counts.columns.day` and `.test`"
)
ONE_ROW = "keep one row of each, the one that holds"
PAID_NONE = (
    "`none`, in any case, means that no ad was shown, and a join without a match often writes None: give "
    "these rows the channel that was paid"
)

BELOW_NOTHING = (
    "what is spent is 0 or more: where the export books it below 0, as an expense, write it without the sign"
)
READ_LINES = (
    "a line is read that is UTF-8, has as many values as there are columns, and closes every quote it opens"
)

NO_MARGIN = "margin is missing, and the study sets no margin_rate"
"""A reason of purchases."""
WRITE_MARGIN = (
    "write the margin of every purchase, or set `decision.margin_rate`: so much of the revenue then stands "
    "in for a margin that is missing"
)


def way_out(table: str, reason: str) -> str:
    """What to do about rows refused for a reason, part of a sentence; empty where the reason says it."""
    label, _, fault = reason.partition(" is not ")
    if fault == "a time":
        return TIME_FORM
    if fault == "a number":
        return MONEY_FORM if label in MONEY else NUMBER_FORM
    if reason == "cost on the channel none":
        return PAID_NONE
    if reason.endswith(" is negative") and reason.startswith(MONEY):
        return BELOW_NOTHING
    if reason == LINE_FAULT:
        return READ_LINES
    if reason == NO_MARGIN:
        return WRITE_MARGIN
    if not reason.endswith(OTHER_CONTENT):
        return ""
    if table == "totals":
        return CAMPAIGNS
    if table == "counts":
        return ONE_ARM
    return (
        OWN_IDS
        if label.startswith(("impression_id", "click_id", "purchase_id", "opportunity_id"))
        else ONE_ROW
    )
