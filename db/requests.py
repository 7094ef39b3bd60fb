"""What people ask of staff."""

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
    func,
    or_,
    select,
    text,
    update,
)

from core.access import Account, Principal
from core.requests.models import About, Request, RequestKind, RequestState
from db.activities import programme, round_
from db.base import Queries
from db.labs import lab
from db.types import Moment, metadata

# What bears words still: `db/retention.py` blanks them when they are old.
SAID = text("(request.text != '' OR request.words != '')")
_SAID = text("text != '' OR words != ''")

request = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("account", Text, nullable=False, index=True),
    Column("lab_id", ForeignKey("lab.id"), index=True),  # a 留言 may be of nobody's
    Column("round_id", ForeignKey("round.id"), index=True),  # 退回申请, 不能检测: what they are about
    Column("place", String(16), nullable=False, default="private"),
    Column("place_id", Text, nullable=False, default=""),  # the group that a 留言 was written in
    Column("text", Text, nullable=False, default=""),
    Column("state", String(16), nullable=False, index=True),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("decided_at", Moment),
    Column("decided_by", Text, nullable=False, default="", index=True),
    Column("words", Text, nullable=False, default=""),
    Index("ix_request_said", "asked_at", sqlite_where=_SAID, postgresql_where=_SAID),
)

# A 留言 has no lab, most requests no round.
_REQUEST = select(
    request,
    lab.c.name.label("lab_name"),
    lab.c.stopped.label("lab_stopped"),
    round_.c.year,
    round_.c.n,
    round_.c.deadline,
    programme.c.name.label("programme_name"),
).select_from(
    request.outerjoin(lab, lab.c.id == request.c.lab_id)
    .outerjoin(round_, round_.c.id == request.c.round_id)
    .outerjoin(programme, programme.c.id == round_.c.programme_id)
)
STANDING = (str(RequestState.WAITING), str(RequestState.APPROVED))


class Requests(Queries):
    async def add_request(
        self,
        kind: RequestKind,
        account: Account,
        lab_id: int | None,
        text: str,
        now: datetime,
        expires_at: datetime | None,
        *,
        round_id: int | None = None,
        place: str = "private",
        place_id: str = "",
    ) -> Request:
        """It waits for staff; tell them in the same transaction (`core.requests.pushes.request_alarm`)."""
        values = {"kind": str(kind), "platform": account.platform, "account": account.id, "lab_id": lab_id}
        more = {"text": text, "state": str(RequestState.WAITING), "asked_at": now, "expires_at": expires_at}
        more |= {"round_id": round_id, "place": place, "place_id": place_id}
        added = await self._run(request.insert().values(**values, **more).returning(request.c.id))
        made = await self.request(int(added.scalar_one()))
        assert made is not None
        return made

    async def request(self, number: int) -> Request | None:
        row = await self._one(_REQUEST.where(request.c.id == number))
        return _request(row) if row else None

    async def requests_waiting(self, now: datetime) -> list[Request]:
        """Oldest first; without those whose time is over."""
        return [_request(row) for row in await self._all(_REQUEST.where(*_open(now)).order_by(request.c.id))]

    async def waiting_request(
        self, kind: RequestKind, account: Account, lab_id: int, now: datetime
    ) -> Request | None:
        of_lab = request.c.lab_id == lab_id
        row = await self._one(_REQUEST.where(*_of(kind, account), of_lab, *_open(now)).order_by(request.c.id))
        return _request(row) if row else None

    async def count_requests(self, kind: RequestKind, account: Account, since: datetime) -> int:
        mine = (*_of(kind, account), request.c.asked_at > since)
        return int((await self._one(select(func.count()).select_from(request).where(*mine)))[0])

    async def count_waiting(self, kind: RequestKind, account: Account, now: datetime) -> int:
        mine = (*_of(kind, account), *_open(now))
        return int((await self._one(select(func.count()).select_from(request).where(*mine)))[0])

    async def standing_request(
        self, who: Principal, kind: RequestKind, lab_id: int, round_id: int
    ) -> Request | None:
        """What the asker's lab has asked of this round and staff have not refused; PermissionError of other
        labs."""
        if not who.may_see(lab_id):
            raise PermissionError("a lab's request")
        c = request.c
        mine = (c.kind == str(kind), c.lab_id == lab_id, c.round_id == round_id, (c.state + "").in_(STANDING))
        row = await self._one(_REQUEST.where(*mine).order_by(c.state.desc(), c.id.desc()).limit(1))
        return _request(row) if row else None

    async def rivals(self, one: Request, now: datetime) -> int:
        """How many others wait for the very same."""
        c = request.c
        same = (c.kind == str(one.kind), c.lab_id == one.lab_id, c.id != one.id)
        return int((await self._one(select(func.count()).select_from(request).where(*same, *_open(now))))[0])

    async def decide_request(
        self, number: int, state: RequestState, who: Principal, words: str, now: datetime
    ) -> bool:
        """False if it did not wait any more."""
        values = {"state": str(state), "decided_at": now, "decided_by": str(who.account), "words": words}
        waits = (request.c.id == number, request.c.state == str(RequestState.WAITING))
        return bool((await self._run(update(request).where(*waits).values(**values))).rowcount)

    async def add_reason(self, number: int, whole: str) -> bool:
        """What the asker has written by now; False if it did not wait any more."""
        waits = (request.c.id == number, request.c.state == str(RequestState.WAITING))
        return bool((await self._run(update(request).where(*waits).values(text=whole))).rowcount)

    async def open_requests(
        self, who: Principal, kind: RequestKind, lab_id: int, since: datetime
    ) -> list[Request]:
        """What the asker's lab has asked since then and staff have not decided, oldest first; PermissionError of
        other labs."""
        if not who.may_see(lab_id):
            raise PermissionError("a lab's requests")
        c = request.c
        mine = (c.kind == str(kind), c.lab_id == lab_id, c.asked_at > since)
        waits = c.state == str(RequestState.WAITING)
        return [_request(row) for row in await self._all(_REQUEST.where(*mine, waits).order_by(c.id))]

    async def add_words(self, number: int, words: str) -> None:
        """A further answer, below the first."""
        await self._run(update(request).where(request.c.id == number).values(words=request.c.words + f"\n{words}"))


def _of(kind: RequestKind, account: Account) -> tuple[ColumnElement[bool], ...]:
    c = request.c
    return c.kind == str(kind), c.platform == account.platform, c.account == account.id


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    c = request.c
    return c.state == str(RequestState.WAITING), or_(c.expires_at.is_(None), c.expires_at > now)


def _request(row: Any) -> Request:
    known = row.round_id is not None
    about = About(row.round_id, row.year, row.n, row.programme_name, row.deadline) if known else None
    return Request(
        row.id,
        RequestKind(row.kind),
        Account(row.platform, row.account),
        row.lab_id,
        row.lab_name or "",
        row.text,
        RequestState(row.state),
        row.asked_at,
        row.expires_at,
        bool(row.lab_stopped),
        about,
        row.place,
        row.place_id,
        row.decided_at,
        row.decided_by,
        row.words,
    )
