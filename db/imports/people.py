"""Writing the members of a group."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from core.access import Account
from core.members.member import Member
from db.base import Queries, chunks
from db.departures import Departures
from db.members import group_member, member_list


class PeopleImports(Queries):
    async def write_members(
        self, group: Account, members: Sequence[Member], now: datetime, complete: bool = False
    ) -> None:
        """These and nobody else are in the group as of `now`. Only of a `complete` list is it sure that whom it
        leaves out has left."""
        before, was_complete = await self._stood(group)
        await self._replace(group, members)
        dates = {"as_of": now, "count": len(members), "complete": complete}
        statement = self._insert(member_list).values(platform=group.platform, group_id=group.id, **dates)
        keys = [member_list.c.platform, member_list.c.group_id]
        await self._run(statement.on_conflict_do_update(index_elements=keys, set_=dates))
        gone = before - {one.account for one in members}
        await Departures(self._connection).follow_list(group, gone, complete and was_complete, now)

    async def _stood(self, group: Account) -> tuple[set[str], bool]:
        """Who was in the group, and whether that list was complete."""
        m, of = group_member.c, member_list.c
        rows = await self._all(select(m.account).where(m.platform == group.platform, m.group_id == group.id))
        query = select(of.complete).where(of.platform == group.platform, of.group_id == group.id)
        row = await self._one(query)
        return {row.account for row in rows}, bool(row and row.complete)

    async def _replace(self, group: Account, members: Sequence[Member]) -> None:
        m, place = group_member.c, {"platform": group.platform, "group_id": group.id}
        await self._run(delete(group_member).where(m.platform == group.platform, m.group_id == group.id))
        rows = [
            {**place, "account": one.account, "card": one.card, "nickname": one.nickname, "role": one.role}
            | {"joined_at": one.joined_at}
            for one in members
        ]
        for some in chunks(rows):
            await self._run(insert(group_member), list(some))
