"""A person of whom everything is kept that can be, and the whole database as text."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, select

from core.access import Account, Principal
from core.access.agreements import Asked
from core.access.binding import bind
from core.access.pushes import unbound_push
from core.labs.models import ApplicationState
from core.pushes.models import Kind, Planned, Target
from core.pushes.states import Outcome, State
from core.requests.models import RequestKind
from db.access import confirmation
from db.activities import round_
from db.agreements import agreement
from db.audit import audit_log
from db.bindings import binding_code, suspended_binding
from db.labs import application, lab
from db.members import departure, greeting, group_member
from db.pushes import attempt, delivery, heard, hold, push
from db.receipts import own_word, receipt, reminder_off
from db.requests import request
from db.tables import metadata
from db.unit import Database, Unit
from tests.cast import DEADLINE, HEFEI, LABS, MORNING, PROGRAMMES, ROUNDS, at, bring

PERSON = Account("qq", "300455771")
OTHER = Account("qq", "300466882")
CARD, PHONE = "晴川医院+林知夏", "13905510001"
LEFT = at("2026-03-10 09:00")
DAY = timedelta(days=1)
REFUSAL = f"1200 EventChecker Failed: NTEvent of {PERSON.id}"

KINDS = {
    "bindings": 3, "members": 3, "heard": 1, "attempts": 2, "requests": 2, "applications": 1, "pending": 1,
    "words": 2, "deliveries": 12, "office": 6, "log": 2, "told": 2,
}  # fmt: skip


async def dump(db: Database) -> dict[str, str]:
    """`table.column` → everything in it, as text."""
    found: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        for row in await db.read(lambda tx, t=table: tx._all(select(t))):  # type: ignore[misc]
            for name, value in row._mapping.items():
                found.setdefault(f"{table.name}.{name}", []).append(str(value))
    return {name: "\n".join(values) for name, values in found.items()}


def holding(dumped: dict[str, str], *words: str) -> set[str]:
    return {name for name, text in dumped.items() if any(word in text for word in words)}


async def fill(db: Database) -> None:
    """`PERSON` in every table where an account can stand; `OTHER` of the same labs, untouched by it all."""
    await bring(db, LABS, PROGRAMMES, ROUNDS)

    async def work(tx: Unit) -> None:
        labs = [row.id for row in await tx._all(select(lab.c.id).order_by(lab.c.id))]
        rounds = [row.id for row in await tx._all(select(round_.c.id).order_by(round_.c.id))]
        await _bindings(tx, labs)
        await _rows(tx, labs, rounds)
        await _requests(tx, labs[0])
        await _applications(tx)
        await _agreements(tx)
        await _deliveries(tx, labs[0])

    await db.write(work)


async def _put(tx: Unit, table: Table, **values: Any) -> int:
    added = await tx._run(table.insert().values(**values).returning(*table.primary_key.columns))
    return added.one()[0]  # type: ignore[no-any-return]


async def _bindings(tx: Unit, labs: list[int]) -> None:
    """`OTHER` first, so that it is told of `PERSON`."""
    for account in (OTHER, PERSON):
        await bind(tx, Principal(account), account, labs[0], "云栖", "code", LEFT - DAY, "0551-1")
    values = {"lab_id": labs[1], "bound_at": LEFT, "how": "code", "suspended_at": LEFT, "why": "left"}
    await _put(tx, suspended_binding, platform="qq", account=PERSON.id, **values)
    await tx.add_failure(PERSON, MORNING, LEFT)


async def _rows(tx: Unit, labs: list[int], rounds: list[int]) -> None:
    who, name = {"platform": "qq", "account": PERSON.id}, str(PERSON)
    await _put(tx, group_member, **who, group_id=HEFEI.id, card=CARD, nickname="知夏", role="member")
    await _put(tx, departure, **who, missed_at=LEFT, left_at=LEFT)
    await _put(tx, greeting, **who, group_id=HEFEI.id, welcomed_at=LEFT)
    await _put(tx, reminder_off, **who, at=LEFT)
    await _put(tx, own_word, lab_id=labs[0], round_id=rounds[0], said_at=LEFT, by=name)
    await _put(tx, receipt, lab_id=labs[0], round_id=rounds[0], state="received", received_at=LEFT, by=name)
    await _put(tx, receipt, lab_id=labs[1], round_id=rounds[0], state="received", received_at=LEFT, by=str(OTHER))
    await _put(tx, hold, id=1, since=LEFT, by=name, reason=f"{PERSON.id} 请假")
    code = {"digest": "a" * 64, "lab_id": labs[0], "issued_by": name, "issued_at": LEFT, "expires_at": DEADLINE}
    await _put(tx, binding_code, **code)
    waits = {"text": f"清理 {PERSON.id}", "digest": "d", "expires_at": MORNING}
    await _put(tx, confirmation, code="AB12", account=name, place=name, **waits)
    await tx.audit(Principal(OTHER), "access.unbind", "lab:1", {}, LEFT, about=PERSON)


async def _requests(tx: Unit, lab_id: int) -> None:
    for text in ("晴川医院", "样品融化"):
        await tx.add_request(RequestKind.BINDING, PERSON, lab_id, f"{text} {CARD}", LEFT, None)
    await tx._run(
        request.update().where(request.c.id == 1).values(words=f"已回电 {PHONE}", state="refused", decided_at=LEFT)
    )
    theirs = {"text": "池州", "state": "approved", "asked_at": LEFT, "decided_at": LEFT, "decided_by": str(PERSON)}
    await _put(tx, request, kind="binding", platform="qq", account=OTHER.id, lab_id=lab_id, **theirs)


async def _applications(tx: Unit) -> None:
    whose = {"contact": "林知夏", "phone": PHONE, "email": f"{PERSON.id}@example.org", "qq": PERSON.id}
    for state in (ApplicationState.REJECTED, ApplicationState.SUBMITTED):
        unit = {"unit": "宣城演示望岳医院", "name_key": "望岳", "state": str(state), "state_at": LEFT}
        await _put(
            tx, application, **unit, **(whose if state is ApplicationState.REJECTED else {**whose, "email": ""})
        )


async def _agreements(tx: Unit) -> None:
    """One about `PERSON`, which waits and was told of; those it decided and asked for when it was staff itself."""
    asked = Asked(OTHER, "qq", "private", "", f"授权 {PERSON.id} admin", "d", f"授权 {PERSON.masked}")
    made = await tx.add_agreement(asked, LEFT, DEADLINE)
    facts = {"about": "agreement", "number": made.id, "what": asked.summary}
    key = f"{Kind.ALARM}:agreement:{made.id}"
    await tx.write_push(Planned(Kind.ALARM, key, LEFT, DEADLINE, facts), LEFT)
    decided = {"text": "", "digest": "d", "summary": "清理 6 人", "state": "agreed", "asked_at": LEFT}
    where = {"channel": "qq", "place": "private", "group_id": "", "expires_at": DEADLINE}
    for asker, decider in ((OTHER, PERSON), (PERSON, OTHER)):
        by = {"account": str(asker), "decided_by": str(decider)}
        await _put(tx, agreement, **by, **decided, **where, decided_at=LEFT)


async def _deliveries(tx: Unit, lab_id: int) -> None:
    """One to `PERSON` in every state but one under way; two that ended bear words, attempts and numbers."""
    for left, state in enumerate(one for one in State if one is not State.SENDING):
        await tx.write_push(unbound_push(PERSON, lab_id, f"{state}", left, LEFT, ""), LEFT)
        key = push.c.key.endswith(f":{left}")
        [made] = await tx._all(select(delivery.c.id).join(push).where(key, delivery.c.place_id == PERSON.id))
        said = {"state": str(state), "body": CARD, "words": REFUSAL, "message_id": PERSON.id, "attempts": 1}
        await tx._run(delivery.update().where(delivery.c.id == made.id).values(**said))
        outcome = {"outcome": str(Outcome.REFUSED), "words": REFUSAL, "message_id": PERSON.id}
        await _put(tx, attempt, delivery_id=made.id, fence=1, started_at=LEFT, **outcome)
    await _put(tx, heard, push_id=1, platform="qq", account=PERSON.id, at=LEFT)
    later = Planned(
        Kind.DECIDED, "later", DEADLINE, DEADLINE + DAY, {"kind": "unbound"}, groups=False,
        to=(Target("qq", "private", PERSON.id), Target("qq", "private", OTHER.id)),
    )  # fmt: skip
    await tx.write_push(later, LEFT)


async def rows(db: Database, table: Table, *columns: Any) -> list[tuple[Any, ...]]:
    found: Iterable[Any] = await db.read(lambda tx: tx._all(select(*columns).order_by(*table.primary_key.columns)))
    return [tuple(row) for row in found]


async def logged(db: Database, action: str) -> list[tuple[str | None, str, object]]:
    """(actor, subject, detail) of the rows of an action."""
    c = audit_log.c
    found = await db.read(lambda tx: tx._all(select(c.actor, c.subject, c.detail).where(c.action == action)))
    return [tuple(row) for row in found]


def later(days: int) -> datetime:
    return LEFT + days * DAY
