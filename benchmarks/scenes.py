"""What is done to a bot: one question, questions in turns, a burst."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from benchmarks.peer import Peer, event

QUIET = 10.0  # seconds without an answer after which no more is expected
FIRST = 60.0  # a bot may read everything before its first answer
WARMUP = 30
SOMEBODY = 300_000_001


@dataclass(slots=True)
class Burst:
    """`other`: texts that are not the answer, by person (0 if it quotes nobody). Moments are seconds after
    the first send; `last` is of the last full answer."""

    sent: int
    answered: int = 0
    other: Counter[int] = field(default_factory=Counter)
    first: float = 0.0
    last: float = 0.0

    @property
    def per_second(self) -> float:
        return self.answered / self.last if self.last else 0.0

    @property
    def silent(self) -> int:
        return self.sent - self.answered - self.other.total()

    def __str__(self) -> str:
        return (
            f"{self.answered} of {self.sent} answered ({self.per_second:.0f}/s), {self.other.total()} told that it"
            f" is busy, {self.silent} refused in silence; first after {self.first:.2f} s, last {self.last:.2f} s"
        )


async def ask(url: str, text: str, group: int | None) -> str:
    async with Peer(url) as peer:
        return (await peer.ask(text, SOMEBODY, group))[0]


async def by_turns(urls: dict[str, str], text: str, n: int, group: int | None) -> dict[str, list[float]]:
    """ms of `n` answers of each bot; one question here, one there, so that a noisy moment hits all."""
    took: dict[str, list[float]] = {name: [] for name in urls}
    async with AsyncExitStack() as stack:
        peers = [(name, await stack.enter_async_context(Peer(url))) for name, url in urls.items()]
        for i in range(WARMUP + n):
            for name, peer in peers if i % 2 else reversed(peers):
                seconds = (await peer.ask(text, SOMEBODY + i, group))[1]
                if i >= WARMUP:
                    took[name].append(seconds * 1000)
    return took


async def burst(url: str, text: str, answer: str, n: int, users: int, groups: int) -> Burst:
    """`n` times `text` at once, over so many people and groups; `answer` is what a full answer says."""
    events = [(event(text, 400_000_001 + i % users, 500_000_001 + i % groups), i % users) for i in range(n)]
    people = {number: user for (number, _), user in events}
    result = Burst(n)
    async with Peer(url) as peer:
        begin = time.perf_counter()
        counting = asyncio.create_task(_count(peer, people, answer, begin, result))
        for (_, payload), _ in events:
            await peer.ws.send_str(payload)
        await counting
    return result


async def _count(peer: Peer, people: dict[int, int], answer: str, begin: float, result: Burst) -> None:
    while result.silent > 0:
        try:
            async with asyncio.timeout(QUIET if result.first else FIRST):
                quoted, text, at = await peer.heard.get()
        except TimeoutError:
            return
        result.first = result.first or at - begin
        if text == answer:
            result.answered += 1
            result.last = at - begin
        else:
            result.other[people.get(quoted, 0)] += 1
