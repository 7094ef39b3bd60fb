"""Pushes, deliveries and agreements that name an account without being a row of its own."""

import json
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, cast, exists, literal, or_, select, update

from core.access import Account
from core.access.agreements import AgreementState
from core.pushes.models import ERASED_PLACE, Kind, PushState, Target
from core.pushes.states import State
from core.requests.models import RequestKind
from core.retention import NOBODY
from core.retention.forget import WORDS, wordless
from db.agreements import agreement
from db.base import Queries, chunks
from db.bindings import binding, suspended_binding
from db.pushes import attempt, delivery, push
from db.requests import request

ENDED = [str(one) for one in (State.DELIVERED, State.OBSERVED, State.CANCELLED, State.SUPERSEDED, State.EXPIRED)]
_INSIDE = [str(one) for one in PushState if one is not PushState.OUT]
_AGREEMENT_KEYS = (f"{Kind.ALARM}:agreement:", f"{Kind.DECIDED}:agreement:")

_ASKED, _ANSWERED = f"{Kind.ALARM}:request:", f"{Kind.DECIDED}:"

_facts = cast(push.c.facts, Text)
# Pushes whose facts bear somebody's words, as `wordless` finds them.
SAYING = or_(*(and_(_facts.contains(f'"{one}": "'), ~_facts.contains(f'"{one}": ""')) for one in WORDS))


