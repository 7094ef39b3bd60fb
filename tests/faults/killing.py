"""The end of a process at a chosen moment of one coroutine's life, as `kill -9` would: nothing of it goes on."""

import asyncio
import os
from collections.abc import Coroutine, Generator
from contextvars import Context, ContextVar
from typing import Any

KILLED = 9
_LIFE: "ContextVar[Life | None]" = ContextVar("life", default=None)


class Life:
    """Counts the moments at which a run, or any task that it started, hands over to the loop or goes on again:
    just before the wait, and just after it, when nothing has looked at what came of it. `last`: the moment at
    which the process ends, 0 for never."""

    def __init__(self, last: int) -> None:
        self.moments, self.last = 0, last

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it to its end, unless it is killed."""
        asyncio.get_running_loop().set_task_factory(_task)
        token = _LIFE.set(self)
        task = asyncio.create_task(work)
        _LIFE.reset(token)
        await task

    def moment(self) -> None:
        self.moments += 1
        if self.moments == self.last:
            os._exit(KILLED)


class _Watched(Coroutine[Any, Any, Any]):
    """A coroutine whose every suspension and resumption is a moment."""

    def __init__(self, inner: Coroutine[Any, Any, Any], life: Life) -> None:
        self._inner, self._life = inner, life

    def send(self, value: Any) -> Any:
        self._life.moment()
        waiting = self._inner.send(value)
        self._life.moment()
        return waiting

    def throw(self, *fault: Any) -> Any:
        self._life.moment()
        waiting = self._inner.throw(*fault)
        self._life.moment()
        return waiting

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


def _task(loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None) -> "asyncio.Task[Any]":
    """Tasks started by a watched run are watched, too: shielded ones die with the process like all others."""
    life = _LIFE.get()
    return asyncio.Task(_Watched(work, life) if life else work, loop=loop, context=context)


async def unwatched(work: Coroutine[Any, Any, None]) -> None:
    """What the world does meanwhile is no part of the run."""
    await Context().run(asyncio.create_task, work)
