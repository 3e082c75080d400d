"""A stage of the night as a Prefect task: in this process, nothing stored, nothing copied."""

import functools
import traceback
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

P = ParamSpec("P")
R = TypeVar("R")


def _was_io(_task: Any, _run: Any, state: Any) -> bool:
    """Only a disk or network that failed is worth a second try; a wrong study stays wrong."""
    return isinstance(state.result(raise_on_failure=False), OSError)


def _let_go(error: BaseException | None) -> None:
    """Forget the local variables of a failed stage.

    Prefect keeps the exception to the end of the process, and with it tables and open connections.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def stage(text: str, *, retries: int = 0) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function whose first argument is the Night a task that shows `text` while it runs.

    Arguments and results stay ordinary objects of this process: no cache key is computed from them and
    none is pickled. Retries are for stages that read or write files, never for training.
    """

    def decorate(function: Callable[P, R]) -> Task[P, R]:
        def shown(*args: P.args, **kwargs: P.kwargs) -> R:
            night: Any = args[0]
            try:
                with night.progress.stage(text):
                    return function(*args, **kwargs)
            except BaseException as error:
                _let_go(error)
                raise

        made = task(
            name=text,
            cache_policy=NO_CACHE,
            persist_result=False,
            retries=retries,
            retry_delay_seconds=5,
            retry_condition_fn=_was_io,
        )
        return made(functools.wraps(function)(shown))

    return decorate
