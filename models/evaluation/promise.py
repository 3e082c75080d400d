"""Which of several plans, none of them confirmed, is the most likely to be confirmed by a log drawn anew?

    promise = gain x Phi((gain / error - 1 - hurdle) / sqrt 2),

the gain times the chance that an estimate as noisy as this one, drawn anew on as many entities, passes
`hurdle` standard errors; one of them is taken off, since the best of many flatters itself. Small sure gains
lose against larger ones that pass as well, and large unsure ones against those that will pass. A lower bound
would rank by scale instead wherever all of it is doubtful: the smallest change loses least.

Assumption: normal errors, and a new log as large as this one. It ranks what is worth telling of and promises
nothing: what a plan is worth is for its bound to say.
"""

from math import sqrt

from scipy.stats import norm


def promise(gain: float, error: float, hurdle: float) -> float:
    """In the gain's units; the gain itself where it is not above 0 or in no doubt."""
    if gain <= 0 or not error > 0:
        return gain
    return gain * float(norm.cdf((gain / error - 1.0 - hurdle) / sqrt(2.0)))
