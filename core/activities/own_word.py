"""What a lab's own people say of their rounds themselves: 已报, and which rounds their words mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.activities.elsewhere import why_not_open
from core.activities.models import Programme, Reported
from core.activities.own import OwnRound
from core.activities.own_use import LabsTx
from core.activities.use import ALL, choose_from_all, local_day
from core.errors import DomainError, Several
from core.words import match_names


class ChooseTx(LabsTx, Protocol):
    async def programmes(self, year: int) -> list[Programme]: ...


class WordTx(ChooseTx, Protocol):
    async def note_own_word(self, who: Principal, lab_id: int, rounds: Sequence[int], now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Said:
    """What 已报 or 签收 took down for one lab; `already` was left as it stood."""

    lab_id: int
    name: str
    noted: tuple[OwnRound, ...]
    already: tuple[OwnRound, ...]


async def say_reported(
    tx: WordTx, who: Principal, words: Sequence[str], now: datetime, year: int | None = None, n: int | None = None
) -> Said:
    """已报: the lab's own word. It never changes the official state (domain §3).

    DomainError: activities/none_open, activities/not_open, those of `choose_own`. Several:
    activities/which_programme without words.
    """
    found = await tx.own_rounds(who, year, n, since=now)
    rounds = [one for one in found if one.is_open(now) and not one.left_out]
    if not words and rounds:
        open_ = [one for one in rounds if one.reported is not Reported.SUBMITTED]
        raise Several("activities/which_programme", "", [ALL, *dict.fromkeys(one.name for one in open_ or rounds)])
    try:
        chosen = await choose_own(tx, who, words, rounds, now, "activities/none_open")
    except DomainError as refusal:
        if refusal.key not in ("activities/not_yours", "activities/none_open") or not (
            named := await _programme_words(tx, who, words)
        ):
            raise
        raise await why_not_open(tx, who, named, [one.round.programme for one in rounds], now) from None
    already = tuple(one for one in chosen if one.reported is Reported.SUBMITTED)
    noted = tuple(one for one in chosen if one.reported is not Reported.SUBMITTED)
    ids = sorted(one.round.id for one in noted)
    if ids:
        await tx.note_own_word(who, chosen[0].lab_id, ids, now)
    await tx.audit(who, "activities.own_word", f"lab:{chosen[0].lab_id}", {"rounds": ids}, now)
    return Said(chosen[0].lab_id, chosen[0].lab_name, noted, already)


async def _programme_words(tx: ChooseTx, who: Principal, words: Sequence[str]) -> list[str]:
    labs = [(lab.name, lab.id) for lab in await tx.own_labs(who)]
    return [word for word in words if word != ALL and not match_names(word, labs)]


async def choose_own(
    tx: ChooseTx, who: Principal, words: Sequence[str], rounds: Sequence[OwnRound], now: datetime, none: str
) -> list[OwnRound]:
    """The rounds of one lab that the words name; 全部: all it takes part in, or all where that is not known.

    DomainError: `none` where there is nothing to choose from, activities/which_lab, activities/not_yours,
    activities/none_noted (one of several words is no programme), and those of `choose`.
    """
    programmes = list({one.round.programme.id: one.round.programme for one in rounds}.values())
    index = [(name, programme) for programme in programmes for name in programme.names]
    labs = [(lab.name, lab.id) for lab in await tx.own_labs(who)]
    said, meant = list[str](), set[int]()
    for word in words:
        units = [] if word == ALL or match_names(word, index) else match_names(word, labs)
        if len(units) == 1:
            meant.add(units[0])
        elif word != ALL:
            said.append(word)
    wanted = {programme.id for programme in await _programmes(tx, said, programmes, now)}
    mine = [one for one in rounds if not meant or one.lab_id in meant]
    if said:
        mine = [one for one in mine if one.round.programme.id in wanted]
    else:
        mine = [one for one in mine if one.takes_part] or mine
    if not mine:
        raise DomainError(none)
    if len({one.lab_id for one in mine}) > 1:
        raise Several("activities/which_lab", "", sorted({one.lab_name for one in mine}))
    return mine


async def _programmes(
    tx: ChooseTx, words: Sequence[str], own: Sequence[Programme], now: datetime
) -> list[Programme]:
    """Chosen among the lab's own, so that an alias that means one of them is clear; a programme that is
    only in the catalogue is told apart from no programme at all."""
    listed = await tx.programmes(local_day(now).year) if words else []
    try:
        chosen = choose_from_all(words, own, listed)
    except DomainError as refusal:
        if refusal.key == "activities/programme_unknown" and _any_known(words, [*own, *listed]):
            raise DomainError("activities/none_noted", **refusal.params) from None
        raise
    mine = {programme.id for programme in own}
    others = [programme for programme in chosen if programme.id not in mine]
    if others and own:
        names = [programme.name for programme in others]
        raise DomainError("activities/not_yours", names=names, nothing=len(words) > 1)
    return [] if others else chosen


def _any_known(words: Sequence[str], listed: Sequence[Programme]) -> bool:
    index = [(name, one) for one in listed for name in one.names]
    return any(match_names(word, index) for word in words)
