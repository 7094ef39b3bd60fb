"""Which lab is meant by what somebody wrote."""

from collections.abc import Sequence
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.labs.models import Lab
from core.labs.names import near_names, unit_key


class NamedTx(Protocol):
    async def labs_named(self, key: str) -> list[Lab]: ...


class NamesTx(NamedTx, Protocol):
    async def lab_names(self) -> Sequence[tuple[str, str]]: ...


class CodeTx(NamesTx, Protocol):
    async def lab_with_code(self, code: str) -> Lab | None: ...


class OwnTx(NamedTx, Protocol):
    async def bound_labs(self, who: Principal) -> list[Lab]: ...


async def lab_named(tx: NamesTx, unit: str) -> Lab:
    """By its official, short or former name; DomainError access/unit_unknown, access/unit_several."""
    found = await tx.labs_named(unit_key(unit))
    if not found:
        near = tuple(dict.fromkeys(near_names(unit, await tx.lab_names())))
        raise DomainError("access/unit_unknown", unit=unit, near=near)
    if len(found) > 1:
        raise DomainError("access/unit_several", unit=unit, names=[lab.name for lab in found])
    return found[0]


async def lab_meant(tx: CodeTx, text: str) -> Lab:
    """For staff: also by its code."""
    return await tx.lab_with_code(text.replace(" ", "")) or await lab_named(tx, text)


async def own_lab(tx: OwnTx, who: Principal, unit: str) -> Lab:
    """The asker's only lab, or the one named; DomainError access/own_which, access/own_unknown."""
    mine = await tx.bound_labs(who)
    names = [lab.name for lab in mine]
    if not unit:
        if len(mine) != 1:
            raise DomainError("access/own_which", names=names)
        return mine[0]
    named = {lab.id for lab in await tx.labs_named(unit_key(unit))}
    found = [lab for lab in mine if lab.id in named]
    if len(found) != 1:
        raise DomainError("access/own_unknown", unit=unit, names=names)
    return found[0]
