"""Marginal iROAS of every channel in every segment, from evaluations of the whole channels.

Delivery to one entity does nothing to another, so a channel's small change seen in one segment's entities
alone is that segment's. Nothing is evaluated anew. Intervals are Fieller's, one by one: with many cells a few
stand out by chance.
"""

from models.results import SegmentSlope
from models.split.delivery import DeliveryValue, spend_of
from models.split.marginal import fieller, prepare_slopes, slope_of
from models.split.segments import Segments
from sql.small_cells import hidden_cells


def segment_slopes(segments: Segments, delivery: DeliveryValue, level: float) -> tuple[SegmentSlope, ...]:
    """Channels x segments, in that order; None where a segment's spend does not clearly follow its budget.

    `few`: where a channel reached so few of a segment that a figure would tell of them.

    `delivery`: whole channels, on the same entities as `segments`, as `marginal_iroas` evaluates them.
    """
    found = []
    prepare_slopes(delivery, range(len(delivery.channels)))
    for k, channel in enumerate(delivery.channels):
        slope = slope_of(delivery, k)
        few = (False,) * len(segments.names)
        if segments.people is not None:
            few = hidden_cells(segments.people[k, :-1].tolist(), segments.least, int(segments.people[k, -1]))
        for s, segment in enumerate(segments.names):
            if few[s]:
                found.append(SegmentSlope(channel, segment, None, None, None, level, few=True))
                continue
            here = slope * (segments.of_cluster == s)[:, None]
            ratio, _ = fieller(here[:, 0], spend_of(here), level)
            if ratio is None:
                found.append(SegmentSlope(channel, segment, None, None, None, level))
            else:
                found.append(SegmentSlope(channel, segment, ratio.estimate, ratio.low, ratio.high, level))
    return tuple(found)
