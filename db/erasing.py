"""Everything that names an account, counted and erased; what becomes of each column stands in
`core/retention/table.py`."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, false, func, literal, or_, select, union_all, update

from core.access import Account
from core.labs.models import PENDING
from core.requests.models import RequestState
from core.retention import ERASED, NOBODY
from db.access import confirmation
from db.audit import audit_log
from db.bindings import binding, binding_code, binding_failure, suspended_binding
from db.labs import application
from db.members import departure, greeting, group_member
from db.naming import Naming
from db.pushes import delivery, heard, hold
from db.receipts import BY_ACCOUNT, own_word, receipt, reminder_off
from db.requests import request

Accounts = Sequence[Account]
Where = Callable[[Accounts], ColumnElement[bool]]

_WAITS = application.c.state.in_([str(state) for state in PENDING])


def _of(table: Any, name: str = "platform", ident: str = "account") -> Where:
    """The rows of these accounts, where platform and number stand in two columns."""

    def where(accounts: Accounts) -> ColumnElement[bool]:
        by_platform: dict[str, list[str]] = {}
        for one in accounts:
            by_platform.setdefault(one.platform, []).append(one.id)
        return or_(
            false(), *(and_(table.c[name] == key, table.c[ident].in_(some)) for key, some in by_platform.items())
        )

    return where


def _named(*columns: Any) -> Where:
    """The rows where one of these columns says `qq:10001`."""
    return lambda accounts: or_(*(column.in_([str(one) for one in accounts]) for column in columns))


def private(accounts: Accounts) -> ColumnElement[bool]:
    """Deliveries to these accounts."""
    return and_(delivery.c.place == "private", _of(delivery, "channel", "place_id")(accounts))


def _applied(accounts: Accounts) -> ColumnElement[bool]:
    return application.c.qq.in_([one.id for one in accounts if one.platform == "qq"])


def _decided(accounts: Accounts) -> ColumnElement[bool]:
    return and_(_applied(accounts), ~_WAITS)


def _pending(accounts: Accounts) -> ColumnElement[bool]:
    return and_(_applied(accounts), _WAITS)


def _signed(accounts: Accounts) -> ColumnElement[bool]:
    return and_(BY_ACCOUNT, _named(receipt.c.by)(accounts))


_ROWS_GO: tuple[tuple[str, Table, Where], ...] = (
    ("bindings", binding, _of(binding)),
    ("bindings", suspended_binding, _of(suspended_binding)),
    ("members", group_member, _of(group_member)),
    ("members", departure, _of(departure)),
    ("members", greeting, _of(greeting)),
    ("bindings", reminder_off, _of(reminder_off)),
    ("heard", heard, _of(heard)),
    ("attempts", binding_failure, _named(binding_failure.c.account)),
    ("attempts", confirmation, _named(confirmation.c.account)),
)
_ROWS_STAY: tuple[tuple[str, Table, Where], ...] = (
    ("requests", request, _of(request)),
    ("applications", application, _decided),
    ("pending", application, _pending),
    ("words", own_word, _named(own_word.c.by)),
    ("words", receipt, _signed),
    ("deliveries", delivery, private),
    ("office", request, _named(request.c.decided_by)),
    ("office", binding_code, _named(binding_code.c.issued_by)),
    ("office", hold, _named(hold.c.by)),
    ("log", audit_log, _named(audit_log.c.actor, audit_log.c.account)),
)


class Erasing(Naming):
    async def kept_of(self, account: Account) -> dict[str, int]:
        """Kind → rows that name the account."""
        counts = [
            select(literal(kind), func.count()).select_from(table).where(where([account]))
            for kind, table, where in (*_ROWS_GO, *_ROWS_STAY)
        ]
        found: dict[str, int] = {}
        for kind, count in await self._all(union_all(*counts)):
            found[kind] = found.get(kind, 0) + int(count)
        found["office"] += len(await self.agreements_naming([account]))
        found["told"] = len(await self.pushes_naming([account]))
        return found

    async def erase(self, accounts: Accounts, now: datetime) -> None:
        """All but the log, which has its own way (`Audits.erase_persons`)."""
        await self.erase_pushes(accounts, private(accounts), now)  # as long as bindings tell whom they name
        for _, table, where in _ROWS_GO:
            await self._run(delete(table).where(where(accounts)))
        await self._blank_requests(accounts, now)
        await self._blank_applications(accounts)
        for stays, values in (
            (own_word.c.by, {"by": ERASED}),
            (receipt.c.by, {"by": ERASED}),
            (binding_code.c.issued_by, {"issued_by": NOBODY}),
            (request.c.decided_by, {"decided_by": NOBODY}),
            (hold.c.by, {"by": NOBODY, "reason": ""}),
        ):
            where = _signed if stays is receipt.c.by else _named(stays)
            await self._run(update(stays.table).where(where(accounts)).values(**values))

    async def _blank_requests(self, accounts: Accounts, now: datetime) -> None:
        """What waited is closed: there is nobody left to answer."""
        mine = _of(request)(accounts)
        closed = {"state": str(RequestState.EXPIRED), "decided_at": now, "decided_by": NOBODY}
        waiting = request.c.state == str(RequestState.WAITING)
        await self._run(update(request).where(mine, waiting).values(**closed))
        await self._run(update(request).where(mine).values(account="", text="", words=""))

    async def _blank_applications(self, accounts: Accounts) -> None:
        """Of one that waits only the number: staff have to reach whoever applied for the unit. When it is decided
        the rest goes, and an import does not bring it back (`Labs.blank_applications`, `judge_applications`)."""
        everything = {"qq": ERASED, "contact": "", "phone": "", "email": ""}
        await self._run(update(application).where(_decided(accounts)).values(**everything))
        await self._run(update(application).where(_pending(accounts)).values(qq=ERASED))
