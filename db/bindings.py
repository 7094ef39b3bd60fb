"""Who is bound to which lab, one-time codes (as HMAC only), and failed attempts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from core.access import Account, Principal
from core.access.binding import Binding, OpenCode
from core.labs.models import Lab
from db.base import Queries, chunks
from db.labs import lab, to_lab
from db.types import Moment, metadata


def _bound(context: Any) -> datetime:
    """Bound and not used yet."""
    at: datetime = context.get_current_parameters()["bound_at"]
    return at


binding = Table(
    "binding",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("lab_id", ForeignKey("lab.id"), primary_key=True, index=True),
    Column("bound_at", Moment, nullable=False),
    Column("how", String(16), nullable=False),  # code | claim
    Column("used_at", Moment, nullable=False, index=True, default=_bound),
)

# A table of its own, so that no query can take a suspended binding for one that holds.
suspended_binding = Table(
    "suspended_binding",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("lab_id", ForeignKey("lab.id"), primary_key=True, index=True),
    Column("bound_at", Moment, nullable=False),
    Column("how", String(16), nullable=False),
    Column("suspended_at", Moment, nullable=False),
    Column("why", String(16), nullable=False),  # left | unused | contact
)

# One open code a lab at most: a new one takes the place of the old (the guess chance rests on it).
binding_code = Table(
    "binding_code",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("lab_id", ForeignKey("lab.id"), nullable=False, unique=True),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

binding_failure = Table(
    "binding_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Index("ix_binding_failure_account_at", "account", "at"),
)


class Bindings(Queries):
    async def bindings_of(self, lab_id: int) -> list[Binding]:
        """First bound first."""
        b = binding.c
        query = select(binding).where(b.lab_id == lab_id).order_by(b.bound_at, b.platform, b.account)
        rows = await self._all(query)
        return [Binding(Account(r.platform, r.account), r.lab_id, r.bound_at, r.how) for r in rows]

    async def bound_labs(self, who: Principal) -> list[Lab]:
        """The asker's own labs, by name."""
        rows = await self._all(select(lab).where(lab.c.id.in_(who.labs)))
        return sorted(map(to_lab, rows), key=lambda one: (one.name, one.id))

    async def bind(self, account: Account, lab_id: int, how: str, now: datetime) -> None:
        """Also again, after it was suspended."""
        values = {"platform": account.platform, "account": account.id, "lab_id": lab_id}
        mine = of_account(suspended_binding, account)
        await self._run(delete(suspended_binding).where(*mine, suspended_binding.c.lab_id == lab_id))
        await self._run(binding.insert().values(**values, bound_at=now, how=how))

    async def unbind(self, account: Account, lab_id: int) -> bool:
        """Whether it stands or is suspended; it is never both."""
        gone = 0
        for table in (binding, suspended_binding):
            mine = (*of_account(table, account), table.c.lab_id == lab_id)
            gone += (await self._run(delete(table).where(*mine))).rowcount
        return bool(gone)

    async def note_use(self, who: Principal, now: datetime) -> None:
        """Of all the asker's bindings: it is the person that is still there."""
        await self._run(update(binding).where(*of_account(binding, who.account)).values(used_at=now))

    async def failures(self, account: Account | None, since: datetime) -> int:
        """Failed attempts after `since` (real time), of one account or of all."""
        f = binding_failure.c
        query = select(func.count()).select_from(binding_failure).where(f.at > since)
        if account is not None:
            query = query.where(f.account == str(account))
        return int((await self._one(query))[0])

    async def add_failure(self, account: Account, real: datetime, forget: datetime) -> None:
        """Those at `forget` and before count no more and go."""
        await self._run(delete(binding_failure).where(binding_failure.c.at <= forget))
        await self._run(binding_failure.insert().values(account=str(account), at=real))

    async def open_code(self, digest: str, now: datetime) -> OpenCode | None:
        return next(iter(await self.open_codes([digest], now)), None)

    async def open_codes(self, digests: Sequence[str], now: datetime) -> list[OpenCode]:
        """By lab, however many digests are asked for; also of labs that are stopped."""
        c = binding_code.c
        query = select(c.digest, c.lab_id, lab.c.name, lab.c.stopped, c.issued_by, c.issued_at).join(
            lab, lab.c.id == c.lab_id
        )
        rows: list[OpenCode] = []
        for some in chunks(digests):
            found = await self._all(query.where(c.digest.in_(some), c.expires_at > now))
            rows += [OpenCode(*row) for row in found]
        return sorted(rows, key=lambda one: one.lab_id)

    async def drop_code(self, digest: str) -> None:
        await self._run(delete(binding_code).where(binding_code.c.digest == digest))

    async def set_codes(
        self, codes: Sequence[tuple[int, str]], issued_by: str, now: datetime, expires_at: datetime
    ) -> None:
        """(lab id, digest); a lab's older code goes."""
        common = {"issued_by": issued_by, "issued_at": now, "expires_at": expires_at}
        for some in chunks(codes):
            await self._run(delete(binding_code).where(binding_code.c.lab_id.in_([ident for ident, _ in some])))
            rows = [{"lab_id": ident, "digest": digest, **common} for ident, digest in some]
            await self._run(binding_code.insert(), rows)

    async def labs_with_open_code(self, now: datetime, lab_id: int | None = None) -> int:
        c = binding_code.c
        query = select(func.count()).select_from(binding_code).where(c.expires_at > now)
        if lab_id is not None:
            query = query.where(c.lab_id == lab_id)
        return int((await self._one(query))[0])

    async def labs_to_bind(self) -> list[Lab]:
        """All that take part, by city, county, name."""
        rows = await self._all(select(lab).where(~lab.c.stopped))
        return sorted(map(to_lab, rows), key=lambda one: (one.city, one.county, one.name, one.id))

    async def lab_phone(self, who: Principal, lab_id: int) -> str:
        """The roster's number, for staff; PermissionError is a defect of the caller."""
        if not who.is_staff:
            raise PermissionError("telephone")
        return str((await self._one(select(lab.c.phone).where(lab.c.id == lab_id))).phone)


def of_account(table: Table, account: Account) -> tuple[ColumnElement[bool], ...]:
    return table.c.platform == account.platform, table.c.account == account.id
