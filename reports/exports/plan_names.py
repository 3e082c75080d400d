"""Plans in the files under the names that the report tells them by."""

from dataclasses import replace

from models.results import NightResult
from reports import estimates, words


def as_told(result: NightResult) -> NightResult:
    """The night with its split called what was found, where it is not recommended."""
    if words.moves(result.split):
        return result

    def told(policy: str) -> str:
        return estimates.FOUND if policy == estimates.RECOMMENDED else policy

    return replace(
        result,
        evaluation=tuple(replace(e, policy=told(e.policy)) for e in result.evaluation),
        evidence=tuple(replace(e, policy=told(e.policy)) for e in result.evidence),
        health=tuple(replace(c, subject=told(c.subject)) for c in result.health),
    )
