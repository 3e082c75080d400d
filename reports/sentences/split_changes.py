"""What changed since the night before, and why: a sentence or two."""

from models.results import Better, Changed, LossPossible, SplitDecision, Vocabulary
from reports.sentences.amounts import interval_words, money, typed
from reports.sentences.split_verdict import Refused, reason_text
from reports.words import listed
from sql.hints import show


def changed_text(
    split: SplitDecision, word: Vocabulary, currency: str, refused: Refused | None = None
) -> str:
    """Tonight against the report before; empty on a first night."""
    changed = split.changed
    if changed is None:
        return ""
    when = f"the report of {changed.since}"
    if changed.how == "currency":
        return (
            f"Amounts are in {currency} and cannot be compared with {when}, which was in "
            f"{show(changed.currency, 10)}."
        )
    because = _because(split, word, currency, refused)
    return _how(split, when, because, word, currency) + _spent(split, changed, currency)


def _how(split: SplitDecision, when: str, because: str, word: Vocabulary, currency: str) -> str:
    changed = split.changed
    if changed is None:
        return ""
    match changed.how:
        case "plan stays":
            return f"The plan is that of {when}: no other is better than it beyond doubt."
        case "plan lost":
            return f"The plan of {when} no longer holds: {because}."
        case "plan nearly":
            return (
                f"The plan is that of {when}, a little moved: every {word.action} goes the same way, to "
                "nearly the same budget."
            )
        case "plan differs":
            return f"The plan differs from that of {when}, which tonight's logs no longer favour."
        case "new move":
            return f"New since {when}: {because}."
        case "move ends":
            before = ""
            if changed.low_before is not None and isinstance(split.why, LossPossible):
                before = f"; then its lower end was {money(changed.low_before, currency)}"
            return f"Unlike {when}, today's split stays: {because}{before}."
        case "waits":
            return f"As in {when}, today's split stays, though tonight alone would speak for a move."
        case "keeps":
            return f"As in {when}, today's split stays."
        case "currency":
            raise ValueError("amounts of two currencies are not compared")


def _because(split: SplitDecision, word: Vocabulary, currency: str, refused: Refused | None) -> str:
    """The verdict's reason, to stand within a sentence."""
    uplift = split.uplift or split.considered
    if uplift is not None and isinstance(split.why, Better | LossPossible):
        gain, between = interval_words(uplift.estimate, uplift.low, uplift.high, currency)
        sure = "beyond doubt" if uplift.low > 0 else "no longer beyond doubt"
        return f"the gain is {sure}, at {gain} ({between})"
    text = reason_text(split, word, currency, refused).rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"


def _spent(split: SplitDecision, changed: Changed, currency: str) -> str:
    """` Spend itself changed: search from 4,000 EUR to 2,600 EUR.`, or empty; of budgets that were typed in,
    theirs."""
    told = [
        f"{s.row} from {typed(round(s.before), currency)} to {typed(round(s.now), currency)}"
        for s in changed.spend
    ]
    what = "The budgets typed in" if split.any_typed_in else "Spend itself"
    return f" {what} changed: {listed(told)}." if told else ""
