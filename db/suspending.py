"""Bindings that are suspended: moved to a table of their own, so that no query takes one for one that holds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, tuple_

from core.access import Account, Principal
from core.access.binding import Binding, Why
from core.access.suspending import Suspended
from core.labs.models import Lab
from db.base import Queries, chunks
from db.bindings import binding, binding_code, of_account, suspended_binding
from db.labs import lab, to_lab


class Suspensions(Queries):
    async def suspended_of(self, lab_id: int) -> list[Binding]:
        """Of a lab, first bound first."""
        s = suspended_binding.c
        query = select(suspended_binding).where(s.lab_id == lab_id).order_by(s.bound_at, s.platform, s.account)
        rows = await self._all(query)
        return [
            Binding(Account(r.platform, r.account), r.lab_id, r.bound_at, r.how, r.suspended_at, Why(r.why))
            for r in rows
        ]

    async def suspended(self, who: Principal) -> list[Suspended]:
        """The asker's own, by name of the lab."""
        s = suspended_binding.c
        joined = select(lab.c.name, s.suspended_at, s.why).join(lab, lab.c.id == s.lab_id)
        rows = await self._all(
            joined.where(*of_account(suspended_binding, who.account)).order_by(lab.c.name, s.lab_id)
        )
        return [Suspended(row.name, row.suspended_at, Why(row.why)) for row in rows]

    async def suspended_labs(self, who: Principal) -> list[Lab]:
        """Whom the asker is no longer heard for, by name."""
        of = select(suspended_binding.c.lab_id).where(*of_account(suspended_binding, who.account))
        rows = await self._all(select(lab).where(lab.c.id.in_(of)))
        return sorted(map(to_lab, rows), key=lambda one: (one.name, one.id))

    async def is_unused(self, before: datetime) -> bool:
        """Whether anybody has used none of his bindings since then."""
        return await self._one(select(binding.c.lab_id).where(binding.c.used_at <= before).limit(1)) is not None

    async def suspend_unused(self, before: datetime, most: int, now: datetime) -> list[Binding]:
        b = binding.c
        key = (b.platform, b.account, b.lab_id)
        longest = select(*key).where(b.used_at <= before).order_by(b.used_at, *key).limit(most)
        return await self._suspend(tuple_(*key).in_(longest), Why.UNUSED, now)

    async def suspend_accounts(self, accounts: Sequence[Account], why: Why, now: datetime) -> list[Binding]:
        found: list[Binding] = []
        for some in chunks(accounts):
            keys = [(one.platform, one.id) for one in some]
            found += await self._suspend(tuple_(binding.c.platform, binding.c.account).in_(keys), why, now)
        return found

    async def suspend_labs(self, codes: Sequence[str], why: Why, now: datetime) -> list[Binding]:
        """Their open codes end, too: they may lie with whom the centre had to do with before."""
        found: list[Binding] = []
        for some in chunks(codes):
            ids = [row.id for row in await self._all(select(lab.c.id).where(lab.c.code.in_(some)))]
            found += await self._suspend(binding.c.lab_id.in_(ids), why, now)
            await self._run(delete(binding_code).where(binding_code.c.lab_id.in_(ids)))
        return found

    async def _suspend(self, which: ColumnElement[bool], why: Why, now: datetime) -> list[Binding]:
        """Moved, in order of lab and account; audited and told by whoever decided it."""
        b = binding.c
        kept = delete(binding).where(which).returning(b.platform, b.account, b.lab_id, b.bound_at, b.how)
        rows = sorted((await self._run(kept)).all(), key=lambda row: (row.lab_id, row.platform, row.account))
        common = {"suspended_at": now, "why": str(why)}
        for some in chunks(rows):
            values = [{**row._mapping, **common} for row in some]
            await self._run(insert(suspended_binding), values)
        return [Binding(Account(r.platform, r.account), r.lab_id, r.bound_at, r.how, now, why) for r in rows]
