"""The log of who did and read what, sealed into a chain by the tick (core/audit/)."""

from datetime import datetime

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, column

from core.access import Account, Principal
from db.base import Queries
from db.types import Moment, metadata

_OPEN = column("seq").is_(None)

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
