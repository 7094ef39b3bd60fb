"""Who was welcomed to a group and thanked for a card; and single members, between two lists."""

from datetime import datetime

from sqlalchemy import func, select, update

from core.access import Account
from core.members.greeting import Greeted, Greeting
from core.members.member import Member
from db.base import Queries
from db.labs import lab
from db.members import greeting, group_member


class Greetings(Queries):
    async def greeting(self, group: Account, account: Account) -> Greeting:
        g = greeting.c
        here = (g.platform == group.platform, g.group_id == group.id, g.account == account.id)
        row = await self._one(select(g.welcomed_at, g.thanked_at).where(*here))
        return Greeting(*row) if row else Greeting()

    async def last_greeting(self, group: Account, what: Greeted) -> datetime | None:
        """The latest moment of this kind in this group."""
        g = greeting.c
        query = select(func.max(g[what])).where(g.platform == group.platform, g.group_id == group.id)
        found: datetime | None = (await self._one(query))[0]
        return found

    async def note_greeting(self, group: Account, account: Account, what: Greeted, at: datetime) -> None:
        row = {"platform": group.platform, "group_id": group.id, "account": account.id}
        keys = [greeting.c.platform, greeting.c.group_id, greeting.c.account]
        insert = self._insert(greeting).values(**row, **{what.value: at})
        await self._run(insert.on_conflict_do_update(index_elements=keys, set_={what.value: at}))

    async def member(self, group: Account, account: Account) -> Member | None:
        """As the last list has this one, or what was heard since."""
        m = group_member.c
        query = select(m.account, m.card, m.nickname, m.role, m.joined_at)
        row = await self._one(
            query.where(m.platform == group.platform, m.group_id == group.id, m.account == account.id)
        )
        return Member(*row) if row else None

    async def set_card(self, group: Account, account: Account, card: str, lab_name: str) -> None:
        """`lab_name`: the official name that the card means; of several labs that bear it, it means none."""
        m = group_member.c
        mine = (m.platform == group.platform, m.group_id == group.id, m.account == account.id)
        bearer = select(func.min(lab.c.id)).where(lab.c.name == lab_name).having(func.count() == 1)
        await self._run(update(group_member).where(*mine).values(card=card, lab_id=bearer.scalar_subquery()))
