"""MOVE, MOVE_PARTLY, KEEP or NO_EVIDENCE, and the sentence that says why."""

from dataclasses import dataclass

from models.results import Interval
from models.split.choice import SplitChoice
from models.split.limit_words import limited_text, nothing_passes
from models.split.words import each_period, interval_words, listed, typed, whole

DISPUTED = (
    "Two ways of working it out differ by more than chance explains, so at least one is wrong; most often "
    "the logs lack something that delivery decides on."
)
"""The objection where a witness contradicts the headline, for people who know neither."""
UNSEEN = (
    "Ads seem to change what people did before they saw them, so delivery reacts to something that these "
    "logs do not hold, and what it reacts to would pass for the ads' effect."
)
"""The objection where the placebo of the past finds an effect."""
NOTHING_BETTER = "No change we tried is better beyond doubt."
MOVE, MOVE_PARTLY, KEEP, NO_EVIDENCE = "MOVE", "MOVE_PARTLY", "KEEP", "NO_EVIDENCE"


@dataclass(frozen=True)
class Objections:
    """What speaks against a move, each a full sentence for analysts, or empty."""

    health_stop: str = ""
    """A health check says stop."""
    disagreement: str = ""
    """Headline and witnesses disagree, or the support gate does not pass the plan's estimate."""
    guardrail: str = ""
    """The bound of a guardrail is broken."""
    outcome: str = ""
    """The outcome whose guardrail it is; empty where spend or the target is."""
    patience: str = ""
    """It was said last night that today's split stays, and one night's figures do not change that."""

    @property
    def first(self) -> str:
        """What stands in the way of a move, or empty."""
        return self.health_stop or self.disagreement or self.guardrail or self.patience


def decide(choice: SplitChoice, uplift: Interval | None, objections: Objections) -> str:
    """The verdict. `uplift`: what is promised against today's split, on entities that did not choose it."""
    if choice.stop or objections.health_stop:
        return NO_EVIDENCE
    if uplift is None or not choice.moves:
        return KEEP
    # written so that an unknown bound (nan) keeps today's split
    if not uplift.low > 0 or objections.first:
        return KEEP
    held_back = choice.held or not_cut(choice) or choice.step_cap_binds or choice.limited_by is not None
    return MOVE_PARTLY if held_back else MOVE


def explain(
    verdict: str,
    choice: SplitChoice,
    uplift: Interval | None,
    objections: Objections,
    *,
    period_days: int,
    currency: str,
) -> str:
    """`why`: the decision, the money and the doubt."""
    if verdict == NO_EVIDENCE:
        return f"Keep today's split. {choice.stop or objections.health_stop}"
    each = each_period(period_days)
    if verdict == KEEP:
        over = choice.limits.current.sum() > choice.limits.budget * (1 + 1e-9)
        needed = (
            f" Today's spend of {typed(choice.limits.current.sum(), currency)} is above the budget of "
            f"{typed(choice.limits.budget, currency)}: if the cut must be made, cutting every channel in "
            "proportion takes no side."
            if over
            else ""
        )
        if uplift is None:
            found = choice.shortfall or nothing_passes(choice) or NOTHING_BETTER
            return f"Keep today's split. {found}{needed}"
        brings = "would bring" if uplift.estimate >= 0 else "came out, once checked, at"
        gain, between = interval_words(uplift.estimate, uplift.low, uplift.high, currency)
        found = f"the best change found {brings} {gain} {each} ({between})"
        objection = objections.first
        if objection and (uplift.low > 0 or objections.disagreement):
            return f"Keep today's split: {found}, but this cannot be relied on. {objection}{needed}"
        return f"Keep today's split: {found}, and a loss cannot be ruled out.{needed}"
    if uplift is None:  # decide() moves on an interval only
        raise ValueError("a move needs its uplift")
    gain, between = interval_words(uplift.estimate, uplift.low, uplift.high, currency)
    sentence = (
        f"{_moves(choice, each, currency)} We expect {gain} more {choice.outcome} {each} ({between}), "
        f"{_budget(choice, currency)}."
    )
    if verdict == MOVE_PARTLY:
        sentence += f" {held_back(choice, currency)}"
    return sentence


def _moves(choice: SplitChoice, each: str, currency: str) -> str:
    changes = {
        c: after - before
        for c, after, before in zip(
            choice.limits.channels, choice.plan, choice.limits.current.tolist(), strict=True
        )
    }
    cut = sorted((c for c in changes if changes[c] < 0), key=lambda c: (changes[c], c))
    raised = sorted((c for c in changes if changes[c] > 0), key=lambda c: (-changes[c], c))
    less, more = -sum(changes[c] for c in cut), sum(changes[c] for c in raised)
    if not raised:
        return f"Spend {whole(less, currency)} {each} less on {listed(cut)}."
    if not cut:
        return f"Spend {whole(more, currency)} {each} more on {listed(raised)}."
    if not _same_budget(choice) and less > more:
        return (
            f"Take {whole(less, currency)} {each} out of {listed(cut)} and put {whole(more, currency)} of it "
            f"into {listed(raised)}."
        )
    if not _same_budget(choice):
        return (
            f"Spend {whole(more, currency)} {each} more on {listed(raised)} and {whole(less, currency)} less "
            f"on {listed(cut)}."
        )
    return f"Move {whole(more, currency)} {each} from {listed(cut)} to {listed(raised)}."


def _budget(choice: SplitChoice, currency: str) -> str:
    before, after = float(choice.limits.current.sum()), sum(choice.plan)
    if _same_budget(choice):
        return f"at the same budget of {whole(before, currency)}"
    return f"with a budget of {whole(after, currency)} instead of {whole(before, currency)}"


def _same_budget(choice: SplitChoice) -> bool:
    before = float(choice.limits.current.sum())
    return abs(sum(choice.plan) - before) <= max(0.005 * before, float(choice.limits.step.max()))


def not_cut(choice: SplitChoice) -> list[str]:
    """Rows that keep today's budget since they may not be cut."""
    return [
        c
        for c, plan, now in zip(
            choice.limits.channels, choice.plan, choice.limits.current.tolist(), strict=True
        )
        if c in choice.uncut and plan == now
    ]


def held_back(choice: SplitChoice, currency: str) -> str:
    """What a MOVE_PARTLY leaves for later, and why."""
    parts = []
    if choice.held:
        verb = "keeps" if len(choice.held) == 1 else "keep"
        parts.append(f"{listed(list(choice.held))} {verb} today's budget, since the logs cannot judge it")
    uncut = not_cut(choice)
    if uncut:
        verb = "is" if len(uncut) == 1 else "are"
        parts.append(
            f"{listed(uncut)} {verb} not cut, since nearly everyone who could see an ad there is shown one"
        )
    if choice.limited_by is not None:
        parts.append(limited_text(choice))
    if choice.step_cap_binds:
        cap = whole(choice.limits.move_cap, currency)
        parts.append(f"the step is capped at {cap} of changes, and the next may go further")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."
