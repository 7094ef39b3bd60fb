"""Why a programme that people name is not among what they can see to now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.activities.models import Programme
from core.activities.own import OwnRound
from core.activities.use import choose, local_day
from core.errors import DomainError
from core.words import name_key


class Tx(Protocol):
    async def own_rounds(
        self, who: Principal, year: int | None = None, n: int | None = None, *, since: datetime | None = None
    ) -> list[OwnRound]: ...

    async def programmes(self, year: int) -> list[Programme]: ...


@dataclass(frozen=True, slots=True)
class Closed:
    """`why`: 未参加 or the like, or since when it is closed."""

    name: str
    why: str | datetime


async def why_not_open(
    tx: Tx, who: Principal, words: Sequence[str], own: Sequence[Programme], now: datetime
) -> DomainError:
    """activities/not_open: of each programme that is named and none of `own`, which holds. DomainError: those of
    `choose`."""
    rounds = await tx.own_rounds(who)
    listed = {one.id: one for one in (*own, *(one.round.programme for one in rounds))}
    listed |= {one.id: one for one in await tx.programmes(local_day(now).year)}
    mine = {name_key(one.name) for one in own}
    meant = {name_key(one.name): one.name for one in choose(words, list(listed.values()))}
    why = [Closed(name, _why(name, rounds, now)) for key, name in meant.items() if key not in mine]
    return DomainError("activities/not_open", why=why, several=len(meant) > 1)


def _why(name: str, rounds: Sequence[OwnRound], now: datetime) -> str | datetime:
    """未参加, 未开放, or when it closed."""
    same = [one for one in rounds if name_key(one.name) == name_key(name)]
    coming = [one for one in same if now <= one.deadline]
    past = sorted((one for one in same if one.deadline < now), key=lambda one: one.deadline)
    newest = coming or past[-1:]
    if newest and all(one.left_out for one in newest):
        return "未参加"
    return past[-1].deadline if past and not any(one.is_open(now) for one in coming) else "未开放"
