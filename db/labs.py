"""Laboratories, their names, and first applications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
    union,
    union_all,
    update,
)

from core.access import Principal
from core.labs.models import PENDING, Application, ApplicationState, Lab
from core.labs.names import unit_key
from core.retention import ERASED
from db.base import Queries
from db.types import Moment, metadata

lab = Table(
    "lab",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True),
    Column("city", Text, nullable=False, default=""),
    Column("county", Text, nullable=False, default=""),
    Column("contact", Text, nullable=False, default=""),
    Column("phone", Text, nullable=False, default=""),
    Column("stopped", Boolean, nullable=False, default=False),
    Column("updated_at", Moment, nullable=False),
)

lab_name = Table(
    "lab_name",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lab_id", ForeignKey("lab.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True),
    Column("former", Boolean, nullable=False),
    UniqueConstraint("lab_id", "name", "former"),
)

application = Table(
    "application",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True),
    Column("city", Text, nullable=False, default=""),
    Column("county", Text, nullable=False, default=""),
    Column("contact", Text, nullable=False, default=""),
    Column("phone", Text, nullable=False, default=""),
    Column("email", Text, nullable=False, default=""),
    Column("qq", String(32), nullable=False, default="", index=True),
    Column("submitted_on", Date),
    Column("state", String(24), nullable=False, index=True),
    Column("state_at", Moment, nullable=False),
    Column("lab_id", ForeignKey("lab.id"), index=True),
)

_a = application.c
# Of an application that waited when its applicant was forgotten: whom to call, until it is decided.
_NO_LONGER_CALLED = and_(
    _a.qq == ERASED,
    _a.state.not_in([str(state) for state in PENDING]),
    or_(_a.contact != "", _a.phone != "", _a.email != ""),
)


class Labs(Queries):
    async def labs_named(self, key: str) -> list[Lab]:
        """Labs whose official name, alias or former name has this key."""
        own = select(lab.c.id).where(lab.c.name_key == key)
        aliased = select(lab_name.c.lab_id).where(lab_name.c.name_key == key)
        # an OR of both would make PostgreSQL read every lab
        rows = await self._all(select(lab).where(lab.c.id.in_(union(own, aliased))).order_by(lab.c.id))
        return [to_lab(row) for row in rows]

    async def lab_names(self) -> Sequence[tuple[str, str]]:
        """(key, official name) of every official, short and former name."""
        own = select(lab.c.name_key, lab.c.name)
        others = select(lab_name.c.name_key, lab.c.name).join(lab, lab.c.id == lab_name.c.lab_id)
        return [(row.name_key, row.name) for row in await self._all(union_all(own, others))]

    async def lab_with_code(self, code: str) -> Lab | None:
        row = await self._one(select(lab).where(lab.c.code == code))
        return to_lab(row) if row else None

    async def lab_alike(self, code: str) -> Lab | None:
        """One whose code differs in leading zeros or case only: spreadsheets can't tell the two apart."""
        bare = func.lower(func.ltrim(lab.c.code, "0")) == code.lstrip("0").casefold()
        row = await self._one(select(lab).where(bare, lab.c.code != code))
        return to_lab(row) if row else None

    async def lab_code(self, who: Principal, lab_id: int) -> str:
        """The full code, only for those who may see it; PermissionError is a defect of the caller."""
        if not who.may_see_code(lab_id):
            raise PermissionError("lab code")
        return str((await self._one(select(lab.c.code).where(lab.c.id == lab_id))).code)

    async def applications_named(self, key: str) -> list[Application]:
        rows = await self._all(select(application).where(application.c.name_key == key).order_by(application.c.id))
        return [_application(row) for row in rows]

    async def applications_by(self, who: Principal) -> list[Application]:
        if who.account.platform != "qq":
            return []
        query = select(application).where(application.c.qq == who.account.id).order_by(application.c.id)
        return [_application(row) for row in await self._all(query)]

    async def application(self, number: int) -> Application | None:
        row = await self._one(select(application).where(application.c.id == number))
        return _application(row) if row else None

    async def applications_waiting(self) -> list[Application]:
        """Oldest first."""
        waiting = application.c.state.in_([str(state) for state in PENDING])
        rows = await self._all(select(application).where(waiting))
        return sorted(map(_application, rows), key=lambda a: (a.since, a.id))

    async def add_lab(self, code: str, of: Application, now: datetime) -> int:
        """With whom to call, unless that person was forgotten."""
        source = (await self._all(select(application).where(application.c.id == of.id)))[0]
        called = source.qq != ERASED
        values = {
            "code": code,
            "name": of.unit,
            "name_key": unit_key(of.unit),
            "city": of.city,
            "county": of.county,
            "contact": source.contact if called else "",
            "phone": source.phone if called else "",
            "updated_at": now,
        }
        created = await self._run(lab.insert().values(**values).returning(lab.c.id))
        return int(created.scalar_one())

    async def set_application(self, number: int, state: ApplicationState, lab_id: int, now: datetime) -> None:
        values = {"state": str(state), "state_at": now, "lab_id": lab_id}
        await self._run(update(application).where(application.c.id == number).values(**values))
        await self.blank_applications()

    async def blank_applications(self, most: int = 500) -> int:
        """Of forgotten applicants, once it is decided; so many at once."""
        some = select(_a.id).where(_NO_LONGER_CALLED).limit(most)
        blank = update(application).where(_a.id.in_(some)).values(contact="", phone="", email="")
        return int((await self._run(blank)).rowcount)


def to_lab(row: Any) -> Lab:
    return Lab(row.id, row.code, row.name, row.city, row.county, row.stopped)


def _application(row: Any) -> Application:
    return Application(
        row.id,
        row.unit,
        ApplicationState(row.state),
        row.state_at,
        row.city,
        row.county,
        row.submitted_on,
        row.lab_id,
    )
