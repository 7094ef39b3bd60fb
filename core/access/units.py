"""Which lab is meant by what somebody wrote."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.labs.models import Lab
from core.labs.names import near_names, unit_key

_DIVISIONS = str.maketrans("", "", "市县区")


class NamesTx(Protocol):
    async def labs_named(self, key: str) -> list[Lab]: ...

    async def lab_names(self) -> Sequence[tuple[str, str]]: ...


class CodeTx(NamesTx, Protocol):
    async def lab_with_code(self, code: str) -> Lab | None: ...


class OwnTx(NamesTx, Protocol):
    async def bound_labs(self, who: Principal) -> list[Lab]: ...

    async def suspended_labs(self, who: Principal) -> list[Lab]: ...


async def labs_called(tx: NamesTx, unit: str) -> list[Lab]:
    """Those whose official, short or former name it is, or it with their city or county before or behind:
    六安市 仁爱演示医院, 六安仁爱演示医院."""
    key = unit_key(unit)
    if found := await tx.labs_named(key):
        return found
    known = {name for name, _ in await tx.lab_names()}
    found = [
        lab
        for name in sorted(known)
        for place in _around(name, key)
        for lab in await tx.labs_named(name)
        if place in _places(lab)
    ]
    return list({lab.id: lab for lab in found}.values())


def _around(name: str, key: str) -> set[str]:
    """What stands before or behind the name, without 市, 县, 区."""
    rests = [key.removeprefix(name)] if key.startswith(name) else []
    rests += [key.removesuffix(name)] if key.endswith(name) else []
    return {place for rest in rests if (place := rest.translate(_DIVISIONS))}


def _places(lab: Lab) -> set[str]:
    return {place.translate(_DIVISIONS) for place in (lab.city, lab.county, lab.city + lab.county)}


def labels(labs: Sequence[Lab]) -> list[str]:
    """Their names; where several have one, with the city before it, or city and county, as `labs_called` reads
    it."""
    names = Counter(lab.name for lab in labs)
    cities = Counter((lab.city, lab.name) for lab in labs)

    def label(lab: Lab) -> str:
        place = "" if names[lab.name] == 1 else lab.city
        if names[lab.name] > 1 and cities[lab.city, lab.name] > 1:
            place += lab.county
        return f"{place} {lab.name}".strip()

    return [label(lab) for lab in labs]


async def lab_named(tx: NamesTx, unit: str, phone: str) -> Lab:
    """DomainError access/unit_unknown, access/unit_several (`phone` for those whom no place tells apart)."""
    return await _only(tx, unit, phone)


async def lab_meant(tx: CodeTx, text: str) -> Lab:
    """For staff: also by its code."""
    return await tx.lab_with_code(text.replace(" ", "")) or await _only(tx, text)


async def _only(tx: NamesTx, unit: str, phone: str = "") -> Lab:
    found = await labs_called(tx, unit)
    if not found:
        near = tuple(dict.fromkeys(near_names(unit, await tx.lab_names())))
        raise DomainError("access/unit_unknown", unit=unit, near=near)
    if len(found) > 1:
        same = [label for label, lab in zip(labels(found), found, strict=True) if label != lab.name]
        raise DomainError("access/unit_several", unit=unit, names=labels(found), same=same, phone=phone)
    return found[0]


async def labs_to_leave(tx: OwnTx, who: Principal, unit: str) -> list[Lab]:
    """The asker's only lab, or the one named, also by its code. Of those whose binding is suspended only one that
    is named, or all if no binding holds: they give nothing, and a new code binds again. DomainError
    access/own_which, access/own_several, access/own_unknown."""
    mine, suspended = await tx.bound_labs(who), await tx.suspended_labs(who)
    if not unit:
        if len(mine) > 1:
            raise DomainError("access/own_which", unit=unit, names=labels(mine))
        return mine or suspended
    named = {lab.id for lab in await labs_called(tx, unit)}
    found = [lab for lab in [*mine, *suspended] if lab.id in named or lab.code == unit]
    if not found:
        raise DomainError("access/own_unknown", unit=unit, names=labels(mine or suspended))
    if len(found) > 1:
        raise DomainError("access/own_several", unit=unit, names=labels(found))
    return found
