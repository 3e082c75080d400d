"""What ordered levels say, in sentences."""

from dataclasses import dataclass

from models.results import Answer, Elasticity, Interval, LevelsResult, Vocabulary
from reports import numbers, words
from reports.numbers import NBSP
from reports.sentences.trials import AnswerWords, check_text

PEAK_DECIMALS = 1


def not_drawn(word: Vocabulary, *, for_everybody: bool) -> str:
    """Why nothing is said of levels, from a small letter on. for_everybody: all could be given each."""
    if for_everybody:
        return (
            "no row says how likely its choice was: where it was drawn at random, write the probability as "
            "`propensity`."
        )
    return (
        f"not every {word.entity} could have been given every {word.action} that was drawn, so that none is "
        'known for all: where each could, write `decision.eligible = "all"`.'
    )


@dataclass(frozen=True)
class LevelWords(AnswerWords):
    """The answer to "how much" in the study's words."""

    levels: LevelsResult

    def name(self, arm: str) -> str:
        """`10 %`: a level with its unit, that of idle too."""
        found = next((one.level for one in self.levels.values if one.arm == arm), None)
        return arm if found is None else self.amount_of(found)

    def amount_of(self, level: float, decimals: int | None = None) -> str:
        """A level, or a point between levels, with its unit."""
        number = f"{level:g}" if decimals is None else f"{round(level, decimals):g}"
        return f"{number}{NBSP}{self.levels.unit}" if self.levels.unit else number

    def interval(
        self, estimate: float, interval: Interval | None, *, signed: bool = False
    ) -> numbers.IntervalText:
        """On the step that the interval's width deserves: levels are worth much, and differ by little."""
        if interval is None:
            return super().interval(estimate, interval, signed=signed)
        widths = [one.value.high - one.value.low for one in self.levels.values if one.value]
        step = numbers.decimals_that_matter([interval.high - interval.low, *widths])
        low, middle, high = (
            numbers.grouped(v, step, signed=signed) for v in (interval.low, estimate, interval.high)
        )
        return numbers.IntervalText(middle, low, high)

    @property
    def headline(self) -> str:
        verdict, show = self.trial.verdict, words.capital(self.word.show)
        if self.trial.chooses_by_rule:
            return f"{show} by a rule: no one {self.word.treatment} suits all."
        if verdict.kind in (Answer.ONE, Answer.SEVERAL, Answer.IDLE):
            return f"{show} {self.name(verdict.arms[0])}."
        if verdict.kind == Answer.NOTHING:
            return f"The {self.word.actions} cannot be told apart."
        return "Nothing is concluded from these levels."

    @property
    def why(self) -> str:
        verdict = self.trial.verdict
        if verdict.kind == Answer.CONTRADICTION:
            return " ".join(check_text(c, self.word) for c in self.trial.checks if not c.passed)
        found = [self._of_best()]
        if verdict.kind == Answer.NOTHING:
            found = [f"Any of the levels may be the best; the largest estimate is that of {self._best_name}."]
        elif len(verdict.arms) > 1:
            sure = numbers.percent(self.trial.level)
            found.append(f"The best one for all is among {self.names(verdict.arms)}: {sure} sure.")
        else:
            found.append("No other level may be the best one for all.")
        found += [self.undrawn] if self.levels.undrawn else []
        found += [self._barred(arm) for arm in verdict.barred]
        if self.beyond:
            found.insert(0 if self.trial.chooses_by_rule else len(found), self.beyond)
        return " ".join([*found, self.elasticity]).strip()

    @property
    def _best_name(self) -> str:
        return self.name(self.levels.best.arm)

    def _of_best(self) -> str:
        """`At 10 % a product brings 36.1 EUR (34 to 38.2), 1.2 more than at 0 % (-.3 to 2.7).`"""
        best = self.levels.best
        text = self.interval(best.estimate, best.value)
        said = f"{self._best_name} for all {self.word.entities} brings {text.full}{NBSP}{self.per}{self.net}"
        if best.over_idle is not None and self.trial.idle is not None:
            more = self.interval(best.over_idle.estimate, best.over_idle, signed=True)
            said += f"; beside {self.name(self.trial.idle)} that is {more.full}"
        return f"{said}."

    @property
    def undrawn(self) -> str:
        """The levels of the study that the log cannot speak of."""
        names = words.listed([self.amount_of(level) for level in self.levels.undrawn])
        them = "it" if len(self.levels.undrawn) == 1 else "them"
        return f"No {self.word.entity} was given {names}, so nothing is said of {them}."

    @property
    def elasticity(self) -> str:
        """What one per cent of price does to demand; empty where it is not told."""
        found = self.levels.elasticity
        if found is None:
            return ""
        if not found.is_constant:
            return self._steps(found)
        said = _elasticity_text(found.constant.estimate, found.constant)
        return f"A price higher by 1{NBSP}% changes {self.levels.demand} by {said}{NBSP}%."

    def _steps(self, found: Elasticity) -> str:
        """`No single price elasticity fits these levels: ... from 0 to 5 % off -8.4 (-9 to -7.8), ...`"""
        chance = numbers.percent(1.0 - found.constant.level)
        steps = [
            f"{_elasticity_text(one.estimate, one.interval)}{NBSP}% "
            f"between {one.low:g} and {self.amount_of(one.high)}"
            for one in found.steps
        ]
        return (
            f"No single price elasticity fits these levels (if one did, they would look so in fewer than "
            f"{chance} of cases): a price higher by 1{NBSP}% changes {self.levels.demand} by "
            f"{words.listed(steps)}, each by itself."
        )

    @property
    def beyond(self) -> str:
        """What a rule earns beyond one level for all, where it surely does."""
        rule = self.trial.rule
        if rule is None or rule.gain is None or rule.gain.low <= 0:
            return ""
        text = self.interval(rule.estimate, rule.gain, signed=True)
        return f"A rule of a few lines beats the best one level for all: {text.full}{NBSP}{self.per}."

    @property
    def curve(self) -> str:
        """How the curve was made, and where it is highest."""
        found = self.levels
        if not found.lends:
            made = (
                "A curve that fits takes as many terms as there are levels: none lends to another, and it "
                "tells of no point between them."
            )
        else:
            chance = numbers.percent(found.misfit)
            made = (
                f"Neighbours lend each other strength by a polynomial of degree {found.degree}; chance "
                "shows a "
                f"misfit like its own in {chance} of cases."
            )
        at = self.amount_of(found.peak, PEAK_DECIMALS)
        peak = f" The curve is highest at {at}, points between levels counted." if found.lends else ""
        told = (
            " A decision tells of every lower level too, so that steps from one to the next are surer than "
            "values."
            if found.from_below
            else ""
        )
        return f"{made}{peak}{told}"


def _elasticity_text(estimate: float, found: Interval | None) -> str:
    low, high = (None, None) if found is None else (found.low, found.high)
    text = numbers.interval(estimate, low, high, signed=True)
    return text.estimate if found is None else text.full
