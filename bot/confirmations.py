"""Previews that wait for 确认: bound to person, place and content, for two minutes (interfaces §2); some for a
second member of staff besides."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bot.answers import Answer, Proposal
from bot.asking import END_MARKS
from bot.commands import Command, Table
from bot.incoming import Incoming
from core.access import Principal
from core.access.agreements import Agreement, Asked, ask_second
from core.clock import Clock
from core.errors import DomainError
from db.unit import Database, Within

CONFIRM_FOR = timedelta(seconds=120)
LONGEST = 6000  # characters of a command that is asked again; a cut one never proposes the same
Doors = Database | Within
Run = Callable[[Command, str, Incoming, Principal, Doors], Awaitable[Answer | Proposal | None]]


class Confirmations:
    """`run` asks a command's handler; `second_person`: what names others who must agree waits for one of them."""

    def __init__(self, db: Database, clock: Clock, table: Table, run: Run, second_person: bool) -> None:
        self.db, self.clock, self.table, self._run = db, clock, table, run
        self.second_person = second_person

    async def add(self, proposal: Proposal, command: Command, rest: str, incoming: Incoming) -> str:
        """The four digits by which this person may confirm here what was proposed."""
        code = f"{secrets.randbelow(9000) + 1000}"
        until = self.clock.real() + CONFIRM_FOR
        text, digest = f"{command.name} {rest}"[:LONGEST], _digest(proposal.digest)
        who, where = incoming.account, incoming.where
        await self.db.write(lambda tx: tx.add_confirmation(code, who, where, text, digest, until))
        return code

    async def use(self, code: str, incoming: Incoming, who: Principal) -> Answer:
        """Ask the handler again; do it only if it still proposes the very same."""
        real = self.clock.real()
        waiting = await self.db.write(
            lambda tx: tx.take_confirmation(code, incoming.account, incoming.where, real)
        )
        if waiting is None:
            raise DomainError("door/no_confirmation", code=code)
        text, digest = waiting
        proposal = await self._proposed(replace(incoming, text=text), who, digest, self.db)
        second = proposal.second
        if second is None or not self.second_person:
            return await self.db.write(proposal.do)
        kind, group = str(incoming.place), incoming.group
        asked = Asked(incoming.account, incoming.channel, kind, group, text, digest, second.summary)
        one = await self.db.write(lambda tx: ask_second(tx, who, asked, second, self.clock.now()))
        return Answer("access/agreement_asked", {"one": one})

    async def again(self, one: Agreement, incoming: Incoming, db: Doors) -> Proposal:
        """What the colleague's command proposes now: with that person's rights of today, and as it is shown
        where `incoming` was said. DomainError access/agreement_void if it is not what was confirmed."""
        asked = replace(incoming, text=one.asked.text, account=one.asked.account)
        first = await db.read(lambda tx: tx.principal(one.asked.account))
        try:
            return await self._proposed(asked, first, one.asked.digest, db)
        except DomainError as refusal:
            raise DomainError("access/agreement_void", number=one.id) from refusal

    async def _proposed(self, asked: Incoming, who: Principal, digest: str, db: Doors) -> Proposal:
        found = self.table.find(asked.text)
        if found is None or not found[0].who.allows(who):
            raise DomainError("door/forbidden")
        proposal = await self._run(found[0], found[1].rstrip(END_MARKS), asked, who, db)
        if not isinstance(proposal, Proposal) or _digest(proposal.digest) != digest:
            raise DomainError("door/changed")
        return proposal


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()
