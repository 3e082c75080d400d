"""Teach a recurrent unit what the counts miss: what follows a decision, given what was done.

    y ~ b_a + c_a . h(events before the decision),    a the action that was taken

y (q,) are outcomes of the next epoch and of the next days, less what counts and the action foretell already
(`models.encoder`), so that h has nothing to say but what is in the order. It is a predictive state (Littman,
Sutton & Singh 2001): whatever foretells the answers to "what follows if this is done now" is all of the past
that a decision can use. The heads c_a are linear, as those who read h as features are, and are thrown away.

The unit is torch's GRU (Cho et al. 2014), trained through the whole past of an entity at once by AdamW with a
cosine schedule. It is several small ones side by side, each from a start of its own: one in some never finds
the order, and who reads all of them averages their errors away. Assumes that what was done was not chosen by
what neither counts nor events hold; else h tells of the one who chose. Wrong where what follows is so rare
that the teachers see but a few dozen of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
STARTS = 3
"""Units side by side, each of as many numbers as a study asks for."""


@dataclass(frozen=True)
class SequenceLesson:
    """t events of e entities with i numbers each, and n decisions among them, taken from A actions."""

    events: Floats  # (t, i) by entity and time
    offsets: Ints  # (e + 1,) of each entity's events
    entity: Ints  # (n,) 0..e-1, ascending
    seen: Ints  # (n,) events of the entity before the decision
    action: Ints  # (n,)
    target: Floats  # (n, q) of about variance 1; NaN where it is not known
    weight: Floats  # (q,) of a target in the loss
    n_actions: int


@dataclass(frozen=True)
class SequencePlan:
    """How it is taught."""

    units: int
    """Of each start."""
    seed: int
    starts: int = STARTS
    steps: int = 400
    passes: int = 60
    """Over the entities, at most: a few who are asked for longer are learnt by heart."""
    entities_per_batch: int = 64
    learning_rate: float = 2e-2
    weight_decay: float = 0.1


@dataclass(frozen=True)
class TaughtSequence:
    """The weights of the unit, u numbers of all starts, in torch's order of gates, and of its heads."""

    to_input: Floats  # (3u, i)
    to_hidden: Floats  # (3u, u)
    input_bias: Floats  # (3u,)
    hidden_bias: Floats  # (3u,)
    heads: Floats  # (A, q, u)
    head_bias: Floats  # (A, q)


def teach_sequence(lesson: SequenceLesson, plan: SequencePlan) -> TaughtSequence:
    """Fit units and heads by least squares over all known targets; the heads' answer is their mean."""
    return _side_by_side([_fit(lesson, plan, plan.seed + start) for start in range(plan.starts)])


