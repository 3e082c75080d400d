"""A stage of the night: a Prefect task in a flow run, a plain call where there is none."""

import functools
import time
import traceback
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.utilities.annotations import opaque

from flows.process.discretion import quotes_the_log, unquoted
from flows.process.memory import give_back_memory

P = ParamSpec("P")
R = TypeVar("R")

FAILURES_AS = "json"
"""How Prefect keeps an error, even where it keeps no results: by its name and sentence, never as a pickle."""
RETRY_SECONDS = 5
"""Between two tries of a stage that reads or writes files."""


class _Call(Generic[R]):
    """One call's arguments and its result, on their way through Prefect.

    Prefect holds what a task takes and returns to the end of the flow run, which would be every table of the
    night at once. It gets this, which is emptied when the call is over.
    """

    def __init__(self, work: Callable[[], R]) -> None:
        self.work: Callable[[], R] | None = work
        self.results: list[R] = []

    def empty(self) -> None:
        self.work = None
        self.results.clear()


class Stage(Generic[P, R]):
    """Calls a function, and again after a disk or network that failed; a wrong study stays wrong.

    In a flow run the tries are Prefect's and stand in its record. Without one the call and its tries are
    the same, so that a night needs no server.
    """

    def __init__(self, function: Callable[P, R], name: str, retries: int, retry_seconds: float) -> None:
        self._function, self._retries, self._retry_seconds = function, retries, retry_seconds
        self._task: Task[[Any], None] = task(
            name=name,
            cache_policy=NO_CACHE,
            persist_result=False,
            result_serializer=FAILURES_AS,
            retries=retries,
            retry_delay_seconds=retry_seconds,
            retry_condition_fn=_was_io,
        )(_run)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        give_back_memory()  # of the stage before, whose arguments nobody holds by now
        if FlowRunContext.get() is None:
            return self._tried(*args, **kwargs)
        call = _Call(lambda: self._function(*args, **kwargs))
        whole: Any = opaque  # else Prefect would look through it for results of other runs
        try:
            self._task(whole(call))
            return call.results.pop()
        finally:
            call.empty()

    def _tried(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Without a flow run."""
        for _ in range(self._retries):
            try:
                return self._function(*args, **kwargs)
            except OSError:
                time.sleep(self._retry_seconds)
        return self._function(*args, **kwargs)


def _run(call: _Call[Any]) -> None:
    assert call.work is not None  # emptied only once Prefect has returned
    call.results.append(call.work())


def _was_io(_task: Any, _run: Any, state: Any) -> bool:
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


def stage(
    text: str, *, retries: int = 0, retry_seconds: float = RETRY_SECONDS
) -> Callable[[Callable[P, R]], Stage[P, R]]:
    """Make a function whose first argument is the Night a stage that shows `text` while it runs.

    Arguments and results stay ordinary objects of this process: no cache key is computed from them and
    none is pickled. Retries are for stages that read or write files, never for training.
    """

    def decorate(function: Callable[P, R]) -> Stage[P, R]:
        @functools.wraps(function)
        def shown(*args: P.args, **kwargs: P.kwargs) -> R:
            night: Any = args[0]
            try:
                with night.progress.stage(text):
                    return function(*args, **kwargs)
            except BaseException as error:
                _let_go(error)
                if quotes_the_log(error):  # Prefect writes messages into its record and its log
                    raise RuntimeError(unquoted(error)).with_traceback(error.__traceback__) from None
                raise

        return Stage(shown, text, retries, retry_seconds)

    return decorate
