"""What an export writes: every row of a kind, list by list, in the workbooks' own values."""

from collections.abc import AsyncIterator, Collection
from typing import Any

from sqlalchemy import Table, func, select

from core.retention import ERASED
from core.workbooks.catalogue import Names
from core.workbooks.judged import Known, Values
from core.workbooks.writing import fact_values
from db.activities import programme, round_, submission, submission_list
from db.enrolment import enrolment, enrolment_list
from db.facts import Facts
from db.members import group_member

_OF_YEAR = ("enrolments", "certificates")
# Kind → its rows, the dates of its lists, and the column that names the list.
_SCOPED: dict[str, tuple[Table, Table, str]] = {
    "enrolments": (enrolment, enrolment_list, "programme_id"),
    "submissions": (submission, submission_list, "round_id"),
}


class Exports(Facts):
    async def exported(self, kind: str, year: int | None) -> AsyncIterator[list[Values]]:
        """Piece by piece; a piece of facts is one list. `year` None means all of them."""
        if kind in ("labs", "applications", "programmes", "rounds"):
            yield _plans(kind, await self.known({kind}), year)
        elif kind == "members":
            groups = select(group_member.c.group_id).where(group_member.c.platform == "qq").distinct()
            numbers = [row.group_id for row in await self._all(groups.order_by(group_member.c.group_id))]
            async for group, facts in self.standing_lists(kind, numbers):
                yield [{"group": group, **values} for values in _said(kind, facts)]
        else:
            known = await self.known({kind})
            names = Names(known.programmes)
            keys = [(y, 0, code) for y, code in known.programmes] if kind in _OF_YEAR else known.rounds
            of_year = sorted(key for key in keys if year in (None, key[0]))
            async for (y, n, code), facts in self.standing_lists(kind, of_year):
                place = {"year": y, "n": n, "programme": _name(known, names, y, code)}
                yield [{**place, **values} for values in _said(kind, facts)]

    async def export_is_complete(self, kind: str, year: int | None, at_most: int) -> bool:
        """Whether nobody is missing from any of the lists, and one file holds them all."""
        if kind not in _SCOPED:
            return False
        rows, dates, owner = _SCOPED[kind]
        owned = programme if owner == "programme_id" else round_
        of_year = owned.c.year == year if year is not None else owned.c.year.is_not(None)
        partial = select(dates.c[owner]).join(owned, owned.c.id == dates.c[owner]).where(of_year)
        if await self._one(partial.where(dates.c.full_as_of.is_(None)).limit(1)):
            return False
        counted = select(func.count()).select_from(rows.join(owned, owned.c.id == rows.c[owner])).where(of_year)
        return int((await self._one(counted))[0]) <= at_most


def _plans(kind: str, known: Known, year: int | None) -> list[Values]:
    names = Names(known.programmes)
    if kind == "labs":
        return [{"code": code, **values} for code, values in sorted(known.labs.items())]
    if kind == "applications":
        return [{**one, "qq": "" if one["qq"] == ERASED else one["qq"]} for one in known.applications.values()]
    if kind == "programmes":
        found = sorted((key, values) for key, values in known.programmes.items() if year in (None, key[0]))
        return [{"year": y, "code": code, **values} for (y, code), values in found]
    rounds = sorted((key, values) for key, values in known.rounds.items() if year in (None, key[0]))
    return [{"year": y, "n": n, "programme": _name(known, names, y, c), **v} for (y, n, c), v in rounds]


def _name(known: Known, names: Names, year: int, code: str) -> str:
    """The name that people know, unless it means another programme, too."""
    name = str(known.programmes[year, code]["name"])
    return name if names.code(year, name) == code else code


def _said(kind: str, facts: dict[Any, Any]) -> Collection[Values]:
    said = (fact_values(kind, who, facts[who]) for who in sorted(facts))
    return [values for values in said if values is not None]
