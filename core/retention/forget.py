"""One account is forgotten: everything that names it, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.errors import DomainError

LOG = "log"  # the kind that stays of former staff: what they did then must have a name
WORDS = ("text", "words", "reason", "what", "account")  # of facts: what somebody wrote, or whom it names


class Tx(Protocol):
    async def principal(self, account: Account) -> Principal: ...

    async def kept_of(self, account: Account) -> dict[str, int]: ...

    async def was_staff(self, account: Account) -> bool: ...


class EraseTx(Protocol):
    async def erase(self, accounts: Sequence[Account], now: datetime) -> None: ...

    async def erase_persons(self, who: Principal, accounts: Sequence[Account], now: datetime) -> int: ...


class ForgetTx(Tx, EraseTx, Protocol):
    async def under_way(self, accounts: Sequence[Account], real: datetime) -> set[Account]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


async def kept(tx: Tx, account: Account) -> dict[str, int]:
    """How much there is of each kind that goes; DomainError("retention/staff")."""
    if (await tx.principal(account)).is_staff:
        raise DomainError("retention/staff", account=str(account))
    stays = {LOG} if await tx.was_staff(account) else set()
    return {kind: count for kind, count in (await tx.kept_of(account)).items() if count and kind not in stays}


async def forget(tx: ForgetTx, who: Principal, account: Account, now: datetime, real: datetime) -> dict[str, int]:
    """What was erased; nothing the second time. DomainError retention/staff, retention/under_way."""
    found = await kept(tx, account)
    if not found:
        return {}
    if await tx.under_way([account], real):
        raise DomainError("retention/under_way", account=str(account))
    await erase(tx, who, [account], now)
    await tx.audit(who, "retention.forget", "retention", found, now)
    return found


async def erase(tx: EraseTx, who: Principal, accounts: Sequence[Account], now: datetime) -> None:
    await tx.erase(accounts, now)
    await tx.erase_persons(who, accounts, now)


def wordless(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of a push without what somebody wrote in it or whom it names; the rest still tells what it was."""
    return {name: "" if name in WORDS and isinstance(said, str) else said for name, said in facts.items()}
