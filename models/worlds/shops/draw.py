"""Shops drawn at random: every mechanism's switch and strength comes from one seed, per half and number.

The half `development` is for whoever works on the estimators. The half `published` is drawn by benchmarks
alone: nothing is chosen, tuned or left out by looking at it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.worlds.shops.settings import ShopChannel, ShopSegment, ShopSettings, null_twin

Floats = NDArray[np.float64]
Half = Literal["development", "published"]
HALVES: tuple[Half, ...] = ("development", "published")
SALT = {"development": 20_011, "published": 70_001}

MAX_HAZARD, MAX_INTENT = 0.8, 0.15
"""Of one exposure: what a wanted return would need beyond them is left out."""


@dataclass(frozen=True)
class _Kind:
    """A kind of channel: ranges to draw from."""

    name: str
    cold: tuple[float, float]
    hot: tuple[float, float]
    price: float
    """Relative to the others."""
    click_rate: float
    needs_visit: bool = False
    prefers_visitors: tuple[float, float] = (0.0, 0.0)


KINDS = (
    _Kind("display", (0.30, 0.60), (0.30, 0.60), 0.5, 0.004),
    _Kind("retargeting", (0.40, 0.70), (0.50, 0.80), 1.0, 0.03, needs_visit=True),
    _Kind("search", (0.01, 0.05), (0.30, 0.60), 2.5, 0.08),
    _Kind("social", (0.15, 0.35), (0.15, 0.35), 1.0, 0.012, prefers_visitors=(0.1, 0.5)),
    _Kind("video", (0.20, 0.40), (0.20, 0.40), 1.6, 0.006),
)


def draw_setting(
    half: Half, index: int, *, null: bool = False, hidden_targeting: float = 0.0
) -> ShopSettings:
    """Setting `index` of a half, or its null twin. hidden_targeting: never drawn, since no log can tell."""
    rng = np.random.default_rng([SALT[half], index])
    gain, lose = rng.uniform(0.008, 0.02), float(np.exp(rng.uniform(np.log(0.05), np.log(0.35))))
    visits = float(rng.uniform(0.02, 0.06)), float(rng.uniform(0.3, 0.5))
    hot_share = gain / (gain + lose)
    segments = _segments(rng, hot_share)
    kinds = [KINDS[i] for i in sorted(rng.permutation(len(KINDS))[: rng.integers(3, 6)])]
    channels = _channels(rng, kinds, segments, (gain, lose, *visits))
    partly_seen, season, drift = rng.random(3) < (0.5, 0.6, 0.6)
    settings = ShopSettings(
        name=f"{half}-{index:02d}",
        channels=channels,
        segments=segments,
        gain_intent=float(gain),
        lose_intent=lose,
        visit_cold=visits[0],
        visit_hot=visits[1],
        amount_sigma=float(rng.uniform(0.4, 1.2)),
        max_per_day=int(rng.choice([1, 1, 2, 3])),
        max_probability=0.99,
        same_day=bool(rng.random() < 0.6),
        fatigue=float(rng.choice([0.0, rng.uniform(0.05, 0.3)], p=[0.25, 0.75])),
        recovery=float(rng.uniform(0.6, 0.85)),
        mood=float(partly_seen * rng.uniform(0.3, 0.8)),
        mood_response=float(partly_seen * rng.uniform(0.0, 0.6)),
        mood_persistence=float(0.5 ** (1 / rng.uniform(15, 60))),
        hidden_targeting=hidden_targeting,
        season=float(season * rng.uniform(0.05, 0.25)),
        season_days=float(rng.uniform(40, 180)),
        season_phase=float(rng.uniform(0, 180)),
        drift=float(drift * rng.uniform(0.05, 0.2)),
        drift_persistence=float(rng.uniform(0.5, 0.9)),
        budget_shock=float(rng.uniform(0.03, 0.3)),
        delay_days=float(rng.uniform(0.5, 4.0)),
        late_share=float(rng.uniform(0.1, 0.4)),
    )
    return null_twin(settings) if null else settings


def _segments(rng: np.random.Generator, hot_share: float) -> tuple[ShopSegment, ...]:
    """Two or three, whose rates, orders and margins differ."""
    names = ("loyal", "new", "regular")[: rng.integers(2, 4)]
    shares = rng.dirichlet(np.full(len(names), 6.0))
    rate = np.exp(rng.uniform(np.log(0.003), np.log(0.012)))
    ratio = np.exp(rng.uniform(np.log(8), np.log(40)))  # of purchases with intent to those without
    amount, margin = rng.uniform(30, 120), rng.uniform(0.25, 0.45)
    found = []
    for name, share in zip(names, shares, strict=True):
        cold = rate * np.exp(0.4 * rng.standard_normal()) / (1 + hot_share * (ratio - 1))
        found.append(
            ShopSegment(
                name,
                float(share),
                purchase_cold=float(cold),
                purchase_hot=float(cold * ratio),
                amount_mean=float(amount * np.exp(0.3 * rng.standard_normal())),
                margin_rate=float(np.clip(margin * np.exp(0.25 * rng.standard_normal()), 0.1, 0.7)),
            )
        )
    return tuple(found)


def _channels(
    rng: np.random.Generator,
    kinds: list[_Kind],
    segments: tuple[ShopSegment, ...],
    habits: tuple[float, float, float, float],
) -> tuple[ShopChannel, ...]:
    """K channels; effects follow from a wanted return on spend. habits: gain, lose, visits cold and hot."""
    k = len(kinds)
    gain, lose, visit_cold, visit_hot = habits
    share_hot = gain / (gain + lose)
    cold = np.array([rng.uniform(*kind.cold) for kind in kinds])
    hot = np.array([max(rng.uniform(*kind.hot), c) for kind, c in zip(kinds, cold, strict=True)])
    weekly = np.array(
        [1 - (1 - visit_cold) ** 7, 1 - (1 - visit_hot) ** 7]
    )  # share of visitors, cold and hot
    seen = np.array([weekly if kind.needs_visit else np.ones(2) for kind in kinds])  # (K, 2)
    reach_cold, reach_hot = (1 - share_hot) * cold * seen[:, 0], share_hot * hot * seen[:, 1]
    reach, hot_reached = reach_cold + reach_hot, reach_hot / (reach_cold + reach_hot)

    thin = rng.random() < 0.25
    shown_share = rng.uniform(0.2, 0.7, k)
    if thin:
        crowded = rng.permutation(k)[: max(1, k // 2)]
        shown_share[crowded] = rng.uniform(0.9, 0.99, len(crowded))
    value = np.array([_day_value(s, share_hot) for s in segments])  # (S,) margin per customer and day
    mean_value = float(np.average(value, weights=[s.share for s in segments]))
    relative = np.array([kind.price for kind in kinds]) * np.exp(0.4 * rng.standard_normal(k))
    price = relative * rng.uniform(0.15, 0.35) * mean_value / float((relative * shown_share * reach).sum())

    wanted = np.exp(rng.normal(np.log(3.0), 0.6, k))  # margin per unit of spend, at rest
    roles = rng.permutation(k)
    wanted[roles[0]] = 0.0  # one earns nothing,
    if k > 3 and rng.random() < 0.35:
        wanted[roles[1]] = -1.5  # and sometimes one drives purchases away
    by_segment = wanted[:, None] * np.exp(0.5 * rng.standard_normal((k, len(segments))))  # (K, S)
    lasting = np.where(rng.random(k) < 0.2, 0.0, np.exp(-1 / rng.uniform(1, 14, k)))  # survival per day
    through_intent = rng.choice([0.0, 0.5, 1.0], k)
    auction = rng.random(k) < 0.5
    bid_visits, bid_shown = auction * rng.uniform(-0.1, 0.35, k), auction * rng.uniform(-0.3, 0.1, k)
    prefers = [rng.uniform(*kind.prefers_visitors) for kind in kinds]
    found = []
    for i, kind in enumerate(kinds):
        per_exposure = by_segment[i] * price[i] * (1 - lasting[i])  # (S,) and day of its effect
        hazard, intent = _effects(per_exposure, segments, float(hot_reached[i]), lose, through_intent[i])
        found.append(
            ShopChannel(
                kind.name,
                price=float(price[i]),
                chance_cold=float(cold[i]),
                chance_hot=float(hot[i]),
                shown_share=float(shown_share[i]),
                hazard=hazard,
                intent=intent,
                carry_over=float(lasting[i]),
                needs_visit=kind.needs_visit,
                prefers_visitors=float(prefers[i]),
                bid_visits=float(bid_visits[i]),
                bid_shown=float(bid_shown[i]),
                click_rate=kind.click_rate,
            )
        )
    return tuple(found)


def _day_value(s: ShopSegment, hot_share: float) -> float:
    rate = hot_share * s.purchase_hot + (1 - hot_share) * s.purchase_cold
    return rate * s.amount_mean * s.margin_rate


def _effects(
    value: Floats, segments: tuple[ShopSegment, ...], hot_share: float, lose: float, through_intent: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What an exposure must do to the log purchase rate and to intent, by segment, to bring `value` (S,) a
    day, to customers of whom `hot_share` have intent: roughly, since fatigue and moods come on top."""
    order = np.array([s.amount_mean * s.margin_rate for s in segments])
    rate = np.array([hot_share * s.purchase_hot + (1 - hot_share) * s.purchase_cold for s in segments])
    rise = np.array([s.purchase_hot - s.purchase_cold for s in segments]) / lose  # purchases of an intent
    hazard = np.clip((1 - through_intent) * value / (rate * order), -MAX_HAZARD, MAX_HAZARD)
    intent = np.clip(through_intent * value / ((1 - hot_share) * rise * order), -MAX_INTENT, MAX_INTENT)
    return tuple(hazard.tolist()), tuple(intent.tolist())
