"""The log of who did and read what, sealed into a chain by the tick (core/audit/)."""

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import bindparam, or_, select, update

from core.access import Account, Principal
from core.audit.chain import GENESIS, Head, later, seal
from core.audit.ranges import to_ranges
from core.audit.verifying import ERASE
from db.base import chunks
from db.logged import Logged, audit_head
from db.logged import audit_log as audit_log

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # of a head whose rows have no readable time
STAFF = "access.staff"  # a role was given or taken
BATCH = 200  # rows sealed in one transaction, which others wait for

_AUDITED = audit_log.insert()  # built once: every private answer writes one
_l = audit_log.c
_SEALED = update(audit_log).where(_l.id == bindparam("ident"))  # the rest by the names of the values


class Audits(Logged):
    async def audit(
        self,
        who: Principal,
        action: str,
        subject: str,
        detail: object,
        now: datetime,
        about: Account | None = None,
    ) -> None:
        """In the transaction of what it tells of. `subject` and `detail` name no person; `about` may."""
        account = None if about is None else str(about)
        values = {"at": now, "actor": str(who.account), "action": action, "subject": subject, "detail": detail}
        await self._run(_AUDITED, {**values, "account": account})

    async def seal(self) -> int:
        """Hang the oldest open rows onto the chain; how many there were, at most BATCH."""
        opened = await self._entries(select(*self._stored()).where(_l.seq.is_(None)).order_by(_l.id).limit(BATCH))
        if not opened:
            return 0
        head = await self.audit_head() or Head(0, GENESIS, None)
        values = []
        for entry in opened:
            made = seal(entry, head)
            named = {"seq": made.seq, "salt": made.salt, "persons": made.persons, "hash": made.hash}
            values.append({"ident": entry.id, **named})
            head = Head(made.seq, made.hash, later(head.at, entry.at))
        await self._run(_SEALED, values)
        moved = {"seq": head.seq, "hash": head.hash, "at": head.at or NEVER}
        insert = self._insert(audit_head).values(id=1, **moved)
        await self._run(insert.on_conflict_do_update(index_elements=[audit_head.c.id], set_=moved))
        return len(opened)

    async def seal_all(self) -> None:
        while await self.seal() == BATCH:
            pass

    async def erase_persons(self, who: Principal, accounts: Collection[Account], now: datetime) -> int:
        """Take these accounts out of the log for good; of how many rows. A row that names two persons loses both:
        one digest stands for them, and what is left of it could be tried out against the few numbers there are.
        Those who ever were staff stay in it: what they did then must have a name."""
        await self.seal_all()
        erased: set[int] = set()
        for some in chunks(sorted({str(one) for one in accounts} - await self._staff_of(accounts))):
            named = or_(_l.actor.in_(some), _l.account.in_(some))
            erased |= {row.seq for row in await self._all(select(_l.seq).where(named))}
            await self._run(update(audit_log).where(named).values(actor=None, account=None, salt=None))
        if erased:
            await self.audit(who, ERASE, "audit", {"rows": to_ranges(sorted(erased))}, now)
            await self.seal_all()  # else the rows would stand without their reason until the next tick
        return len(erased)

    async def was_staff(self, account: Account) -> bool:
        """Whether this account has a role, or ever had one: as long as the log tells of it."""
        return bool(await self._staff_of([account]))

    async def _staff_of(self, accounts: Collection[Account]) -> set[str]:
        found: set[str] = set()
        for some in chunks(sorted(map(str, accounts))):
            given = select(_l.account).distinct().where(_l.action == STAFF, _l.account.in_(some))
            found |= {row.account for row in await self._all(given)}
        return found
