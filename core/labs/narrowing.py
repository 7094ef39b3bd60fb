"""One of the asker's own labs, by any of its names: 成绩 凝血 晴川医院."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from core.access import Principal
from core.errors import DomainError, Several
from core.labs.models import Lab
from core.labs.names import looks_like_unit, unit_key


class Tx(Protocol):
    async def own_names(self, who: Principal) -> list[tuple[str, str, int]]: ...


async def narrow(tx: Tx, who: Principal, words: Sequence[str]) -> tuple[Principal, tuple[str, ...]]:
    """The asker as somebody of just the lab that a word names, and the other words.

    DomainError: activities/which_lab where a word names several; access/other_lab where it names none of theirs.
    """
    names = await tx.own_names(who)
    meant, left = set[int](), list[str]()
    for word in words:
        hits = _named(word, names)
        if len(hits) > 1:
            raise Several("activities/which_lab", word, sorted(hits.values()))
        if not hits and looks_like_unit(word):
            raise DomainError("access/other_lab", names=sorted({official for _, official, _ in names}))
        if hits:
            meant |= hits.keys()
        else:
            left.append(word)
    return (replace(who, labs=frozenset(meant)) if meant else who), tuple(left)


def _named(word: str, names: Sequence[tuple[str, str, int]]) -> dict[int, str]:
    """Official names by id: of whole names, else of names that hold two characters or more of the word."""
    key = unit_key(word)
    whole = {lab: official for known, official, lab in names if known == key}
    if whole or len(key) < 2:
        return whole
    return {lab: official for known, official, lab in names if key in known}


class RosterTx(Tx, Protocol):
    async def labs_named(self, key: str) -> list[Lab]: ...


async def refuse_others(tx: RosterTx, who: Principal, text: str) -> None:
    """What is said for a laboratory names none that the asker does not belong to: DomainError access/other_lab.
    Only whole names of the roster count: 寄错到县医院 is a reason."""
    for word in text.split():
        found = await tx.labs_named(unit_key(word)) if looks_like_unit(word) else []
        if found and not any(lab.id in who.labs for lab in found):
            names = await tx.own_names(who)
            raise DomainError("access/other_lab", names=sorted({official for _, official, _ in names}))
