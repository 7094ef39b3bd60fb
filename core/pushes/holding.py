"""暂停推送 and 恢复推送: anybody on the staff may stop all sending; to go on, what waits is shown first."""

from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.errors import DomainError
from core.pushes.hold import Hold
from core.pushes.spread import SpreadTx, spread
from core.pushes.use import ExpandTx, expand_next

LONGEST_REASON = 100


class PauseTx(Protocol):
    async def hold(self) -> Hold | None: ...

    async def set_hold(self, hold: Hold) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class ResumeTx(PauseTx, SpreadTx, ExpandTx, Protocol):
    async def doubt_restored(self, now: datetime) -> int: ...

    async def release_hold(self) -> bool: ...


async def pause(tx: PauseTx, who: Principal, reason: str, now: datetime) -> tuple[Hold, bool]:
    """The hold that now stands, and whether it is a new one."""
    if (standing := await tx.hold()) is not None:
        await tx.audit(who, "pushes.pause", "pushes", {"again": True}, now)
        return standing, False
    new = Hold(now, str(who.account), reason=reason[:LONGEST_REASON])
    await tx.set_hold(new)
    await tx.audit(who, "pushes.pause", "pushes", {}, now)  # the reason may name somebody
    return new, True


async def held(tx: PauseTx) -> Hold:
    """The hold that stands; DomainError("pushes/not_held")."""
    if (standing := await tx.hold()) is None:
        raise DomainError("pushes/not_held")
    return standing


async def resume(tx: ResumeTx, who: Principal, now: datetime, persons: int) -> None:
    """Sending goes on. After a restore nothing that came due until now goes by itself, whoever it is for:
    what the tick has not yet written is written here. `persons`: so many a push at most."""
    if (await held(tx)).backup_at is not None:
        while await expand_next(tx, now):
            pass
        while await tx.spreading(now):
            await spread(tx, now, persons)
        await tx.doubt_restored(now)
    await tx.release_hold()
    await tx.audit(who, "pushes.resume", "pushes", {}, now)