def _fit(lesson: SequenceLesson, plan: SequencePlan, seed: int) -> TaughtSequence:
    """One start."""
    q = lesson.target.shape[1]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        unit = nn.GRU(lesson.events.shape[1], plan.units, batch_first=True)
        heads = nn.Linear(plan.units, lesson.n_actions * q)
    nn.init.zeros_(heads.weight)
    nn.init.zeros_(heads.bias)
    optimiser = torch.optim.AdamW(
        [*unit.parameters(), *heads.parameters()], lr=plan.learning_rate, weight_decay=plan.weight_decay
    )
    batches = -(-(len(lesson.offsets) - 1) // plan.entities_per_batch)
    steps = min(plan.steps, plan.passes * batches)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(steps, 1))
    for batch in islice(_batches(lesson, plan, seed), steps):
        error = _answers(heads, _hidden(unit, batch), batch.action, q) - batch.target
        loss = (error**2 * batch.known).sum() / batch.known.sum().clamp(min=1e-9)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(unit.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return _taught(unit, heads, lesson.n_actions, q)


@dataclass(frozen=True)
class _Batch:
    """Some entities: their events padded to the longest, and their decisions."""

    events: Tensor  # (b, T, i)
    entity: Tensor  # (m,) 0..b-1
    seen: Tensor  # (m,)
    action: Tensor  # (m,)
    target: Tensor  # (m, q) 0 where not known
    known: Tensor  # (m, q) weight of the target, 0 where not known


def _batches(lesson: SequenceLesson, plan: SequencePlan, seed: int) -> Iterator[_Batch]:
    """For ever; every pass over the entities in an order of its own."""
    rng = np.random.Generator(np.random.PCG64(seed))
    e = len(lesson.offsets) - 1
    while e:
        order = rng.permutation(e)
        for start in range(0, e, plan.entities_per_batch):
            yield _batch(lesson, np.sort(order[start : start + plan.entities_per_batch]))


def _batch(lesson: SequenceLesson, entities: Ints) -> _Batch:
    starts, ends = lesson.offsets[entities], lesson.offsets[entities + 1]
    longest = max(int((ends - starts).max(initial=0)), 1)
    padded = np.zeros((len(entities), longest, lesson.events.shape[1]), np.float32)
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        padded[k, : end - start] = lesson.events[start:end]
    first, last = (np.searchsorted(lesson.entity, entities + shift) for shift in (0, 1))
    rows = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])
    target = lesson.target[rows]
    known = np.isfinite(target)
    return _Batch(
        torch.from_numpy(padded),
        torch.from_numpy(np.searchsorted(entities, lesson.entity[rows])),
        torch.from_numpy(lesson.seen[rows]),
        torch.from_numpy(lesson.action[rows]),
        torch.from_numpy(np.where(known, target, 0).astype(np.float32)),
        torch.from_numpy(known * lesson.weight),
    )


def _hidden(unit: nn.GRU, batch: _Batch) -> Tensor:
    """h (m, u) that each decision reads; zeros before the first event."""
    after, _ = unit(batch.events)
    before = torch.zeros(len(after), 1, after.shape[2])
    return torch.cat([before, after], dim=1)[batch.entity, batch.seen]


def _answers(heads: nn.Linear, hidden: Tensor, action: Tensor, q: int) -> Tensor:
    """(m, q) of the action taken."""
    by_action = heads(hidden).reshape(len(hidden), -1, q)
    answers: Tensor = by_action[torch.arange(len(hidden)), action]
    return answers


def _taught(unit: nn.GRU, heads: nn.Linear, n_actions: int, q: int) -> TaughtSequence:
    def array(tensor: Tensor) -> Floats:
        return np.ascontiguousarray(tensor.detach().numpy())

    gates = dict(unit.named_parameters())
    return TaughtSequence(
        array(gates["weight_ih_l0"]),
        array(gates["weight_hh_l0"]),
        array(gates["bias_ih_l0"]),
        array(gates["bias_hh_l0"]),
        array(heads.weight).reshape(n_actions, q, -1),
        array(heads.bias).reshape(n_actions, q),
    )


def _side_by_side(parts: list[TaughtSequence]) -> TaughtSequence:
    """Units that do not hear each other as one; gate by gate, as torch orders them."""

    def gates(name: str) -> list[Floats]:
        split = [np.split(getattr(part, name), 3) for part in parts]
        return [np.concatenate(gate) for gate in zip(*split, strict=True)]

    sizes = [part.to_hidden.shape[1] for part in parts]
    ends = np.cumsum(sizes)
    to_hidden = np.zeros((3, ends[-1], ends[-1]), np.float32)
    for part, size, end in zip(parts, sizes, ends, strict=True):
        own = slice(end - size, end)
        to_hidden[:, own, own] = part.to_hidden.reshape(3, size, size)
    mean = np.float32(1 / len(parts))
    return TaughtSequence(
        to_input=np.concatenate(gates("to_input")),
        to_hidden=to_hidden.reshape(-1, ends[-1]),
        input_bias=np.concatenate(gates("input_bias")),
        hidden_bias=np.concatenate(gates("hidden_bias")),
        heads=np.concatenate([part.heads for part in parts], axis=2) * mean,
        head_bias=np.sum([part.head_bias for part in parts], axis=0) * mean,
    )
