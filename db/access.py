"""Staff, managed groups, and confirmations that wait."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    literal,
    null,
    select,
    union_all,
)

from core.access import Account, ManagedGroup, Principal, Role
from core.access.roles import RoleChange
from core.pushes.models import Target
from db.audit import Audits
from db.bindings import binding
from db.labs import application
from db.members import departure
from db.types import Moment, metadata

staff = Table(
    "staff",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("role", Integer, nullable=False),
    Column("added_at", Moment, nullable=False),
)

chat_group = Table(
    "chat_group",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("staff", Boolean, nullable=False),
    Column("receives", JSON, nullable=False),
)

confirmation = Table(
    "confirmation",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("account", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

_platform, _account = bindparam("platform", type_=Text), bindparam("account", type_=Text)
_nothing = cast(null(), Integer)
_gone = departure.c
_has_left = exists().where(_gone.platform == _platform, _gone.account == _account, _gone.left_at.is_not(None))
# Built once: it is asked for every private message.
_PROVED = union_all(
    select(staff.c.role.label("role"), _nothing.label("lab"), literal(False).label("applied")).where(
        staff.c.platform == _platform, staff.c.account == _account
    ),
    select(_nothing, binding.c.lab_id, literal(False)).where(
        binding.c.platform == _platform, binding.c.account == _account
    ),
    select(_nothing, application.c.lab_id, literal(True)).where(
        _platform == "qq", application.c.qq == _account, application.c.lab_id.is_not(None), ~_has_left
    ),
)


class Access(Audits):
    async def principal(self, account: Account) -> Principal:
        """Everything proved about an account, in one round trip."""
        asked = {"platform": account.platform, "account": account.id}
        rows = (await self._run(_PROVED, asked)).all()
        granted = max((row.role for row in rows if row.role is not None), default=0)
        labs = frozenset(row.lab for row in rows if row.lab is not None and not row.applied)
        applied_for = frozenset(row.lab for row in rows if row.lab is not None and row.applied)
        return Principal(account, Role(granted), labs, applied_for)

    async def set_staff(self, account: Account, role: Role, now: datetime, by: Principal) -> None:
        values = {"platform": account.platform, "account": account.id, "role": int(role), "added_at": now}
        change = RoleChange(account, await self._role(account), role)
        insert = self._insert(staff).values(**values)
        keys = [staff.c.platform, staff.c.account]
        await self._run(insert.on_conflict_do_update(index_elements=keys, set_={"role": int(role)}))
        await self.audit(by, "access.staff", "staff", change.told, now, about=account)

    async def remove_staff(self, account: Account, now: datetime, by: Principal) -> bool:
        change = RoleChange(account, await self._role(account), Role.NONE)
        where = (staff.c.platform == account.platform, staff.c.account == account.id)
        removed = bool((await self._run(delete(staff).where(*where))).rowcount)
        if removed:
            await self.audit(by, "access.staff", "staff", change.told, now, about=account)
        return removed

    async def _role(self, account: Account) -> Role:
        return dict(await self.staff_list()).get(account, Role.NONE)

    async def staff_list(self) -> list[tuple[Account, Role]]:
        rows = await self._all(select(staff).order_by(staff.c.role.desc(), staff.c.platform, staff.c.account))
        return [(Account(row.platform, row.account), Role(row.role)) for row in rows]

    async def groups(self) -> list[ManagedGroup]:
        rows = await self._all(select(chat_group).order_by(chat_group.c.platform, chat_group.c.id))
        return [to_group(row) for row in rows]

    async def managed_group(self, target: Target) -> ManagedGroup | None:
        query = select(chat_group).where(chat_group.c.platform == target.channel, chat_group.c.id == target.id)
        row = await self._one(query)
        return to_group(row) if row else None

    async def set_group(self, group: ManagedGroup, now: datetime, by: Principal) -> None:
        values = {"name": group.name, "staff": group.staff, "receives": list(group.receives)}
        insert = self._insert(chat_group).values(platform=group.platform, id=group.id, **values)
        keys = [chat_group.c.platform, chat_group.c.id]
        await self._run(insert.on_conflict_do_update(index_elements=keys, set_=values))
        detail = {"staff": group.staff, "receives": list(group.receives)}  # a name may be a person's
        await self.audit(by, "access.group", f"{group.platform}:{group.id}", detail, now)

    async def remove_group(self, group: ManagedGroup, now: datetime, by: Principal) -> bool:
        where = (chat_group.c.platform == group.platform, chat_group.c.id == group.id)
        removed = bool((await self._run(delete(chat_group).where(*where))).rowcount)
        if removed:
            await self.audit(by, "access.group", f"{group.platform}:{group.id}", None, now)
        return removed

    async def add_confirmation(
        self, code: str, account: Account, place: str, text: str, digest: str, expires_at: datetime
    ) -> None:
        await self._run(delete(confirmation).where(confirmation.c.code == code))
        values = {"code": code, "account": str(account), "place": place, "text": text}
        await self._run(confirmation.insert().values(**values, digest=digest, expires_at=expires_at))

    async def take_confirmation(
        self, code: str, account: Account, place: str, real: datetime
    ) -> tuple[str, str] | None:
        """(text, digest) of a proposal that waits for just this person here; it is used up."""
        c = confirmation.c
        mine = (c.code == code, c.account == str(account), c.place == place)
        row = await self._one(select(confirmation).where(*mine))
        await self._run(delete(confirmation).where((c.expires_at < real) | ((c.code == code) & mine[1] & mine[2])))
        return (row.text, row.digest) if row and row.expires_at >= real else None


def to_group(row: Any) -> ManagedGroup:
    return ManagedGroup(row.platform, row.id, row.name, row.staff, tuple(row.receives))
