"""Writing labs and first applications as judged."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

from core.labs.models import ApplicationState
from core.labs.names import unit_key
from core.workbooks.judged import Change, Judged
from db.base import Queries, chunks
from db.imports.values import to_day
from db.labs import Labs, application, lab, lab_name


class RosterImports(Queries):
    async def write_labs(self, judged: Judged, now: datetime) -> None:
        rows = [_lab_row(change, now) for change in judged.new]
        for some in chunks(rows):
            await self._run(insert(lab), list(some))
        for change in judged.changed:
            row = _lab_row(change, now)
            await self._run(update(lab).where(lab.c.code == row.pop("code")).values(**row))
        await self._write_names([*judged.new, *judged.changed])

    async def _write_names(self, changes: Sequence[Change]) -> None:
        naming = [c for c in changes if "aliases" in c.values or "former_names" in c.values]
        ids: dict[str, int] = {}
        for some in chunks([change.key[0] for change in naming]):
            rows = await self._all(select(lab.c.code, lab.c.id).where(lab.c.code.in_(list(some))))
            ids |= {row.code: row.id for row in rows}
        new: list[dict[str, Any]] = []
        for change in naming:
            ident = ids[change.key[0]]
            for column, former in (("aliases", False), ("former_names", True)):
                if column not in change.values:
                    continue
                if change.old is not None:
                    mine = (lab_name.c.lab_id == ident, lab_name.c.former == former)
                    await self._run(delete(lab_name).where(*mine))
                names = change.values[column]
                new += [
                    {"lab_id": ident, "name": name, "name_key": unit_key(name), "former": former} for name in names
                ]
        for some in chunks(new):
            await self._run(insert(lab_name), list(some))

    async def write_applications(self, judged: Judged, now: datetime) -> None:
        """A new one whose unit is in the roster, or has applied already, is a suspected duplicate."""
        for change in judged.new:
            day = to_day(change.values.get("submitted_on"))
            row = {**change.values, "submitted_on": day, "name_key": change.key[0]}
            seen = await self._seen_before(change.key[0])
            state = ApplicationState.SUSPECTED if seen else ApplicationState.SUBMITTED
            await self._run(insert(application).values(**row, state=str(state), state_at=now))
        for change in judged.changed:
            key, city, county, day = change.key
            row = {**change.values, "submitted_on": to_day(change.values.get("submitted_on") or day)}
            a = application.c
            same_day = a.submitted_on.is_(None) if not day else a.submitted_on == to_day(day)
            where = (a.name_key == key, a.city == city, a.county == county, same_day)
            await self._run(update(application).where(*where).values(**row))

    async def _seen_before(self, key: str) -> bool:
        aliased = select(lab_name.c.lab_id).where(lab_name.c.name_key == key)
        if await self._one(select(lab.c.id).where((lab.c.name_key == key) | lab.c.id.in_(aliased))):
            return True
        return await self._one(select(application.c.id).where(application.c.name_key == key)) is not None

    async def settle_applications(self, now: datetime) -> list[str]:
        """Pending applications whose unit stands in the roster by just this name and place: the code was
        given elsewhere. Where two labs may be meant, or two have applied in one name, staff decide, for the
        applicant may read the code. Returns the units."""
        waiting = application.c.state == str(ApplicationState.SUBMITTED)
        other = application.alias("other")
        rival = exists().where(
            other.c.name_key == application.c.name_key,
            other.c.id != application.c.id,
            other.c.state != str(ApplicationState.REJECTED),
        )
        named = lab.c.name_key == application.c.name_key
        matches = (
            select(application.c.id, application.c.unit, func.min(lab.c.id).label("lab"))
            .join(lab, and_(named, _may_agree("city"), _may_agree("county")))
            .where(waiting, ~rival)
            .group_by(application.c.id, application.c.unit)
            .having(func.count() == 1)
        )
        units = []
        for row in await self._all(matches.order_by(application.c.id)):
            values = {"state": str(ApplicationState.ASSIGNED), "state_at": now, "lab_id": row.lab}
            done = await self._run(update(application).where(application.c.id == row.id, waiting).values(**values))
            units += [row.unit] * done.rowcount
        if units:
            await Labs(self._connection).blank_applications()
        return units


def _may_agree(column: str) -> ColumnElement[bool]:
    said, stands = application.c[column], lab.c[column]
    return or_(said == stands, said == "", stands == "")


def _lab_row(change: Change, now: datetime) -> dict[str, Any]:
    row = {k: v for k, v in change.values.items() if k not in ("aliases", "former_names")}
    common = {"city": "", "county": "", "contact": "", "phone": "", "stopped": False} if change.old is None else {}
    row = {**common, **row, "code": change.key[0], "updated_at": now}
    return {**row, "name_key": unit_key(row["name"])}
