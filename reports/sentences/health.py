"""What a health check found: one sentence per kind, with what to do if it is not ok."""

from models.results import (
    ActionMoved,
    Calibrated,
    CountedAlike,
    EnterByAd,
    EpsilonTold,
    FeatureMoved,
    HealthCheck,
    Immature,
    Improbable,
    LogEnds,
    LoggedValued,
    MoneyReconciles,
    NobodyAlike,
    NoChoice,
    NoFollower,
    OverlapWithNone,
    PastEffect,
    PropensitiesLogged,
    RegimeBreak,
    Regimes,
    RowsReconcile,
    RowsRefused,
    ShownOnly,
    Sold,
    SourcesWeighed,
    SupportOf,
    TooShortToTell,
    TotalsUnused,
    TrialCheck,
    Vocabulary,
    Witnesses,
    WorthOfPurchases,
)
from reports.sentences import health_delivery, health_estimates, health_history, health_log, shared, trials


def check_text(check: HealthCheck, word: Vocabulary, currency: str) -> str:
    """One sentence, or more where there is something to do; names of logs stand between backticks.

    A finding that is a sentence already was made by staging, which knows no reports.
    """
    match check.found:
        case str() as said:
            return said
        case TooShortToTell():
            return "The log is too short to tell."
        case (
            RowsReconcile() | RowsRefused() | MoneyReconciles() | LogEnds() | Immature() | Sold()
            | EnterByAd() | FeatureMoved() | ActionMoved()
        ) as found:  # fmt: skip
            return health_log.log_text(check, found, word)
        case (
            Regimes() | RegimeBreak() | NoChoice() | Calibrated() | PropensitiesLogged() | Improbable()
            | ShownOnly() | OverlapWithNone() | SupportOf()
        ) as found:  # fmt: skip
            return health_delivery.delivery_text(check, found, word)
        case (
            Witnesses() | LoggedValued() | NoFollower() | PastEffect() | NobodyAlike() | CountedAlike()
            | SourcesWeighed() | TotalsUnused() | WorthOfPurchases()
        ) as found:  # fmt: skip
            return health_estimates.estimates_text(check, found, word)
        case EpsilonTold() as found:
            return shared.told_text(check, found, word)
        case TrialCheck() as found:
            return trials.check_text(found, word)
        case found:
            return health_history.history_text(check, found, word, currency)
