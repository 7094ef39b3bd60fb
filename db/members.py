"""Who is in which managed group under which card, as of the last list."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    union_all,
    update,
)

from core.access import Account
from core.members.matching import Card
from core.members.member import Member
from db.base import Queries, chunks
from db.labs import lab, lab_name
from db.types import Moment, metadata

group_member = Table(
    "group_member",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("group_id", Text, primary_key=True),
    Column("account", Text, primary_key=True, index=True),
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
    Column("complete", Boolean, nullable=False, default=False),  # as many as the platform says there are
    Column("matched_of", Moment),  # `as_of` of the list whose cards were last matched to labs
)


# Who is in no managed group any more. `missed_at`: since when no list has the account; `left_at`: when that was
# sure. The row goes when it is back.
departure = Table(
    "departure",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("missed_at", Moment, nullable=False),
    Column("left_at", Moment, index=True),
)

# Who was welcomed to a group, and thanked for a card put right: each once.
greeting = Table(
    "greeting",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("group_id", Text, primary_key=True),
    Column("account", Text, primary_key=True, index=True),
    Column("welcomed_at", Moment),
    Column("thanked_at", Moment),
)


class Members(Queries):
    """Reading; `write_members` stands with the imports, for a workbook brings the same list."""

    async def member_lists(self) -> dict[Account, datetime]:
        """When each group's list was read or imported."""
        of = member_list.c
        rows = await self._all(select(of.platform, of.group_id, of.as_of))
        return {Account(row.platform, row.group_id): row.as_of for row in rows}

    async def roster_stamp(self) -> tuple[object, ...]:
        """Another one whenever a lab came, went or was changed."""
        return tuple(await self._one(select(func.count(), func.max(lab.c.updated_at)).select_from(lab)))

    async def roster_names(self) -> list[tuple[str, str, int]]:
        """(key, official name, id) of every official, short and former name; read in pieces, for it is long."""
        own = select(lab.c.name_key, lab.c.name, lab.c.id)
        others = select(lab_name.c.name_key, lab.c.name, lab.c.id).join(lab, lab.c.id == lab_name.c.lab_id)
        return [tuple(row) async for row in self._rows(union_all(own, others))]

    async def cards(self, group: Account) -> list[Card]:
        m = group_member.c
        query = select(m.account, m.card, m.role, m.lab_id)
        here = query.where(m.platform == group.platform, m.group_id == group.id)
        return [Card(*row) for row in await self._all(here)]

    async def set_labs(self, group: Account, as_of: datetime, found: Sequence[tuple[Card, int | None]]) -> None:
        """Unless the card is another one meanwhile; the list of `as_of` is matched then."""
        m = group_member.c
        here = (m.platform == group.platform, m.group_id == group.id)
        one = (m.account == bindparam("whose"), m.card == bindparam("seen"))
        rows = [{"whose": card.account, "seen": card.card, "lab": ident} for card, ident in found]
        for some in chunks(rows):
            await self._run(update(group_member).where(*here, *one).values(lab_id=bindparam("lab")), list(some))
        of = member_list.c
        mine = (of.platform == group.platform, of.group_id == group.id)
        await self._run(update(member_list).where(*mine).values(matched_of=as_of))

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

    async def add_member(self, group: Account, account: Account) -> None:
        """Somebody who came since the list was read; the next one says more. Without a list there is nothing
        to add to."""
        of = member_list.c
        read = exists().where(of.platform == group.platform, of.group_id == group.id)
        new = {"platform": group.platform, "group_id": group.id, "account": account.id}
        new |= {"card": "", "nickname": "", "role": "member"}
        row = select(*[literal(value) for value in new.values()]).where(read)
        statement = self._insert(group_member).from_select(list(new), row)
        await self._run(statement.on_conflict_do_nothing())

    async def drop_member(self, group: Account, account: Account) -> None:
        m = group_member.c
        mine = (m.platform == group.platform, m.group_id == group.id, m.account == account.id)
        await self._run(delete(group_member).where(*mine))
