"""Who is in no managed group any more."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update

from core.access import Account
from db.access import chat_group
from db.base import Queries, chunks
from db.members import departure, group_member, member_list

_LISTS = chat_group.outerjoin(
    member_list,
    and_(member_list.c.platform == chat_group.c.platform, member_list.c.group_id == chat_group.c.id),
)


def _listed(platform: str, account: Any) -> ColumnElement[bool]:
    """Whether the list of any managed group has it; of groups managed no more the lists only stand about."""
    m, g = group_member.c, chat_group.c
    return exists().where(g.platform == platform, m.platform == platform, m.group_id == g.id, m.account == account)


def _is(account: Account) -> tuple[ColumnElement[bool], ...]:
    return departure.c.platform == account.platform, departure.c.account == account.id


class Departures(Queries):
    async def follow_list(self, group: Account, gone: Collection[str], agrees: bool, now: datetime) -> None:
        """The list of a group was just written; `gone` stood on the old one. Unless `agrees` (both are complete)
        the wait for two that agree begins anew, for all who are missing, since it takes every list."""
        g, d, m = chat_group.c, departure.c, group_member.c
        if await self._one(select(g.id).where(g.platform == group.platform, g.id == group.id)) is None:
            return
        here = select(m.account).where(m.platform == group.platform, m.group_id == group.id)
        await self._run(delete(departure).where(d.platform == group.platform, d.account.in_(here)))
        if not agrees:
            still = (d.platform == group.platform, d.left_at.is_(None))
            await self._run(update(departure).where(*still).values(missed_at=now))
        for some in chunks(sorted(gone)):
            await self._note_missed(group.platform, some, now)

    async def _note_missed(self, platform: str, accounts: Sequence[str], now: datetime) -> None:
        m, g = group_member.c, chat_group.c
        of = (g.platform == platform, m.platform == platform, m.group_id == g.id, m.account.in_(accounts))
        elsewhere = {row.account for row in await self._all(select(m.account).where(*of))}
        rows = [
            {"platform": platform, "account": one, "missed_at": now} for one in accounts if one not in elsewhere
        ]
        if rows:
            keys, open_ = [departure.c.platform, departure.c.account], departure.c.left_at.is_(None)
            statement = self._insert(departure).values(rows)
            await self._run(
                statement.on_conflict_do_update(index_elements=keys, set_={"missed_at": now}, where=open_)
            )

    async def settle_departures(self, platform: str, apart: timedelta, now: datetime) -> list[Account]:
        """Those in no list, where every managed group has a complete one that is `apart` from when they were first
        missing; they have left now."""
        d, of = departure.c, member_list.c
        lists = await self._all(
            select(of.as_of, of.complete).select_from(_LISTS).where(chat_group.c.platform == platform)
        )
        if not lists or not all(row.complete for row in lists):
            return []
        agreed = min(row.as_of for row in lists) - apart
        open_ = (d.platform == platform, d.left_at.is_(None), d.missed_at <= agreed)
        left = update(departure).where(*open_, ~_listed(platform, d.account)).values(left_at=now)
        return [Account(platform, row.account) for row in (await self._run(left.returning(d.account))).all()]

    async def has_open_departures(self, platform: str) -> bool:
        """Whether another look at the lists may settle something."""
        d = departure.c
        return (
            await self._one(select(d.account).where(d.platform == platform, d.left_at.is_(None)).limit(1))
            is not None
        )

    async def lists_tell_all(self, platform: str, since: datetime, besides: Account) -> bool:
        """Whether whoever is in another managed group than this one must be on its list."""
        g, of = chat_group.c, member_list.c
        others = (g.platform == platform, g.id != besides.id)
        known = and_(of.complete, of.as_of >= since)
        query = select(func.count()).select_from(_LISTS).where(*others, func.coalesce(known, False).is_(False))
        return not (await self._one(query))[0]

    async def is_listed(self, account: Account) -> bool:
        return bool((await self._one(select(_listed(account.platform, account.id))))[0])

    async def drop_list(self, group: Account, now: datetime) -> None:
        """Of a group that is managed no more. Who is in no other one has left: nothing vouches for them now."""
        m, of = group_member.c, member_list.c
        here = (m.platform == group.platform, m.group_id == group.id)
        rows = await self._all(select(m.account).where(*here).order_by(m.account))
        await self._run(delete(group_member).where(*here))
        await self._run(delete(member_list).where(of.platform == group.platform, of.group_id == group.id))
        for some in chunks([row.account for row in rows]):
            await self._note_missed(group.platform, some, now)
            d = departure.c
            gone = (d.platform == group.platform, d.account.in_(some), d.left_at.is_(None))
            await self._run(
                update(departure).where(*gone, ~_listed(group.platform, d.account)).values(left_at=now)
            )

    async def note_departure(self, account: Account, missed_at: datetime, left_at: datetime | None) -> None:
        when = {"missed_at": missed_at, "left_at": left_at}
        statement = self._insert(departure).values(platform=account.platform, account=account.id, **when)
        keys = [departure.c.platform, departure.c.account]
        await self._run(statement.on_conflict_do_update(index_elements=keys, set_=when))

    async def drop_departure(self, account: Account) -> None:
        await self._run(delete(departure).where(*_is(account)))
