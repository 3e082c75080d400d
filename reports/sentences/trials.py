"""What a test of arms says, in sentences."""

from dataclasses import dataclass, replace

from models.results import Answer, ArmDifference, Interval, TrialCheck, TrialResult, Vocabulary
from reports import numbers, words
from reports.numbers import MINUS, NBSP
from reports.sentences import guardrails
from sql.hints import show

MANY = 1_000_000_000
"""More entities than this are no plan."""
SMALL = 0.1
"""Of currency units per entity: where no arm is worth more, hundredths tell too little."""


def arm_name(arm: str, idle: str | None, word: Vocabulary) -> str:
    """As readers call it: `none` is what the study calls doing nothing."""
    return word.nothing if arm == idle else arm


def propensities_over_one(told: tuple[tuple[str, float], ...]) -> str:
    """`the propensities of none, A and B add up to 1.5: ...`; told: each arm with its own."""
    arms = words.listed([show(arm) for arm, _ in told], most=12)
    each = words.listed([f"{propensity:.3g}" for _, propensity in told], most=12)
    total = sum(propensity for _, propensity in told)
    return (
        f"the propensities of {arms} add up to {total:.3g}: they are {each}, "
        "and each must be the probability with which its own arm was drawn, so that all together make 1."
    )


def check_text(check: TrialCheck, word: Vocabulary) -> str:
    """What a check of the test found, and what to do about it."""
    if check.over_one:
        said = propensities_over_one(check.over_one)
        return f"{said[:1].upper()}{said[1:]}"
    if check.kind == "sample ratio":
        if check.p_value is None:
            return (
                "The logs tell no probabilities, so that nothing can be said about whether each arm has as "
                "many "
                f"{word.entities} as it was to have."
            )
        if check.passed:
            return f"Every arm has as many {word.entities} as its logged probability foretells."
        return (
            f"{check.subject} was to have about {numbers.count(check.expected)} {word.entities} and has "
            f"{numbers.count(check.observed)}: chance does that in fewer than 1 of "
            f"{numbers.count(1 / check.false_alarm)} tests. Find out whose rows are missing or doubled, and "
            "why, "
            "before anything else."
        )
    if check.p_value is None:
        if check.lacks == "entities":
            return f"Too few {word.entities} were given an arm for what was known of them to be compared."
        return f"Nothing is known of {word.entities} before the draw that could be compared."
    if check.passed:
        return f"The arms are alike in all that was known of {word.entities} before the draw."
    return (
        f"The arms differ in what was known before the draw, most in {check.subject} (by "
        f"{check.observed:.2f} standard deviations): chance does that in fewer than 1 of "
        f"{numbers.count(1 / check.false_alarm)} tests. It came after the draw after all (then take it out "
        "of logs.user_features), or whoever drew the arms knew it, or rows are missing."
    )


