"""The log of who did and read what, sealed into a chain by the tick (core/audit/)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    inspect,
    or_,
    select,
    text,
    type_coerce,
    update,
)

from core.access import Account, Principal
from core.audit.chain import GENESIS, Entry, Head, seal
from core.audit.ranges import to_ranges
from core.audit.verifying import ERASE, Unsealed
from db.base import Queries, chunks
from db.labs import lab
from db.pushes import instance
from db.types import Moment, metadata

BATCH = 200  # rows sealed in one transaction, which others wait for

_OPEN = column("seq").is_(None)
_ABOUT = column("account").is_not(None)

# Hashed: seq, at, action, subject, detail, and the digest of what names persons. `actor` and `account` (whom it is
# about) stand outside, so that they can be erased together with their salt; nothing else here may name a person.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("action", String(64), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("actor", Text),
    Column("account", Text),
    Column("salt", String(64)),
    Column("seq", Integer, unique=True),  # None: not sealed yet
    Column("persons", String(64)),
    Column("hash", String(64)),
    Index("ix_audit_log_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_audit_log_actor", "actor"),
    Index("ix_audit_log_account", "account", sqlite_where=_ABOUT, postgresql_where=_ABOUT),
)

# One row: the last sealed one.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

_AUDITED = audit_log.insert()  # built once: every private answer writes one
_l = audit_log.c
_SEALED = update(audit_log).where(_l.id == bindparam("ident"))  # the rest by the names of the values


class Audits(Queries):
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
            head = Head(made.seq, made.hash, entry.at)
        await self._run(_SEALED, values)
        moved = {"seq": head.seq, "hash": head.hash, "at": head.at}
        insert = self._insert(audit_head).values(id=1, **moved)
        await self._run(insert.on_conflict_do_update(index_elements=[audit_head.c.id], set_=moved))
        return len(opened)

    async def seal_all(self) -> None:
        while await self.seal() == BATCH:
            pass

    async def erase_persons(self, who: Principal, accounts: Collection[Account], now: datetime) -> int:
        """Take these accounts out of the log for good; of how many rows. A row that names two persons loses both:
        one digest stands for them, and what is left of it could be tried out against the few numbers there are."""
        await self.seal_all()
        erased: set[int] = set()
        for some in chunks(sorted(map(str, accounts))):
            named = or_(_l.actor.in_(some), _l.account.in_(some))
            erased |= {row.seq for row in await self._all(select(_l.seq).where(named))}
            await self._run(update(audit_log).where(named).values(actor=None, account=None, salt=None))
        if erased:
            await self.audit(who, ERASE, "audit", {"rows": to_ranges(sorted(erased))}, now)
            await self.seal_all()  # else the rows would stand without their reason until the next tick
        return len(erased)

    async def steady(self) -> None:
        """What is read in this transaction from now on is of one moment; to be called first."""
        if not self._on_sqlite:
            await self._run(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    async def audit_head(self) -> Head | None:
        row = await self._one(select(audit_head).where(audit_head.c.id == 1))
        return Head(row.seq, row.hash, row.at) if row else None

    async def standing_head(self) -> Head | None:
        """The same of a database that may be older than the chain."""
        known = await self._connection.run_sync(lambda c: inspect(c).has_table(audit_head.name))
        return await self.audit_head() if known else None

    async def tellings(self, action: str) -> list[tuple[int, str]]:
        """(number, detail as JSON) of the sealed rows of an action."""
        query = select(_l.seq, cast(_l.detail, Text)).where(_l.action == action, _l.seq.is_not(None))
        return [(seq, detail) for seq, detail in await self._all(query)]

    async def sealed(self, after: int | None, limit: int) -> list[Entry]:
        """In order of their numbers, those that nobody could have given them included."""
        where = _l.seq.is_not(None) if after is None else _l.seq > after
        return await self._entries(select(*self._stored()).where(where).order_by(_l.seq).limit(limit))

    async def newest(self, limit: int) -> list[Entry]:
        return await self._entries(select(*self._stored()).order_by(_l.id.desc()).limit(limit))

    async def unsealed(self, before: datetime) -> Unsealed:
        late = func.count(case((_l.at < before, 1)))
        count, old, oldest = await self._one(select(func.count(), late, func.min(_l.at)).where(_l.seq.is_(None)))
        return Unsealed(count, old, oldest)

    async def is_running(self, since: datetime) -> bool:
        return await self._one(select(instance.c.id).where(instance.c.seen_at > since).limit(1)) is not None

    async def names_of(self, labs: Sequence[int]) -> Mapping[int, str]:
        rows = await self._all(select(lab.c.id, lab.c.name).where(lab.c.id.in_(labs)))
        return {row.id: row.name for row in rows}

    @property
    def _on_sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    def _stored(self) -> list[Any]:
        """As it stands there: what was written by hand must not break the reading. SQLite takes anything."""
        at: Any = type_coerce(_l.at, Text) if self._on_sqlite else _l.at
        plain = (_l.actor, _l.account, _l.salt, _l.seq, _l.persons, _l.hash)
        return [_l.id, at, _l.action, _l.subject, cast(_l.detail, Text), *plain]

    async def _entries(self, query: Any) -> list[Entry]:
        return [Entry(ident, _moment(at), *rest) for ident, at, *rest in await self._all(query)]


def _moment(stored: Any) -> datetime | None:
    """What Moment would read; None where that is none."""
    try:
        at: datetime = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        return None
