"""未上报 with names: who has not reported by the last list, as far as two messages hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.activities.models import RoundView

ROOM = 1800  # characters of names in one answer: with the headings it stays below two messages


@dataclass(frozen=True, slots=True)
class Unreported:
    """One lab that the list of a round calls 未上报."""

    round_id: int
    lab_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """The names shown of one round; `more` labs are left out."""

    labs: tuple[Unreported, ...]
    more: int


class NamesTx(Protocol):
    async def labs_not_reported(self, who: Principal, rounds: Sequence[int], most: int) -> list[Unreported]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


async def unreported_names(
    tx: NamesTx, who: Principal, views: Sequence[RoundView], now: datetime
) -> dict[int, Named]:
    """By round; written into the audit log, for it tells staff of single labs (domain §7)."""
    silent = {view.round.id: view.tally.unreported for view in views if view.tally.unreported}
    if not silent:
        return {}
    room = ROOM // len(silent)
    found: dict[int, list[Unreported]] = {}
    for one in await tx.labs_not_reported(who, list(silent), room // 4):
        found.setdefault(one.round_id, []).append(one)
    year, n = views[0].round.year, views[0].round.n
    await tx.audit(who, "activities.unreported", f"activity:{year}:{n}", {"rounds": sorted(silent)}, now)
    return {ident: _fit(labs, silent[ident], room) for ident, labs in found.items()}


def _fit(labs: Sequence[Unreported], total: int, room: int) -> Named:
    shown: list[Unreported] = []
    for one in labs:
        room -= len(one.name) + 1
        if room < 0 and shown:
            break
        shown.append(one)
    return Named(tuple(shown), total - len(shown))
