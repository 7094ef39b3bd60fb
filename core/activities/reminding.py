"""提醒 开/关: whether an account is reminded in private of what its labs have not reported or signed for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from core.access import Principal
from core.errors import DomainError

_ON: Final = {"开", "打开", "开启", "开通", "恢复", "启用", "需要", "on"}
_OFF: Final = {
    *("关", "关闭", "关掉", "停", "停止", "停用", "取消", "暂停"),
    *("不要", "不要再", "别再", "不需要", "退订", "off"),
}


class Tx(Protocol):
    async def wants_reminders(self, who: Principal) -> bool: ...

    async def set_reminders(self, who: Principal, on: bool, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Reminders:
    """`asked`: it was only asked how it stands; else it is so from now on."""

    on: bool
    asked: bool


def wish_of(words: Sequence[str]) -> bool | None:
    """Whether they are wanted, None where that is asked; DomainError("activities/reminder_form") otherwise."""
    said = [word for word in words if word not in ("状态", "情况")]
    odd = [word for word in said if word not in _ON | _OFF]
    wishes = {word in _ON for word in said}
    if odd or len(wishes) > 1:
        raise DomainError("activities/reminder_form", word="、".join(odd or said))
    return wishes.pop() if wishes else None


async def reminders(tx: Tx, who: Principal, wish: bool | None, now: datetime) -> Reminders:
    """Whoever never said anything is reminded."""
    if wish is None:
        return Reminders(await tx.wants_reminders(who), asked=True)
    await tx.set_reminders(who, wish, now)
    for lab in sorted(who.labs):
        await tx.audit(who, "activities.reminders", f"lab:{lab}", {"on": wish}, now)
    return Reminders(wish, asked=False)
