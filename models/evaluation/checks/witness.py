"""Headline against witnesses: estimators with fewer assumptions must agree with it within their noise.

The headline (DRL) believes that the state and the journey's surprises, as its weights know them, hold what
the past says about the future. Of its witnesses one has weights with the other memory of surprises (of all
days alike, or of the last ones), SNDR's remember everything, and SNPDIS does without a model of Q as well.
The less a witness believes, the noisier it is, which is why the first gets most of the false alarms allowed.
Of a policy that decides by the state the first is another one (`SIGNED`), and not asked.
A test that does not fire is no evidence: intervals reach the witnesses whether or not one does (`headline`).
"""

import math
from dataclasses import dataclass

from scipy.stats import norm

from models.evaluation.estimators.doubly_robust import Floats
from models.evaluation.estimators.policy_value import REMEMBERING, SNDR, SNPDIS, Uplifted
from models.evaluation.intervals.bootstrap_t import standard_errors
from models.results import HealthCheck, Witnesses

FALSE_ALARMS = {REMEMBERING: 0.03, SNDR: 0.003, SNPDIS: 0.003}
"""Share of sound headlines that each witness disputes where the difference is normal. The first's nearly is.
The others' are skewed by their heaviest weights and dispute several times as often, which is why they get so
little: about 5 % are disputed by all together. A false alarm keeps today's split, a missed bias moves money
on it, hence no stricter."""
MATERIAL = 1.0
"""Share of the headline's own standard error below which a difference changes nothing: with an estimated mu
the estimators differ by a little whatever the sample, and a bias within the noise stays within the interval's
reach."""
FAINT = 0.01
"""Share of the standard error of today's level: no policy, however close to today's delivery, is known better
than that, and what differs by less is the same. A noise near 0 is no yardstick."""


@dataclass(frozen=True)
class Disagreement:
    """The witness that contradicts the headline most. Names are those of FALSE_ALARMS."""

    witness: str
    difference: float
    """headline - witness, as a sum of contributions."""
    z: float | None
    """In standard errors of the difference, clustered; None: no witness differs in any way that varies."""
    limit: float
    material: bool
    """Large enough to matter."""

    @property
    def disputed(self) -> bool:
        return self.z is not None and abs(self.z) > self.limit and self.material


def disagreement(headline: Floats, witness: Floats) -> float | None:
    """(headline - witness) / standard error of the difference, clustered; contributions (C,). None: unknown.

    The difference is taken cluster by cluster, so the covariance of the two estimators is accounted for.
    """
    difference = (headline - witness)[:, None]
    error = float(standard_errors(difference)[0])
    return float(difference.sum()) / error if math.isfinite(error) else None


def disagreements(uplift: Uplifted) -> list[Disagreement]:
    """Every witness that can be asked whether it differs from the headline."""
    own = float(standard_errors(uplift.headline[:, None])[0])
    if not own >= FAINT * uplift.today_error:  # an unknown own error excuses nothing
        own = max(own, FAINT * uplift.today_error) if math.isfinite(own) else own
    found = []
    for name, witness in uplift.witnesses.items():
        z = disagreement(uplift.headline, witness) if name in FALSE_ALARMS else None
        if z is None:
            continue
        limit = float(norm.isf(FALSE_ALARMS[name] / 2))
        difference = float((uplift.headline - witness).sum())
        found.append(Disagreement(name, difference, z, limit, not abs(difference) <= MATERIAL * own))
    return found


def most_contrary(uplift: Uplifted) -> Disagreement:
    """The witness whose difference from the headline passes its limit the furthest; one that matters goes
    before one that is merely certain."""
    nobody = Disagreement("", 0.0, None, math.nan, False)
    return max(
        disagreements(uplift), key=lambda one: (one.material, abs(one.z or 0.0) / one.limit), default=nobody
    )


def check_witness(policy: str, outcome: str, uplift: Uplifted) -> HealthCheck:
    """The headline against all its witnesses, for one policy and outcome, as differences from today's
    delivery."""
    found = most_contrary(uplift)
    size = None if found.z is None else abs(found.z)
    limit = "" if found.z is None else f"at most {found.limit:.2g}"
    told = Witnesses(outcome, "" if found.z is None else found.witness, found.z is not None and found.z > 0)
    status = "warn" if found.disputed else "ok"
    return HealthCheck("witness", status, size, "standard errors", limit, told, policy)
