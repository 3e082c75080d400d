"""A replay buffer over contiguous arrays that draws a price for every batch.

d3rlpy's own buffer builds a batch transition by transition in Python (11-12 microseconds each); this one
gathers rows. `fit` calls only `sample_transition_batch`, `sample_transition` and `dataset_info`.
"""

from typing import Any, NoReturn

import numpy as np
from d3rlpy.constants import ActionSpace
from d3rlpy.dataset import DatasetInfo, ReplayBufferBase, Signature, Transition, TransitionMiniBatch

from models.training.experience import Experience


class PricedReplay(ReplayBufferBase):
    """Batches with reward = margin - price x cost, the price drawn per row from [0, max_price]."""

    def __init__(self, experience: Experience, *, max_price: float, seed: int) -> None:
        super().__init__()
        self._experience = experience
        self._max_price = max_price
        self._random = np.random.default_rng(seed)

    def sample_transition_batch(self, batch_size: int) -> TransitionMiniBatch:
        e = self._experience
        pick = self._random.integers(0, len(e.action), batch_size)
        share = self._random.random((batch_size, 1), dtype=np.float32)
        # `take` copies whole rows: a third of the time of indexing
        observations = e.observations.take(e.row[pick], axis=0)
        after = e.observations.take(e.next_row[pick], axis=0)
        observations[:, -1:] = after[:, -1:] = share
        actions = e.action[pick, None].astype(np.float32)
        return TransitionMiniBatch(
            observations=observations,
            actions=actions,
            rewards=e.margin[pick, None] - self._max_price * share * e.cost[pick, None],
            next_observations=after,
            next_actions=np.zeros_like(actions),
            terminals=e.terminal[pick, None],
            intervals=e.interval_days[pick, None],
            transitions=[],
        )

    def sample_transition(self) -> Transition:
        batch = self.sample_transition_batch(1)
        return Transition(
            observation=np.asarray(batch.observations[0]),
            action=batch.actions[0],
            reward=batch.rewards[0],
            next_observation=np.asarray(batch.next_observations[0]),
            next_action=batch.next_actions[0],
            terminal=float(batch.terminals[0, 0]),
            interval=1,
            rewards_to_go=batch.rewards,
        )

    @property
    def dataset_info(self) -> DatasetInfo:
        d = self._experience.observations.shape[1]
        return DatasetInfo(
            observation_signature=Signature([np.dtype(np.float32)], [(d,)]),
            action_signature=Signature([np.dtype(np.int64)], [(1,)]),
            reward_signature=Signature([np.dtype(np.float32)], [(1,)]),
            action_space=ActionSpace.DISCRETE,
            action_size=self._experience.n_actions,
        )

    @property
    def transition_count(self) -> int:
        return len(self._experience.action)

    def size(self) -> int:
        return len(self._experience.action)

    def _not_kept(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("PricedReplay holds the transitions of a finished log; episodes are not kept")

    @classmethod
    def _not_loaded(cls, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("PricedReplay is made from an Experience")

    append = append_episode = clip_episode = sample_trajectory = sample_trajectory_batch = dump = _not_kept
    from_episode_generator = load = _not_loaded
    episodes = buffer = transition_picker = trajectory_slicer = property(_not_kept)
