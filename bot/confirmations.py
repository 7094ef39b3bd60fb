"""Previews that wait for 确认: bound to person, place and content, for two minutes (interfaces §2)."""

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
from core.clock import Clock
from core.errors import DomainError
from db.unit import Database

CONFIRM_FOR = timedelta(seconds=120)
LONGEST = 6000  # characters of a command that is asked again; a cut one never proposes the same
Run = Callable[[Command, str, Incoming, Principal], Awaitable[Answer | Proposal | None]]


class Confirmations:
    """`run` asks a command's handler."""

    def __init__(self, db: Database, clock: Clock, table: Table, run: Run) -> None:
        self.db, self.clock, self.table, self._run = db, clock, table, run

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
        found = self.table.find(text)
        if found is None or not found[0].who.allows(who):
            raise DomainError("door/forbidden")
        asked = replace(incoming, text=text)
        proposal = await self._run(found[0], found[1].rstrip(END_MARKS), asked, who)
        if not isinstance(proposal, Proposal) or _digest(proposal.digest) != digest:
            raise DomainError("door/changed")
        return await self.db.write(proposal.do)


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()
