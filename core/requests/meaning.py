"""Which of a lab's rounds 退回申请 and 不能检测 are about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from core.access import Principal
from core.activities.models import Programme, Reported
from core.activities.own import OwnRound
from core.activities.own_use import current
from core.activities.use import local_day
from core.errors import DomainError, Several
from core.labs.narrowing import RosterTx, refuse_others
from core.requests.models import RequestKind
from core.requests.reading import Told, exactly, inside, misspelt, read_told
from core.words import match_names

WORDS: Final = {RequestKind.RETURN: "退回申请", RequestKind.NOT_TESTED: "不能检测"}
_SHORT: Final = 12
_ASKS: Final = re.compile(r"[?？]|[吗呢么嘛]$|怎么|怎样|怎办|如何|是否|什么|多久")


class Tx(RosterTx, Protocol):
    async def own_rounds(
        self, who: Principal, year: int | None = None, n: int | None = None, *, since: datetime | None = None
    ) -> list[OwnRound]: ...

    async def programmes(self, year: int) -> list[Programme]: ...


@dataclass(frozen=True, slots=True)
class Meant:
    """One lab's rounds, the reason, and the names of programmes that are not among what the lab may ask of."""

    rounds: tuple[OwnRound, ...]
    reason: str = field(repr=False)
    foreign: tuple[str, ...] = ()


async def rounds_meant(tx: Tx, who: Principal, kind: RequestKind, text: str, now: datetime) -> Meant:
    """What the words are about; each programme that they name is in it.

    DomainError: requests/no_rounds, activities/not_yours (all of them), ask/not_understood (a question). Several:
    requests/which_programme, activities/which_lab, activities/programme_ambiguous, activities/programme_near.
    """
    labs, everything = await tx.own_names(who), await tx.own_rounds(who)
    listed = [*(one.round.programme for one in everything), *await tx.programmes(local_day(now).year)]
    names = {name for one in listed for name in one.names}
    told = read_told(text, names, {key for key, _, _ in labs}, local_day(now))
    await refuse_others(tx, who, told.reason)
    wanted = {lab for key, _, lab in labs if key in told.units}
    here = [one for one in everything if _is_in(one, told) and (not wanted or one.lab_id in wanted)]
    activity = current(here, now)
    mine = [one for one in activity if not one.left_out]
    if not mine:
        raise DomainError("requests/no_rounds", word=WORDS[kind])
    _check_telling(told.reason, kind)
    found, foreign = _named(told, mine, listed, kind)
    part = {one.lab_id for one in found if one.takes_part}
    found = [one for one in found if not part or one.lab_id in part]
    if len({one.lab_id for one in found}) > 1:
        raise Several("activities/which_lab", "", sorted({one.lab_name for one in found}))
    return Meant(tuple(found), told.reason, foreign)


def _check_telling(reason: str, kind: RequestKind) -> None:
    """A question is not taken down."""
    if len(reason) <= _SHORT and _ASKS.search(reason):
        raise DomainError("ask/not_understood", word=reason, example=f"{WORDS[kind]} 糖化 仪器故障")


def _is_in(one: OwnRound, told: Told) -> bool:
    return told.year in (None, one.round.year) and told.n in (None, one.round.n)


def _named(
    told: Told, mine: Sequence[OwnRound], listed: Sequence[Programme], kind: RequestKind
) -> tuple[list[OwnRound], tuple[str, ...]]:
    """The rounds of the programmes that are named, and what else is named; an alias is clear if it means just one
    of the lab's own."""
    own = list(dict.fromkeys(one.round.programme for one in mine))
    known = [name for name in told.named if exactly([name], own)]
    foreign = tuple(dict.fromkeys(_called(name, listed) for name in told.named if name not in known))
    if foreign and not known:
        raise DomainError("activities/not_yours", names=foreign, nothing=False)
    found = exactly(known, own) or inside(told.reason, own)
    if not found or (not known and len(found) > 1):
        _ask_back(told.reason, found or _likely(mine, kind), own)
    return [one for one in mine if one.round.programme in found], foreign


def _called(word: str, listed: Sequence[Programme]) -> str:
    """The programme's whole name; the word as it is where it means several."""
    names = {hit for hit in match_names(word, [(name, one.name) for one in listed for name in one.names])}
    return names.pop() if len(names) == 1 else word


def _likely(mine: Sequence[OwnRound], kind: RequestKind) -> list[Programme]:
    """What was reported can be given back, what was not can be untested; all, where nothing is known."""
    wrong = Reported.UNSUBMITTED if kind is RequestKind.RETURN else Reported.SUBMITTED
    known = [one for one in mine if one.takes_part] or mine
    likely = [one for one in known if one.reported is not wrong and not one.excused] or known
    return list(dict.fromkeys(one.round.programme for one in likely))


def _ask_back(reason: str, choices: Sequence[Programme], own: Sequence[Programme]) -> None:
    """No programme is clear."""
    misspelt(reason, own)
    raise Several("requests/which_programme", "", [one.name for one in choices], count=len(choices))
