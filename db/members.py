"""Who is in which managed group under which card, as of the last list."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, select

from core.access import Account
from core.members.member import Member
from db.base import Queries
from db.types import Moment, metadata

group_member = Table(
    "group_member",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("group_id", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("card", Text, nullable=False),
    Column("nickname", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("joined_at", Moment),
    Column("lab_id", ForeignKey("lab.id"), index=True),  # as the card says: a statistic, proves nothing
)

member_list = Table(
    "member_list",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("group_id", Text, primary_key=True),
    Column("as_of", Moment, nullable=False),
    Column("count", Integer, nullable=False),
)


class Members(Queries):
    """Reading; `write_members` stands with the imports, for a workbook brings the same list."""

    async def members(self, group: Account) -> Sequence[Member]:
        m = group_member.c
        query = select(m.account, m.card, m.nickname, m.role, m.joined_at)
        here = query.where(m.platform == group.platform, m.group_id == group.id)
        return [Member(*row) for row in await self._all(here.order_by(m.account))]

    async def members_as_of(self, group: Account) -> datetime | None:
        """When this group's list was read or imported; None if it never was."""
        of = member_list.c
        query = select(of.as_of).where(of.platform == group.platform, of.group_id == group.id)
        row = await self._one(query)
        return row.as_of if row else None
