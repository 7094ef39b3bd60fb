"""Writing the members of a group."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert

from core.access import Account
from core.members.member import Member
from db.base import Queries, chunks
from db.members import group_member, member_list


class PeopleImports(Queries):
    async def write_members(self, group: Account, members: Sequence[Member], now: datetime) -> None:
        """These and nobody else are in the group as of `now`."""
        m, place = group_member.c, {"platform": group.platform, "group_id": group.id}
        await self._run(delete(group_member).where(m.platform == group.platform, m.group_id == group.id))
        rows = [
            {**place, "account": one.account, "card": one.card, "nickname": one.nickname, "role": one.role}
            | {"joined_at": one.joined_at}
            for one in members
        ]
        for some in chunks(rows):
            await self._run(insert(group_member), list(some))
        dates = {"as_of": now, "count": len(rows)}
        statement = self._insert(member_list).values(**place, **dates)
        keys = [member_list.c.platform, member_list.c.group_id]
        await self._run(statement.on_conflict_do_update(index_elements=keys, set_=dates))
