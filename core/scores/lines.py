"""One programme through the years: each has catalogue entries of its own, and names change (domain §5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from core.activities.models import Programme
from core.words import name_key


@dataclass(frozen=True, slots=True)
class Line:
    """`programme`: the newest entry, by all names that it ever had. `ids`: of all entries."""

    programme: Programme
    ids: frozenset[int]


def lines(programmes: Iterable[Programme]) -> list[Line]:
    """Entries of one name belong together; else those of which one is named in the other, if in just one."""
    found: list[list[Programme]] = []
    by_year = sorted(programmes, key=lambda one: (-one.year, one.id))
    for _, group in groupby(by_year, key=lambda one: one.year):
        rest = [one for one in group if not _joins(_same(one, found), one)]
        homes = [(_kin(one, found), one) for one in rest]
        for home, one in homes:
            taken = home is not None and home[-1].year == one.year
            if home is None or taken or sum(home is other for other, _ in homes) > 1:
                found.append([one])
            else:
                home.append(one)
    return [_line(one) for one in found]


def _joins(home: list[Programme] | None, one: Programme) -> bool:
    if home is not None:
        home.append(one)
    return home is not None


def _same(one: Programme, found: Sequence[list[Programme]]) -> list[Programme] | None:
    key = name_key(one.name)
    return next((line for line in _open(one, found) if any(name_key(p.name) == key for p in line)), None)


def _kin(one: Programme, found: Sequence[list[Programme]]) -> list[Programme] | None:
    kin = [line for line in _open(one, found) if any(_related(one, other) for other in line)]
    return kin[0] if len(kin) == 1 else None


def _open(one: Programme, found: Sequence[list[Programme]]) -> list[list[Programme]]:
    """Lines without an entry of this year."""
    return [line for line in found if line[-1].year != one.year]


def _related(one: Programme, other: Programme) -> bool:
    mine, theirs = (set(map(name_key, p.names[1:])) for p in (one, other))
    return name_key(one.name) in theirs or name_key(other.name) in mine


def _line(entries: Sequence[Programme]) -> Line:
    newest = entries[0]
    names = dict.fromkeys(name for one in entries for name in one.names[1:] if name != newest.name)
    return Line(replace(newest, aliases=tuple(names)), frozenset(one.id for one in entries))
