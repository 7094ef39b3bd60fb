"""Samples signed for, by list or by the lab's own word; and its own word that it has reported."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, delete, select, text

from core.access import Account, Principal
from core.activities.own import RECEIVED
from db.base import Queries
from db.types import Moment, metadata

BY_ACCOUNT = text("receipt.\"by\" != ''")
_SAID = text("\"by\" != ''")

# `by` is empty for the imported list, else the account that said so. An import never erases a lab's word.
receipt = Table(
    "receipt",
    metadata,
    Column("lab_id", ForeignKey("lab.id"), primary_key=True),
    Column("round_id", ForeignKey("round.id"), primary_key=True, index=True),
    Column("state", String(16), nullable=False),  # received | problem
    Column("received_at", Moment),
    Column("by", Text, nullable=False, default=""),
    Index("ix_receipt_by", "by", sqlite_where=_SAID, postgresql_where=_SAID),
)

receipt_list = Table(
    "receipt_list",
    metadata,
    Column("round_id", ForeignKey("round.id"), primary_key=True),
    Column("as_of", Moment, nullable=False),
)

# 已报: silences the lab's personal reminders until the next list, never changes the official state (domain §3).
own_word = Table(
    "own_word",
    metadata,
    Column("lab_id", ForeignKey("lab.id"), primary_key=True),
    Column("round_id", ForeignKey("round.id"), primary_key=True),
    Column("said_at", Moment, nullable=False),
    Column("by", Text, nullable=False, index=True),
)

# 提醒 关: no reminders in private. Nothing is noted of those who get them.
reminder_off = Table(
    "reminder_off",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)


class Receipts(Queries):
    async def wants_reminders(self, who: Principal) -> bool:
        """Whether this account did not say 提醒 关."""
        off = reminder_off.c
        query = select(off.at).where(off.platform == who.account.platform, off.account == who.account.id)
        return await self._one(query) is None

    async def set_reminders(self, who: Principal, on: bool, now: datetime) -> None:
        """For the asker's own account; said once more, nothing changes."""
        off, platform, ident = reminder_off.c, who.account.platform, who.account.id
        if on:
            await self._run(delete(reminder_off).where(off.platform == platform, off.account == ident))
            return
        row = self._insert(reminder_off).values(platform=platform, account=ident, at=now)
        await self._run(row.on_conflict_do_nothing())

    async def note_own_word(self, who: Principal, lab_id: int, rounds: Sequence[int], now: datetime) -> None:
        """已报: said now, whatever was said before."""
        values = {"said_at": now, "by": str(_bound(who, lab_id))}
        rows = [{"lab_id": lab_id, "round_id": ident, **values} for ident in rounds]
        keys = [own_word.c.lab_id, own_word.c.round_id]
        insert = self._insert(own_word).on_conflict_do_update(index_elements=keys, set_=values)
        await self._run(insert, rows)

    async def note_receipt(
        self, who: Principal, lab_id: int, rounds: Sequence[int], state: str, now: datetime
    ) -> None:
        """The lab's own word on its samples: `received`, or a `problem`."""
        values = {"state": state, "received_at": now if state == RECEIVED else None}
        values["by"] = str(_bound(who, lab_id))
        rows = [{"lab_id": lab_id, "round_id": ident, **values} for ident in rounds]
        keys = [receipt.c.lab_id, receipt.c.round_id]
        insert = self._insert(receipt).on_conflict_do_update(index_elements=keys, set_=values)
        await self._run(insert, rows)


def _bound(who: Principal, lab_id: int) -> Account:
    """Only a lab's own people speak for it; PermissionError is a defect of the caller."""
    if lab_id not in who.labs:
        raise PermissionError("own word")
    return who.account
