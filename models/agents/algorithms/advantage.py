"""The advantage learner: what every action causes beyond none, in closed form.

In force it is `models.agents.advantage`; how it is fitted, and when it is wrong: `advantage_fit` beside it.
"""

from models.agent_settings import AdvantageSettings
from models.agents.advantage import ALGORITHM, advantage_of, saved_advantage
from models.agents.advantage_fit import fit_advantage
from models.agents.algorithms.algorithm import Algorithm, InOneGo, Lesson, own
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import Shapes, fault_of_weights


def fit(lesson: Lesson) -> SavedEnsemble:
    """The learner of these entities. LogError where no training row holds a choice."""
    transitions, settings = lesson.transitions, own(lesson.settings, AdvantageSettings)
    model = fit_advantage(
        transitions,
        lesson.train_rows,
        lesson.behaviour,
        discount_per_day=lesson.decision.discount_per_day,
        n_steps=lesson.n_steps,
        pessimism=settings.pessimism,
        experience=lesson.experience,
    )
    return saved_advantage(model, transitions.feature_spec, transitions.actions, settings.max_price)


def fault(saved: SavedEnsemble) -> str:
    """Why this learner cannot act, or an empty string."""
    return fault_of_weights(saved.weights, advantage_shapes(len(saved.features), len(saved.actions)))


def advantage_shapes(features: int, actions: int) -> Shapes:
    """Tensor -> shape of an advantage learner (`models.agents.advantage`), with an intercept."""
    wide = features + 1
    return {
        "margin": (actions - 1, wide),
        "cost": (actions - 1, wide),
        "covariance": (3, actions - 1, wide, wide),
        "pessimism": (1,),
    }


ADVANTAGE = Algorithm(
    name=ALGORITHM,
    noun="advantage learner",
    label="Advantage learner, personalised",
    text="What each {treatment} causes beyond {nothing}, learned in closed form, less its doubt.",
    learns=InOneGo(fit),
    acts=advantage_of,
    kind=ALGORITHM,
    fault=fault,
    effects=advantage_of,
)
