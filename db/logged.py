"""The log as it stands, and its chain's head: read to be checked and shown."""

from collections.abc import Mapping, Sequence
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
    cast,
    column,
    inspect,
    literal,
    select,
    text,
    type_coerce,
)

from core.audit.chain import Entry, Head
from core.audit.verifying import Unsealed
from db.base import Queries
from db.labs import lab
from db.pushes import instance
from db.types import Moment, metadata

USED = ("staff", "chat_group", "lab", "binding")

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

_l = audit_log.c


class Logged(Queries):
    async def steady(self) -> None:
        """What is read in this transaction from now on is of one moment; to be called first."""
        if not self._on_sqlite:
            await self._run(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    async def audit_head(self) -> Head | None:
        head = audit_head.c
        row = await self._one(select(head.seq, head.hash, self._plain(head.at)).where(head.id == 1))
        return Head(row[0], row[1], _moment(row[2])) if row else None

    async def standing_head(self) -> Head | None:
        """The same of a database that may be older than the chain."""
        return await self.audit_head() if await self.has_chain() else None

    async def has_chain(self) -> bool:
        return bool(await self._connection.run_sync(lambda c: inspect(c).has_table(audit_head.name)))

    async def tellings(self, action: str) -> list[Entry]:
        """The sealed rows of an action, in order."""
        where = (_l.action == action, _l.seq.is_not(None))
        return await self._entries(select(*self._stored()).where(*where).order_by(_l.seq))

    async def sealed(self, after: int | None, limit: int) -> list[Entry]:
        """In order of their numbers, those that nobody could have given them included."""
        where = _l.seq.is_not(None) if after is None else _l.seq > after
        return await self._entries(select(*self._stored()).where(where).order_by(_l.seq).limit(limit))

    async def newest(self, limit: int) -> list[Entry]:
        return await self._entries(select(*self._stored()).order_by(_l.id.desc()).limit(limit))

    async def unsealed(self, before: datetime) -> Unsealed:
        count, late, odd, oldest = 0, 0, 0, None
        async for row in self._rows(select(self._plain(_l.at)).where(_l.seq.is_(None))):
            count += 1
            if (at := _moment(row[0])) is None:
                odd += 1
            else:
                late += at < before
                oldest = min(at, oldest or at)
        return Unsealed(count, late, oldest, odd)

    async def has_open(self) -> bool:
        return await self._one(select(_l.id).where(_l.seq.is_(None)).limit(1)) is not None

    async def is_used(self) -> bool:
        """Whether there is anything that never comes without a row here."""
        some = [select(literal(1)).select_from(metadata.tables[name]).limit(1) for name in USED]
        for query in some:
            if await self._one(query) is not None:
                return True
        return False

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
        detail = self._plain(_l.detail) if self._on_sqlite else cast(_l.detail, Text)
        plain = (_l.actor, _l.account, _l.salt, _l.seq, _l.persons, _l.hash)
        return [_l.id, self._plain(_l.at), _l.action, _l.subject, detail, *plain]

    def _plain(self, stored: Any) -> Any:
        return type_coerce(stored, Text) if self._on_sqlite else stored

    async def _entries(self, query: Any) -> list[Entry]:
        return [Entry(ident, _moment(at), *rest) for ident, at, *rest in await self._all(query)]


def _moment(stored: Any) -> datetime | None:
    """What Moment would read; None where it would not have written that."""
    try:
        if not isinstance(stored, str):
            return stored.astimezone(UTC) if stored.tzinfo else None
        at = datetime.fromisoformat(stored)
        return at.replace(tzinfo=UTC) if at.isoformat(" ", "microseconds") == stored and not at.tzinfo else None
    except (AttributeError, ValueError, OverflowError):
        return None
