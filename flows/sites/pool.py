"""`allot pool`: which arm, by several sites' sums. What that covers, `models.trials.pooled` says."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from flows.flat_settings import flatten
from flows.night import open_scratch
from flows.process.determinism import determinism
from flows.publishing.manifest import code_version
from flows.sites.exchange import Exchange, Waiting
from flows.stages import night_stages as stages
from flows.study import Study
from flows.tables import escape, print_table
from models.results import Answer, TrialResult, TrialVerdict
from models.trials import (
    PooledTest,
    TrialLog,
    asks_which_one,
    decide_which,
    of_arms_and_covariates,
    pool_arms,
    read_trial,
    refuse_small_cells,
    telling_of_many,
)
from reports.sentences.trials import AnswerWords, check_text
from sql.errors import LogError, StudyError

SITE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True)
class Sites:
    """Where the sums are, and whose."""

    folder: Path
    site: str
    """This one."""
    others: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(sorted({self.site, *self.others}))


def pool(study: Study, as_of: date, sites: Sites) -> None:
    """Write this site's sums of every round that can be written, and print the answer once all are there.

    Raises StudyError and LogError where the study's question is none that sums answer, or sites differ.
    """
    _check(study, sites)
    with open_scratch(study, as_of) as night, determinism(study):
        with night.progress.stage("read the logs"):
            events = stages.stage_logs(night)
        with night.progress.stage("build the transitions"):
            transitions = stages.build_transitions(night, events)
        if not asks_which_one(transitions, events, study.decision, study.split):
            raise StudyError(
                "Sites can only be added up for a test: one random decision per entity, with propensities or "
                "arms, and no split.total."
            )
        log = read_trial(transitions, events, study.decision).log
    least = study.logs.min_cell_users
    refuse_small_cells(log, least)
    exchange = Exchange(sites.folder, sites.site, sites.all, _digest(study, as_of))
    try:
        headers = exchange.headers(_header(log, least))
        common = of_arms_and_covariates(log, *_common(headers))
        test = pool_arms(
            common,
            exchange.total,
            planned=_planned(headers, common),
            level=study.evaluation.level,
            matters=study.evaluation.difference_that_matters,
        )
    except Waiting as waiting:
        names = ", ".join(str(path) for path in waiting.missing)
        print(f"Round {exchange.rounds} ({waiting.step}) is written. Waiting for {names}.")
        print("Run the same command again when they are there.")
        return
    _print(study, common, test, left_out=sorted({*log.names} - {*common.names}))


def _check(study: Study, sites: Sites) -> None:
    for name in sites.all:
        if not SITE.fullmatch(name):
            raise StudyError(f"A site is called {name!r}; use lower-case letters, digits, `_` and `-`.")
    if len(sites.all) < 2:
        raise StudyError("Name another site with --with: one site's answer is what `allot run` says.")
    if study.guardrails:
        raise StudyError("The study has a guardrail, which sums of sites do not answer; leave it out.")


def _digest(study: Study, as_of: date) -> str:
    """Of what all sites must have in common."""
    text = json.dumps([flatten(study), as_of.isoformat(), code_version()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _header(log: TrialLog, least: int) -> dict[str, Any]:
    """What a site says of itself: names, and the shares that arms were drawn with."""
    return {
        "arms": list(log.arms),
        "idle": None if log.idle is None else log.arms[log.idle],
        "covariates": list(telling_of_many(log, least)),
        "drawn": "not told" if log.probability is None else "shares" if log.planned is not None else "by row",
        "shares": None if log.planned is None else log.planned.tolist(),
    }


def _common(headers: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    """Arms of any site, the idle one first; the idle one; and the covariates that all can show."""
    try:
        idle = {header["idle"] for header in headers} - {None}
        arms = {str(arm) for header in headers for arm in header["arms"]}
        covariates = set.intersection(*({*map(str, header["covariates"])} for header in headers))
    except (KeyError, TypeError):
        raise StudyError("A header does not say arms and covariates; ask its site to run again.") from None
    if len(idle) > 1:
        raise StudyError(f"Sites call doing nothing by different names: {', '.join(sorted(map(str, idle)))}.")
    return (*idle, *sorted(arms - idle)), next(iter(idle), None), tuple(sorted(covariates))


def _planned(headers: Sequence[dict[str, Any]], log: TrialLog) -> np.ndarray | None:
    """(A,) shares that all sites drew arms with; None where rows have their own, or none are told."""
    drawn = {header.get("drawn") for header in headers}
    if len(drawn) > 1:
        raise LogError("Some sites tell probabilities of the arms and others do not, or not per arm alone.")
    if drawn != {"shares"}:
        return None
    shares = [dict(zip(header["arms"], header["shares"], strict=True)) for header in headers]
    if any(set(one) != set(shares[0]) for one in shares) or any(
        abs(one[arm] - shares[0][arm]) > 1e-6 for one in shares for arm in one
    ):
        raise LogError(
            "Sites drew arms with different shares: log the probability per row at every site, in which case "
            "rows are weighted one by one."
        )
    return np.array([shares[0][arm] for arm in log.arms], np.float64)


def _print(study: Study, log: TrialLog, test: PooledTest, left_out: list[str]) -> None:
    idle = None if log.idle is None else log.arms[log.idle]
    verdict = decide_which(test.compared, idle)
    if not test.check.passed:
        verdict = TrialVerdict(Answer.CONTRADICTION)
    trial = TrialResult(
        verdict=verdict,
        idle=idle,
        arms=test.compared.arms,
        differences=test.compared.differences,
        checks=(test.check,),
        entities=test.entities,
        decisions=test.decisions,
        level=study.evaluation.level,
        rule=None,
    )
    said = AnswerWords(trial, study.words, study.currency)
    arms = Table("arm", study.words.entities, f"value ({said.per}{said.net})", box=None, pad_edge=False)
    for arm in trial.arms:
        arms.add_row(escape(said.name(arm.arm)), f"{arm.entities:,}", f"{arm.estimate:,.4f}")
    differences = Table("difference", "estimate", "low", "high", "told apart", box=None, pad_edge=False)
    for d in trial.differences:
        ends = ("-", "-") if d.interval is None else (f"{d.interval.low:+,.4f}", f"{d.interval.high:+,.4f}")
        name = f"{said.name(d.arm)} - {said.name(d.other)}"
        differences.add_row(escape(name), f"{d.estimate:+,.4f}", *ends, "yes" if d.told_apart else "no")
    print_table(arms)
    print_table(differences)
    print(said.headline)
    print(check_text(test.check, study.words))
    if left_out:
        print(f"Not adjusted for, since a site cannot show it: {', '.join(left_out)}.")
    print(
        "Intervals hold at once, without the bootstrap of `allot run`; the balance of what was known before "
        "the draw, rules and guardrails are not asked. Sums have no noise."
    )