@dataclass(frozen=True)
class AnswerWords:
    """The answer of one test in the study's words."""

    trial: TrialResult
    word: Vocabulary
    currency: str

    def name(self, arm: str) -> str:
        return arm_name(arm, self.trial.idle, self.word)

    def names(self, arms: tuple[str, ...]) -> str:
        return words.listed([self.name(arm) for arm in arms])

    @property
    def per(self) -> str:
        """`USD per customer`, or of counted successes `purchases per customer`."""
        one = self.word.entity if self.trial.decisions == self.trial.entities else "decision"
        return f"{self.word.successes if self._of_successes else self.currency} per {one}"

    @property
    def net(self) -> str:
        """`, cost taken off`, where costs are known."""
        return ", cost taken off" if self.trial.counted is None else ""

    @property
    def _of_successes(self) -> bool:
        return self.trial.counted is not None and self.trial.counted.of == "successes"

    def interval(
        self, estimate: float, interval: Interval | None, *, signed: bool = False
    ) -> numbers.IntervalText:
        """Its text; shares of successes, and money far below one, are small and keep what matters of them."""
        ends = (None, None) if interval is None else (interval.low, interval.high)
        small = self._of_successes or max(abs(a.estimate) for a in self.trial.arms) < SMALL
        return numbers.interval(estimate, *ends, signed=signed, most=6 if small else 2)

    @property
    def nothing(self) -> str:
        return self.word.nothing

    @property
    def _held_against_idle(self) -> bool:
        """Whether doing nothing was an arm, of enough entities to be judged."""
        return any(d.is_judged and self.trial.idle in (d.arm, d.other) for d in self.trial.differences)

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        if self.trial.chooses_by_rule:
            return f"{words.capital(self.word.show)} by a rule: no one {self.word.action} suits all."
        return self._for_all

    @property
    def _for_all(self) -> str:
        """What is best as one arm for everybody."""
        verdict, show = self.trial.verdict, words.capital(self.word.show)
        match verdict.kind:
            case Answer.ONE:
                return f"{show} {self.name(verdict.arms[0])}."
            case Answer.SEVERAL:
                listed = self.names(verdict.arms)
                if self._held_against_idle:
                    return f"{listed} beat {self.nothing} and cannot be told apart."
                return f"The best is one of {listed}, which cannot be told apart."
            case Answer.IDLE:
                return f"{show} {self.nothing}."
            case Answer.NOTHING if self._held_against_idle:
                keeps = " and keeps to the guardrails" if verdict.barred else ""
                return f"Nothing was found that beats {self.nothing}{keeps}."
            case Answer.NOTHING:
                return f"The {self.word.actions} cannot be told apart."
            case _:
                return "Nothing is concluded from this test."

    @property
    def why(self) -> str:
        """What the answer rests on, and what is open."""
        verdict = self.trial.verdict
        if verdict.kind == Answer.CONTRADICTION:
            return " ".join(check_text(c, self.word) for c in self.trial.checks if not c.passed)
        found = [self._rule_earns, self._for_all] if self.trial.chooses_by_rule else []
        if verdict.kind == Answer.ONE:
            found.append(self._better(verdict.arms[0], (*verdict.undecided, *verdict.barred)))
        if verdict.kind == Answer.IDLE:
            verb = "is" if len(verdict.worse) == 1 else "are each"
            included = ", cost included" if self.net else ""
            found.append(f"{self.names(verdict.worse)} {verb} worth less than {self.nothing}{included}.")
        if verdict.kind in (Answer.SEVERAL, Answer.NOTHING) and verdict.worse:
            than = self.nothing if self._held_against_idle else "one of these"
            found.append(f"{self.names(verdict.worse)} {_is(verdict.worse)} worse than {than}.")
        if verdict.undecided and verdict.arms:
            against = f"{self.names(verdict.arms)} nor from {self.nothing}"
            found.append(f"{self.names(verdict.undecided)} can be told neither from {against}.")
        found += [self._barred(arm) for arm in verdict.barred]
        if verdict.between is not None:
            found.append(self._open(verdict.between))
        return " ".join(found)

    @property
    def _rule_earns(self) -> str:
        rule = self.trial.rule
        if rule is None or rule.gain is None:
            return ""
        text = self.interval(rule.estimate, rule.gain)
        return (
            f"A rule of a few lines earns {text.estimate}{NBSP}{self.per} more than the best single "
            f"{self.word.action} ({text.low} to {text.high}). As one for all:"
        )

    def difference_text(self, value: float, interval: Interval | None) -> str:
        """A difference on the step of its interval, with its sign."""
        return self.interval(value, interval, signed=True).estimate

    def _better(self, best: str, left: tuple[str, ...]) -> str:
        """`It brings 0.72 USD per customer more than no e-mail (0.37 to 1.07) and ...`; left: arms that it is
        not held against."""
        parts = []
        for difference in self.trial.differences:
            if best not in (difference.arm, difference.other):
                continue
            other = difference.other if difference.arm == best else difference.arm
            if other in left or not difference.is_judged:
                continue
            sign = 1 if difference.arm == best else -1
            shown = difference.alone if _touches(difference) else difference.interval
            between = ""
            if shown is not None:
                low, high = sorted((sign * shown.low, sign * shown.high))
                estimate = sign * difference.estimate
                text = self.interval(estimate, Interval(estimate, low, high))
                by_itself = ", by itself" if shown is difference.alone else ""
                between = f" ({text.low} to {text.high}{by_itself})"
            amount = self.difference_text(abs(difference.estimate), shown).lstrip("+")
            parts.append(f"{amount}{NBSP}{self.per} more than {self.name(other)}{between}")
        net = ", its cost taken off" if self.net else ""
        return f"It brings {words.listed(parts)}{net}."

    def _barred(self, arm: str) -> str:
        """A guardrail that an arm breaks, or the first that it may break."""
        held = [g for g in self.trial.guardrails if g.arm == arm and not g.bound.kept]
        one = min(held, key=lambda g: not g.is_broken)
        least = None
        if one.is_broken and one.change is not None:
            least = one.change.high if one.bound.worst <= 0 else one.change.low
        return f"{self.name(arm)} is not chosen: {guardrails.broken(one.bound, self.word.entity, least)}"

    def _open(self, difference: ArmDifference) -> str:
        """How large the open difference is, of the same arm over the other as in the table, and how many more
        would tell it."""
        shown = self.best_first(difference)
        text = self.interval(shown.estimate, shown.interval, signed=True)
        amount = f"{_unsigned(text.estimate)}{NBSP}{self.per} {_way(text.estimate)}"
        between = ""
        if shown.interval is not None:
            ends = [f"{_unsigned(end)} {_way(end)}" for end in (text.low, text.high)]
            between = f" (between {ends[0]} and {ends[1]})"
        said = f"{self.name(shown.arm)} brings {amount} than {self.name(shown.other)}{between}."
        return f"{said} {self.more(difference)}"

    def best_first(self, difference: ArmDifference) -> ArmDifference:
        """The same difference from the side of the better arm; against idle it stays as it is."""
        if difference.estimate >= 0 or difference.other == self.trial.idle:
            return difference
        interval, alone = _turned(difference.interval), _turned(difference.alone)
        return replace(
            difference,
            arm=difference.other,
            other=difference.arm,
            estimate=-difference.estimate,
            interval=interval,
            alone=alone,
        )

    def more(self, difference: ArmDifference) -> str:
        """How many more entities would tell two arms apart."""
        found, matters = difference.more_entities, difference.more_entities_to_matter
        if found is None or found > MANY:
            text = "No test of a size that can be run would tell a difference as small as that."
        elif found == 0:
            text = (
                f"If that is the truth, as many {self.word.entities} as these tell the two apart in four of "
                "five cases; this time they do not."
            )
        else:
            more = f"more {self.word.entity if found == 1 else self.word.entities}"
            tell = "tells" if found == 1 else "tell"
            text = (
                f"If that is the truth, {numbers.count(_rounded(found))} {more} {tell} the two apart in four "
                "of five cases."
            )
        if matters == 0:
            text += (
                f" A difference of the size that matters to the study would have been found among these "
                f"{self.word.entities} already, in four of five cases."
            )
        elif matters is not None and matters <= MANY:
            text += (
                f" The difference that matters to the study takes {numbers.count(_rounded(matters))} more."
            )
        return text


def _touches(difference: ArmDifference) -> bool:
    """Told apart in steps, though the interval of all at once touches 0."""
    interval = difference.interval
    return difference.told_apart and interval is not None and interval.low <= 0 <= interval.high


def _turned(interval: Interval | None) -> Interval | None:
    if interval is None:
        return None
    return Interval(-interval.estimate, -interval.high, -interval.low, interval.level)


def _unsigned(figure: str) -> str:
    return figure.lstrip(f"+{MINUS}")


def _way(figure: str) -> str:
    return "less" if figure.startswith(MINUS) else "more"


def _is(arms: tuple[str, ...]) -> str:
    return "is" if len(arms) == 1 else "are"


def _rounded(n: int) -> int:
    """To two digits: nobody plans a test to the last entity."""
    return n if n < 100 else int(float(f"{n:.1e}"))
