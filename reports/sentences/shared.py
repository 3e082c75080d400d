"""What is handed on with noise, in words: the promise, and where it ends."""

from models.results import EpsilonTold, HealthCheck, NightResult, SharedAggregates, Vocabulary
from reports import numbers, words

SAID = {"laplace": "Laplace", "gaussian": "Gaussian"}


def told_text(check: HealthCheck, found: EpsilonTold, word: Vocabulary) -> str:
    """What the check of aggregates.csv found, and what to do."""
    if found.withheld == "unread":
        return (
            "aggregates.csv is withheld: the manifest of an earlier night cannot be read, so nobody knows "
            "what was told before. Run that night again."
        )
    if found.withheld == "sampled":
        return (
            "aggregates.csv is withheld: the log was too long for all of it, and who is in a sample depends "
            "on others. Raise logs.memory_limit_gb, or leave evaluation.max_decisions out."
        )
    if found.withheld == "budget":
        return (
            f"aggregates.csv is withheld: with {_delta(found.epsilon, found.delta)} of its own, all nights "
            f"together would tell more of one {word.person} than privacy.max_epsilon allows. Hand on fewer "
            "nights, or choose a smaller privacy.epsilon before the first one."
        )
    return (
        f"aggregates.csv has {SAID[found.noise]} noise: {_delta(found.epsilon, found.delta)} tonight, "
        f"{check.figure or 0.0:.3g} with all nights of this folder that have one ({found.nights}). No other "
        "file of the night has noise."
    )


def _delta(epsilon: float, delta: float) -> str:
    return f"epsilon {epsilon:g}" + (f" and delta {delta:g}" if delta else "")


def handed_on(shared: SharedAggregates, result: NightResult) -> str:
    """The promise of aggregates.csv, whom it is about, and what it is not about."""
    of_each = (
        f"of each {result.entity} its first {words.counted(shared.most_decisions, 'decision')} to act and "
        f"{numbers.plain(shared.most_money)}{numbers.NBSP}{result.currency} of cost and of margin at most"
    )
    if not shared.figures:
        return "nothing: aggregates.csv is withheld, see the check of its noise"
    hidden = f"; {words.counted(shared.hidden, result.vocabulary.action)} not shown" if shared.hidden else ""
    return (
        f"aggregates.csv alone: counts and sums of these {result.vocabulary.entities}, {of_each}, with "
        f"{SAID[shared.noise]} noise of {_delta(shared.epsilon, shared.delta)}{hidden}. The noise follows "
        "from the key of the pseudonyms, so that a rerun repeats it. All other files are exact and stay with "
        "those who may see the logs; that a rerun has changed, and the names of what was decided, are not "
        "hidden"
    )
