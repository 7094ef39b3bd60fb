"""Writing what was judged. Big lists are staged in short transactions and published set-based in one
(architecture §3)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from core.activities.models import RoundState
from core.labs.models import ApplicationState
from core.labs.names import unit_key
from core.workbooks.judged import Change, Judged, Mark
from db.activities import programme, round_, submission, submission_list
from db.base import Queries, chunks
from db.labs import application, lab, lab_name
from db.types import Moment, metadata

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("source", Text, nullable=False),
    Column("scope", String(8), nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

staged_submission = Table(
    "staged_submission",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", String(32), nullable=False),
    Column("year", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("programme_code", Text, nullable=False),
    Column("lab_code", Text, nullable=False),
    Column("state", String(24), nullable=False),
    Column("reported_at", Moment),
    Index("ix_staged_submission_run", "run"),
)


class Imports(Queries):
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
            day = _day(change.values.get("submitted_on"))
            row = {**change.values, "submitted_on": day, "name_key": change.key[0]}
            seen = await self._seen_before(change.key[0])
            state = ApplicationState.SUSPECTED if seen else ApplicationState.SUBMITTED
            await self._run(insert(application).values(**row, state=str(state), state_at=now))
        for change in judged.changed:
            key, city, county, day = change.key
            row = {**change.values, "submitted_on": _day(change.values.get("submitted_on") or day)}
            a = application.c
            same_day = a.submitted_on.is_(None) if not day else a.submitted_on == _day(day)
            where = (a.name_key == key, a.city == city, a.county == county, same_day)
            await self._run(update(application).where(*where).values(**row))

    async def _seen_before(self, key: str) -> bool:
        aliased = select(lab_name.c.lab_id).where(lab_name.c.name_key == key)
        if await self._one(select(lab.c.id).where((lab.c.name_key == key) | lab.c.id.in_(aliased))):
            return True
        return await self._one(select(application.c.id).where(application.c.name_key == key)) is not None

    async def settle_applications(self, now: datetime) -> list[str]:
        """Pending applications whose unit stands in the roster by just this name and place: the code was
        given elsewhere. Where two labs may be meant staff decide, for the applicant may read the code.
        Returns the units."""
        waiting = application.c.state == str(ApplicationState.SUBMITTED)
        named = lab.c.name_key == application.c.name_key
        matches = (
            select(application.c.id, application.c.unit, func.min(lab.c.id).label("lab"))
            .join(lab, and_(named, _may_agree("city"), _may_agree("county")))
            .where(waiting)
            .group_by(application.c.id, application.c.unit)
            .having(func.count() == 1)
        )
        units = []
        for row in await self._all(matches.order_by(application.c.id)):
            values = {"state": str(ApplicationState.ASSIGNED), "state_at": now, "lab_id": row.lab}
            done = await self._run(update(application).where(application.c.id == row.id, waiting).values(**values))
            units += [row.unit] * done.rowcount
        return units

    async def write_programmes(self, judged: Judged) -> None:
        for change in judged.new:
            year, code = change.key
            row: dict[str, Any] = {"aliases": [], "rounds": 2, "scored": True, **change.values}
            await self._run(insert(programme).values(year=year, code=code, **row))
        for change in judged.changed:
            where = (programme.c.year == change.key[0], programme.c.code == change.key[1])
            await self._run(update(programme).where(*where).values(**change.values))

    async def write_rounds(self, judged: Judged) -> None:
        query = select(programme.c.id, programme.c.year, programme.c.code)
        ids = {(row.year, row.code): row.id for row in await self._all(query)}
        for change in (*judged.new, *judged.changed):
            year, n, code = change.key
            ident, row = ids[year, code], _round_row(change)
            if change.old is None:
                state = str(RoundState.PLANNED)
                await self._run(insert(round_).values(year=year, n=n, programme_id=ident, state=state, **row))
            else:
                where = (round_.c.programme_id == ident, round_.c.n == n)
                await self._run(update(round_).where(*where).values(**row))

    async def stage(self, run: str, marks: Sequence[Mark]) -> None:
        """One short piece of a list; nothing of it is visible before `publish`."""
        rows = [
            {
                "run": run,
                "year": mark.round[0],
                "n": mark.round[1],
                "programme_code": mark.round[2],
                "lab_code": mark.lab_code,
                "state": mark.state,
                "reported_at": _moment(mark.at),
            }
            for mark in marks
        ]
        if rows:
            await self._run(insert(staged_submission), rows)

    async def publish(self, run: str) -> None:
        """All staged rows of this run at once."""
        t = staged_submission
        source = (
            select(round_.c.id, lab.c.id, t.c.state, t.c.reported_at)
            .join(programme, (programme.c.year == t.c.year) & (programme.c.code == t.c.programme_code))
            .join(round_, (round_.c.programme_id == programme.c.id) & (round_.c.n == t.c.n))
            .join(lab, lab.c.code == t.c.lab_code)
            .where(t.c.run == run)
        )
        upsert = self._insert(submission).from_select(["round_id", "lab_id", "state", "reported_at"], source)
        values = {"state": upsert.excluded.state, "reported_at": upsert.excluded.reported_at}
        keys = [submission.c.round_id, submission.c.lab_id]
        await self._run(upsert.on_conflict_do_update(index_elements=keys, set_=values))
        await self.unstage(run)

    async def unstage(self, run: str) -> None:
        await self._run(delete(staged_submission).where(staged_submission.c.run == run))

    async def note_lists(self, keys: Sequence[tuple[int, int, str]], full: bool, now: datetime) -> None:
        """The lists of these rounds are known as of `now`."""
        for year, n, code in keys:
            query = (
                select(round_.c.id)
                .join(programme, programme.c.id == round_.c.programme_id)
                .where(round_.c.year == year, round_.c.n == n, programme.c.code == code)
            )
            values = {"as_of": now, **({"full_as_of": now} if full else {})}
            statement = self._insert(submission_list).values(round_id=(await self._one(query)).id, **values)
            await self._run(
                statement.on_conflict_do_update(index_elements=[submission_list.c.round_id], set_=values)
            )

    async def note_batch(self, judged: Judged, now: datetime) -> int:
        counts = judged.counts
        values = {"kind": judged.table.kind, "source": judged.table.source, "scope": judged.scope, "at": now}
        added = await self._run(insert(import_batch).values(**values, **counts).returning(import_batch.c.id))
        return int(added.scalar_one())


def _may_agree(column: str) -> ColumnElement[bool]:
    said, stands = application.c[column], lab.c[column]
    return or_(said == stands, said == "", stands == "")


def _lab_row(change: Change, now: datetime) -> dict[str, Any]:
    row = {k: v for k, v in change.values.items() if k not in ("aliases", "former_names")}
    common = {"city": "", "county": "", "contact": "", "phone": "", "stopped": False} if change.old is None else {}
    row = {**common, **row, "code": change.key[0], "updated_at": now}
    return {**row, "name_key": unit_key(row["name"])}


def _round_row(change: Change) -> dict[str, Any]:
    days = ("dispatch_on", "expected_on", "scores_due_on")
    moments = ("opens_at", "deadline")
    return {
        name: _day(value) if name in days else _moment(value) if name in moments else value
        for name, value in change.values.items()
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
