"""How much a set of published figures tells of one entity, and what several of them tell together.

Neighbours are two logs that differ by all rows of one entity (Dwork & Roth 2014). Laplace noise of scale
l1 / epsilon on figures that one entity changes by l1 at most, in sum of absolute values, is epsilon-private,
and epsilons add up. Gaussian noise of standard deviation l2 / sqrt(2 rho) on figures that it changes by l2 at
most (Euclidean) is rho-zero-concentrated private; rhos add up, and rho is (epsilon, delta) with

    epsilon = rho + 2 sqrt(rho ln(1 / delta))                      (Bun & Steinke 2016, proposition 1.3).

So n Gaussian nights cost about sqrt(n), n Laplace nights n. Wrong where one person has several ids.
"""

import math

from models.results import PrivacyLoss


def together(*losses: PrivacyLoss) -> PrivacyLoss:
    """What several publications tell: the parts add up."""
    return PrivacyLoss(math.fsum(loss.epsilon for loss in losses), math.fsum(loss.rho for loss in losses))


def epsilon_at(loss: PrivacyLoss, delta: float) -> float:
    """The epsilon of a loss, but for a chance of `delta`; of Laplace noise alone the same for every delta."""
    if loss.rho == 0:
        return loss.epsilon
    return loss.epsilon + loss.rho + 2 * math.sqrt(loss.rho * math.log(1 / delta))


def loss_of(noise: str, epsilon: float, delta: float) -> PrivacyLoss:
    """The loss that a promise of (epsilon, delta) allows, by kind of noise.

    Raises ValueError for a kind that there is not.
    """
    if noise == "laplace":
        return PrivacyLoss(epsilon=epsilon)
    if noise == "gaussian":
        far = math.log(1 / delta)
        return PrivacyLoss(rho=(math.sqrt(far + epsilon) - math.sqrt(far)) ** 2)
    raise ValueError(f"There is no noise {noise!r}; use laplace or gaussian.")


def part_of(loss: PrivacyLoss, parts: int) -> PrivacyLoss:
    """One of so many equal parts."""
    return PrivacyLoss(loss.epsilon / parts, loss.rho / parts)


def noise_scale(loss: PrivacyLoss, l1: float, l2: float) -> float:
    """The scale of Laplace noise, or the standard deviation of Gaussian noise, of one group of figures.

    loss: of the group, of one kind. l1, l2: by how much one entity may change the group's figures.
    """
    return l1 / loss.epsilon if loss.epsilon else l2 / math.sqrt(2 * loss.rho)
