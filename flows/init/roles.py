"""Which column plays which part: by its name, and only where its values can play it."""

from collections.abc import Callable

from flows.init.look import Column, Seen

USERS = [
    "user_id",
    "userid",
    "user",
    "uid",
    "customer_id",
    "customerid",
    "customer",
    "visitor_id",
    "visitor",
    "client_id",
    "household_id",
    "member_id",
    "cookie_id",
    "device_id",
    "person_id",
    "contact_id",
    "subscriber_id",
    "account_holder_id",
    "unique_id",
    "entity_id",
    "email",
    "customer_email",
    "user_pseudo_id",
    "customer_no",
    "customer_number",
    "customer_ref",
    "customer_nr",
    "cust_id",
    "cust_no",
    "cust_nr",
    "cust",
    "recipient",
    "recipient_id",
    "e_mail",
    "email_address",
    "kundennummer",
    "kunden_nr",
    "kundennr",
    "kunde",
]
ARMS = [
    "arm",
    "group",
    "variant",
    "variation",
    "treatment",
    "treated",
    "treat",
    "test_group",
    "ab_group",
    "experiment_group",
    "cell",
    "bucket",
    "variante",
    "gruppe",
]
MORE_ARMS = ["test_cell", "email_version", "version", "mailing", "creative"]
"""Beside these, where a row is a person: elsewhere they tell programs and advertisements apart."""
CHANNELS = [
    "channel",
    "network",
    "source",
    "medium",
    "platform",
    "campaign_type",
    "kanal",
    "ad_channel",
    "utm_source",
    "action",
    "netzwerk",
    "werbekanal",
]
LEVELS = [
    "discount",
    "discount_pct",
    "discount_percent",
    "discount_level",
    "percent_off",
    "pct_off",
    "price_level",
    "bid_level",
    "rabatt",
    "rabatt_prozent",
    "preisstufe",
]
"""Amounts that a test may have drawn; elsewhere they tell what somebody paid."""
TIMES = [
    "ts",
    "timestamp",
    "event_time",
    "event_ts",
    "time",
    "datetime",
    "occurred_at",
    "created_at",
    "event_timestamp",
    "click_time",
    "order_time",
    "order_date",
    "purchase_time",
    "purchased_at",
    "ordered_at",
    "order_created_at",
    "purchase_date",
    "paid_at",
    "sent_at",
    "viewed_at",
    "served_at",
    "clicked_at",
    "shown_at",
    "delivered_at",
    "delivery_time",
    "slot_time",
    "visited_at",
    "visit_time",
    "mailed_at",
    "mailed_on",
    "sent_on",
    "date",
    "day",
    "datum",
    "zeitpunkt",
    "zeitstempel",
    "zeit",
]
COSTS = [
    "cost",
    "spend",
    "price_paid",
    "cost_micros",
    "spend_micros",
    "ad_cost",
    "media_cost",
    "cost_cents",
    "cost_in",
    "kosten",
]
REVENUES = [
    "revenue",
    "order_value",
    "amount",
    "sales_value",
    "sales",
    "total",
    "order_total",
    "value",
    "basket_value",
    "revenue_micros",
    "revenue_cents",
    "turnover",
    "net_sales",
    "total_sales",
    "gmv",
    "purchase_amount",
    "spent_amount",
    "basket",
    "total_amount",
    "order_amount",
    "umsatz",
    "betrag",
]
MARGINS = [
    "margin",
    "gross_margin",
    "net_margin",
    "contribution_margin",
    "margin_after_discount",
    "profit",
    "gross_profit",
    "net_profit",
    "marge",
    "deckungsbeitrag",
    "gewinn",
]
"""What is left of revenue."""
SPENT = ["spend", "amount_spent"]
"""Further revenue, where a row is a person in an arm; of a channel they are what the advertiser spent."""
SUCCESSES = [
    "purchase",
    "purchased",
    "conversion",
    "converted",
    "convert",
    "bought",
    "buy",
    "success",
    "responded",
    "response",
    "click",
    "visit",
]
PROPENSITIES = [
    "propensity",
    "propensity_score",
    "probability",
    "prob",
    "assignment_probability",
    "chance",
    "wahrscheinlichkeit",
]
IDS = {
    "impression_id": [
        "impression_id",
        "impressionid",
        "ad_impression_id",
        "ad_id_event",
        "display_id",
        "bid_id",
        "event_id",
        "send_id",
        "message_id",
        "delivery_id",
        "id",
    ],
    "click_id": ["click_id", "clickid", "gclid"],
    "purchase_id": [
        "purchase_id",
        "order_id",
        "orderid",
        "transaction_id",
        "basket_id",
        "conversion_id",
        "invoice_id",
        "order_number",
        "order_no",
        "bestellnummer",
        "id",
    ],
    "opportunity_id": ["opportunity_id", "auction_id", "request_id", "slot_id", "id"],
}


MOST_ACCOUNTS = 50
"""Ids of accounts that an export may have under a word for people: Google's `customer_id` is one."""


def named(seen: Seen, words: list[str], fits: Callable[[Column], bool]) -> list[Column]:
    """Columns called by one of these words whose values fit, best word first; of two that a currency alone
    tells apart the one without, or the first; before one called `user_id` the id that other files share."""
    columns = reversed(seen.columns.values())
    by_word = {c.word: c for c in sorted(columns, key=lambda c: (c.shared_by > 0, not c.currency))}
    return [by_word[word] for word in words if word in by_word and fits(by_word[word])]


def tells_of_single_ones(seen: Seen) -> bool:
    """Whether rows are about single people, by an id of which there are many, unlike that of an account, or
    about single orders, which a column numbers."""
    people = named(seen, USERS, are_many)
    orders = named(seen, [word for word in IDS["purchase_id"] if word != "id"], lambda c: c.given > 0)
    return bool(people or orders)


def are_many(column: Column) -> bool:
    """More values than accounts, or few rows for each."""
    return column.distinct > MOST_ACCOUNTS or 2 * column.distinct > column.given


def is_money(column: Column) -> bool:
    """Numbers, of which some are not 0."""
    return column.is_number and (column.low, column.high) != (0.0, 0.0)


def is_few(column: Column) -> bool:
    """Values that can be actions."""
    return 1 <= column.distinct <= 199 and not column.time


def is_probability(column: Column) -> bool:
    """All above 0 and at most 1."""
    return column.is_number and column.low > 0 and column.high <= 1


def is_time(column: Column) -> bool:
    """Days, times, or numbers since 1970."""
    return bool(column.time)


def money_unit(column: Column, per_click: float) -> tuple[str, str]:
    """(unit, why) of an amount; `per_click`: how much of it a click has on average, 0 where that is unknown.

    A name that says its unit is believed. Whole numbers of which a click has 5,000 or more can only be
    micros; smaller ones may be cents, and nothing tells.
    """
    if "micro" in column.word:
        return "micros", "its name says micros"
    if "cents" in column.word.split("_"):
        return "cents", "its name says cents"
    if column.is_whole and (per_click >= 5_000 or (not per_click and column.high >= 50_000)):
        return "micros", f"whole numbers up to {column.high:,.0f} can only be micros"
    if column.is_whole and column.high > 0:
        return "currency", "whole numbers: CHECK that they are no cents"
    return "currency", "it has decimals"
