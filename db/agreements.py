"""What was confirmed by one member of staff and waits for 同意 of a second."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, String, Table, Text, select, update

from core.access import Account, Principal
from core.access.agreements import Agreement, AgreementState, Asked
from db.audit import audit_log
from db.base import Queries
from db.types import Moment, metadata

agreement = Table(
    "agreement",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),  # who confirmed it
    Column("channel", String(32), nullable=False),
    Column("place", String(16), nullable=False),
    Column("group_id", Text, nullable=False, default=""),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("summary", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", Text, nullable=False, default=""),
)


class Agreements(Queries):
    async def add_agreement(self, asked: Asked, now: datetime, expires_at: datetime) -> Agreement:
        """It waits for a second; tell the others in the same transaction (`core.access.agreements.ask_second`)."""
        state = AgreementState.WAITING
        values = {**_values(asked), "state": str(state), "asked_at": now, "expires_at": expires_at}
        added = await self._run(agreement.insert().values(**values).returning(agreement.c.id))
        return Agreement(int(added.scalar_one()), asked, state, now, expires_at)

    async def agreement(self, number: int) -> Agreement | None:
        row = await self._one(select(agreement).where(agreement.c.id == number))
        return _agreement(row) if row else None

    async def agreements_waiting(self, now: datetime) -> list[Agreement]:
        """Oldest first; without those whose time is over."""
        rows = await self._all(select(agreement).where(*_open(now)).order_by(agreement.c.id))
        return [_agreement(row) for row in rows]

    async def agreements_over(self, now: datetime, most: int) -> list[Agreement]:
        """Those that still wait though their time is over."""
        c = agreement.c
        over = (c.state == str(AgreementState.WAITING), c.expires_at <= now)
        rows = await self._all(select(agreement).where(*over).order_by(c.id).limit(most))
        return [_agreement(row) for row in rows]

    async def asking(self, number: int) -> tuple[Account | None, object]:
        """Whom it is about and what of it the log may tell, as it was written when it was asked."""
        c = audit_log.c
        asked = (c.action == "access.ask", c.subject == f"agreement:{number}")
        query = select(c.account, c.detail).where(*asked).order_by(c.id.desc()).limit(1)
        row = await self._one(query)
        return (Account.parse(row.account) if row.account else None, row.detail) if row else (None, {})

    async def same_agreement(self, asked: Asked, now: datetime) -> Agreement | None:
        """One that waits already for the very same, of the same asker."""
        c = agreement.c
        same = (c.account == str(asked.account), c.text == asked.text, c.digest == asked.digest)
        row = await self._one(select(agreement).where(*same, *_open(now)).order_by(c.id))
        return _agreement(row) if row else None

    async def decide_agreement(self, number: int, state: AgreementState, who: Principal, now: datetime) -> bool:
        """False if it did not wait any more. The command itself is not kept: it may name people."""
        values = {"state": str(state), "decided_at": now, "decided_by": str(who.account), "text": ""}
        waits = (agreement.c.id == number, agreement.c.state == str(AgreementState.WAITING))
        return bool((await self._run(update(agreement).where(*waits).values(**values))).rowcount)


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return agreement.c.state == str(AgreementState.WAITING), agreement.c.expires_at > now


def _values(asked: Asked) -> dict[str, str]:
    where = {"channel": asked.channel, "place": asked.place, "group_id": asked.group}
    what = {"text": asked.text, "digest": asked.digest, "summary": asked.summary}
    return {"account": str(asked.account), **where, **what}


def _agreement(row: Any) -> Agreement:
    account = Account.parse(row.account)
    asked = Asked(account, row.channel, row.place, row.group_id, row.text, row.digest, row.summary)
    return Agreement(row.id, asked, AgreementState(row.state), row.asked_at, row.expires_at)
