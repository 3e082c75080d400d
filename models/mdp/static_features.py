"""What does not change from epoch to epoch: user features and segments."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.transition_table import AS_LOGGED, Feature
from sql.events import Events


def static_features(
    events: Events, entities: pl.DataFrame
) -> tuple[tuple[Feature, ...], NDArray[np.float32]]:
    """User features and one column per segment. (n_entities, s)"""
    spec = [
        Feature(f, AS_LOGGED, f"user feature {f}", "who", f.replace("=", " is ", 1))
        for f in events.user_features
    ]
    columns = [entities[f"f_{f}"].fill_null(0).to_numpy().astype(np.float32) for f in events.user_features]
    for segment in events.segments:
        spec.append(Feature(f"segment={segment}", "yes/no", f"belongs to segment {segment}", "who"))
        columns.append((entities["segment"] == segment).fill_null(False).to_numpy().astype(np.float32))
    values = np.stack(columns, axis=1) if columns else np.zeros((len(entities), 0), np.float32)
    return tuple(spec), values


def segment_index(events: Events, entities: pl.DataFrame) -> NDArray[np.int16]:
    """Index into `events.segments` per entity; 0 where there are none."""
    if not events.segments:
        return np.zeros(len(entities), np.int16)
    lookup = {s: i for i, s in enumerate(events.segments)}
    return np.array([lookup.get(s, 0) for s in entities["segment"].to_list()], np.int16)
