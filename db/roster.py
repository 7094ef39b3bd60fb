"""What laboratories ask of the roster before they have a code: by which name a unit is known, and of what day
that is."""

from datetime import datetime

from sqlalchemy import Column, func, null, select, union_all

from core.labs.duplicate import Borne, Dates, Known
from core.labs.models import PENDING
from db.base import Queries
from db.imports import import_batch
from db.labs import application, lab, lab_name

_a = application.c
_WAITING = _a.state.in_([str(state) for state in PENDING])


class Roster(Queries):
    async def labs_bearing(self, key: str) -> list[Known]:
        """Labs of which an official, short or former name has this key; each once, by the weightiest of these."""
        own = select(
            lab.c.id, lab.c.name, lab.c.city, lab.c.county, lab.c.name.label("called"), null().label("former")
        )
        joined = lab.join(lab_name, lab.c.id == lab_name.c.lab_id)
        others = select(*own.selected_columns[:4], lab_name.c.name, lab_name.c.former).select_from(joined)
        query = union_all(own.where(lab.c.name_key == key), others.where(lab_name.c.name_key == key))
        found: dict[int, Known] = {}
        for row in sorted(await self._all(query), key=lambda row: (row.former is not None, row.former, row.id)):
            borne = Borne.OFFICIAL if row.former is None else Borne.FORMER if row.former else Borne.SHORT
            found.setdefault(row.id, Known(row.name, f"{row.city}{row.county}", borne, row.called))
        return [found[ident] for ident in sorted(found)]

    async def keyed_names(self) -> list[str]:
        """Key, line end, official name of every official, short and former name. Read in pieces, for it is long;
        strings, because the collector of garbage would look at each of as many tuples, for half a second."""
        own = select(lab.c.name_key, lab.c.name)
        others = select(lab_name.c.name_key, lab.c.name).join(lab, lab.c.id == lab_name.c.lab_id)
        return [f"{row.name_key}\n{row.name}" async for row in self._rows(union_all(own, others))]

    async def pending_names(self, most: int = 500) -> list[str]:
        """The same of applications that wait, the newest."""
        query = select(_a.name_key, _a.unit).where(_WAITING).order_by(_a.id.desc()).limit(most)
        return [f"{row.name_key}\n{row.unit}" for row in await self._all(query)]

    async def names_versions(self) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """Of the roster's names and of those of applications that wait: another one whenever a name may have come
        or changed, by an import or by 分配. Looks into indexes only, for it is asked with every question;
        `roster_stamp` reads all labs."""
        batch = select(func.max(import_batch.c.id)).where(import_batch.c.kind == "labs")
        newest, count = select(func.max(lab.c.id)), select(func.count(_a.id)).where(_WAITING)
        last = select(func.max(_a.id)).where(_WAITING)
        row = await self._one(select(*[one.scalar_subquery() for one in (batch, newest, count, last)]))
        return tuple(row[:2]), tuple(row[2:])

    async def list_dates(self) -> Dates:
        """Of imports; of what came otherwise, when it last changed."""
        at = import_batch.c.at
        query = select(import_batch.c.kind, func.max(at).label("at")).group_by(import_batch.c.kind)
        imported = {row.kind: row.at for row in await self._all(query)}
        roster = imported.get("labs") or await self._newest(lab.c.updated_at)
        return Dates(roster, imported.get("applications") or await self._newest(_a.state_at))

    async def _newest(self, column: Column[datetime]) -> datetime | None:
        row = await self._one(select(func.max(column).label("at")))
        return row.at if row else None