class Naming(Queries):
    async def agreements_naming(self, accounts: Sequence[Account]) -> list[int]:
        """Asked, decided, or about them; there are few, so that all are looked at."""
        rows = await self._all(select(agreement))
        return [row.id for row in rows if any(_names(row, one) for one in accounts)]

    async def pushes_naming(self, accounts: Sequence[Account]) -> list[int]:
        """Those that tell others of an account, masked: of a new binding, unless another one of that lab looks the
        same; of an agreement. Those that tell others of its 留言: the alarm, the answer in a group."""
        found = [*await self._bound_pushes(accounts), *await self._message_pushes(accounts)]
        for some in chunks(await self.agreements_naming(accounts)):
            keys = [f"{prefix}{number}" for number in some for prefix in _AGREEMENT_KEYS]
            rows = await self._all(select(push.c.id, push.c.facts).where(push.c.key.in_(keys)))
            found += [row.id for row in rows if row.facts != wordless(row.facts)]
        return found

    async def _bound_pushes(self, accounts: Sequence[Account]) -> list[int]:
        masks = {one.masked for one in accounts}
        says = or_(*(cast(push.c.facts, Text).contains(json.dumps(mask), autoescape=True) for mask in masks))
        rows = await self._all(select(push.c.id, push.c.facts).where(push.c.kind == str(Kind.BOUND), says))
        others = await self._masks_of({row.facts["lab"] for row in rows}, accounts) if rows else set()
        return [row.id for row in rows if (row.facts["lab"], row.facts["account"]) not in others]

    async def _message_pushes(self, accounts: Sequence[Account]) -> list[int]:
        c, p = request.c, push.c
        theirs = or_(*(and_(c.platform == one.platform, c.account == one.id) for one in accounts))
        rows = await self._all(select(c.id).where(theirs, c.kind == str(RequestKind.MESSAGE)))
        found: list[int] = []
        for some in chunks([row.id for row in rows], 100):
            keys = [f"{kind}{number}" for number in some for kind in (_ASKED, _ANSWERED)]
            further = or_(*(p.key.startswith(f"{_ANSWERED}{number}:", autoescape=True) for number in some))
            found += [row.id for row in await self._all(select(p.id).where(or_(p.key.in_(keys), further)))]
        return found

    async def _masks_of(self, labs: Collection[int], without: Collection[Account]) -> set[tuple[int, str]]:
        """(lab, masked account) of the other accounts that are, or were, bound to these labs."""
        rows: list[Any] = []
        for table in (binding, suspended_binding):
            rows += await self._all(
                select(table.c.lab_id, table.c.platform, table.c.account).where(table.c.lab_id.in_(labs))
            )
        bound = {(row.lab_id, Account(row.platform, row.account)) for row in rows}
        return {(lab, one.masked) for lab, one in bound if one not in without}

    async def erase_pushes(self, accounts: Sequence[Account], to_them: ColumnElement[bool], now: datetime) -> None:
        """What was not sent yet is sent no more; of what ended only the count stays."""
        naming, agreed = await self.pushes_naming(accounts), await self.agreements_naming(accounts)
        theirs = await self._all(select(delivery.c.id, delivery.c.push_id).where(to_them))
        written = await self._blank_targets(accounts, {row.push_id for row in theirs})
        for some in chunks(naming):
            await self._blank_deliveries(delivery.c.push_id.in_(some), now)
            await self.blank_facts(some)
        for some in chunks([row.id for row in theirs]):
            await self._blank_deliveries(delivery.c.id.in_(some), now)
            gone = {"place_id": literal(ERASED_PLACE) + cast(delivery.c.id, String), "message_id": ""}
            await self._run(update(delivery).where(delivery.c.id.in_(some)).values(**gone))
            await self._run(update(attempt).where(attempt.c.delivery_id.in_(some)).values(message_id=""))
        await self._blank_their_own(written)
        await self._void_agreements(agreed, {str(one) for one in accounts}, now)

    async def _blank_deliveries(self, which: ColumnElement[bool], now: datetime) -> None:
        """One that was put aside must not be taken up again, so its time is over."""
        c, ended = delivery.c, delivery.c.state.in_(ENDED)
        tried = select(c.id).where(which)
        await self._run(update(attempt).where(attempt.c.delivery_id.in_(tried)).values(words=""))
        stopped = {"state": str(State.CANCELLED), "told": True, "retry_at": None, "doubt_at": None}
        await self._run(update(delivery).where(which, ~ended).values(**stopped))
        aside = and_(c.state == str(State.SUPERSEDED), c.expires_at > now)
        await self._run(update(delivery).where(which, aside).values(expires_at=now))
        await self._run(update(delivery).where(which).values(body="", words=""))

    async def blank_facts(self, pushes: Sequence[int]) -> int:
        """How many of these pushes bore somebody's words."""
        rows = await self._all(select(push.c.id, push.c.facts).where(push.c.id.in_(pushes)))
        bare = {row.id: wordless(row.facts) for row in rows if row.facts != wordless(row.facts)}
        for ident, facts in bare.items():
            await self._run(update(push).where(push.c.id == ident).values(facts=facts))
        return len(bare)

    async def _blank_their_own(self, pushes: Sequence[int]) -> None:
        """What was written to nobody else."""
        somebody = exists().where(delivery.c.push_id == push.c.id, ~delivery.c.place_id.startswith(ERASED_PLACE))
        for some in chunks(pushes):
            query = select(push.c.id, push.c.targets).where(push.c.id.in_(some), ~push.c.groups, ~somebody)
            await self.blank_facts([row.id for row in await self._all(query) if not row.targets])

    async def _blank_targets(self, accounts: Sequence[Account], pushes: Collection[int]) -> list[int]:
        """Of pushes written for these accounts, those they got and those not out yet; which these are."""
        gone = {str(Target(one.platform, "private", one.id)) for one in accounts}
        says = or_(*(cast(push.c.targets, Text).contains(json.dumps(one), autoescape=True) for one in gone))
        query = select(push.c.id, push.c.targets).where(says)
        rows = list(await self._all(query.where(push.c.state.in_(_INSIDE))))
        for some in chunks(sorted(pushes)):
            rows += await self._all(query.where(push.c.id.in_(some), push.c.state == str(PushState.OUT)))
        for row in rows:
            left = [target for target in row.targets if target not in gone]
            await self._run(update(push).where(push.c.id == row.id).values(targets=left))
        return [row.id for row in rows]

    async def _void_agreements(self, idents: Sequence[int], names: Collection[str], now: datetime) -> None:
        c = agreement.c
        for some in chunks(idents):
            waits = (c.id.in_(some), c.state == str(AgreementState.WAITING))
            void = {"state": str(AgreementState.VOID), "decided_at": now, "decided_by": NOBODY}
            await self._run(update(agreement).where(*waits).values(**void))
            await self._run(update(agreement).where(c.id.in_(some)).values(text="", summary=""))
            for column in (c.account, c.decided_by):
                theirs = (c.id.in_(some), column.in_(names))
                await self._run(update(agreement).where(*theirs).values({column.name: NOBODY}))


def _names(row: Any, account: Account) -> bool:
    """Whether an agreement's row does; a bare number is one of the channel in which it was written."""
    if str(account) in (row.account, row.decided_by) or account.masked in row.summary:
        return True
    platform = f"(?:{account.platform}:)" + ("?" if row.channel == account.platform else "")
    written = re.compile(rf"(?<![\w:]){platform}{re.escape(account.id)}(?!\w)")
    return written.search(f"{row.text}\n{row.summary}") is not None
