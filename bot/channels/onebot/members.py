"""Who is in a group, as the OneBot implementations tell it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from loguru import logger
from nonebot.adapters.onebot.v11 import Bot

from bot.channels.onebot.call import FAILURES, call
from bot.channels.onebot.classify import classify
from bot.channels.onebot.receive import PLATFORM
from bot.channels.onebot.send import OneBotChannel
from core.members.departures import Listed
from core.members.member import Member

_ROLES: Final = frozenset({"owner", "admin", "member"})
_OFFICIAL: Final = range(2_854_196_301, 2_854_216_400)  # QQ's own robots, such as Q群管家
_MOMENTS: Final = range(1, 2**32)


class OneBotMembers:
    """The lists of members that the connected account can see."""

    platform = PLATFORM

    def __init__(self, channel: OneBotChannel) -> None:
        self.channel = channel

    def connection(self) -> object | None:
        """Another object after each new connection; None while there is none."""
        return self.channel.bot()

    async def members(self, group: str, pause: float) -> Listed | None:
        """None if the list can't be read whole. NapCat answers `no_cache` with its old list and renews it
        behind: so that is asked first, and what is believed is the answer after the pause."""
        bot = self.channel.bot()
        if bot is None:
            return None
        try:
            await call(bot, "get_group_member_list", group_id=int(group), no_cache=True)
            await asyncio.sleep(pause)
            rows = await call(bot, "get_group_member_list", group_id=int(group), no_cache=False)
        except FAILURES as fault:
            logger.warning("members of {}:{} not readable: {}", PLATFORM, group, classify(fault)[1])
            return None
        found = parse_members(rows, bot.self_id)
        return None if found is None else Listed(found, await _is_complete(bot, group, len(found)))


async def _is_complete(bot: Bot, group: str, count: int) -> bool:
    """Asked after the list: whoever left meanwhile makes it none the less complete, whoever came makes it
    doubtful."""
    try:
        told = await call(bot, "get_group_info", group_id=int(group), no_cache=True)
    except FAILURES:
        return False
    said = told.get("member_count") if isinstance(told, Mapping) else None
    return isinstance(said, int) and 0 < said <= count


def parse_members(rows: object, own: str) -> list[Member] | None:
    """The members in a `get_group_member_list`; None if any row lacks who it is, the card or the role.
    A card that is there and null is an empty one (Lagrange). `own` is our account, a robot."""
    if not isinstance(rows, list):
        return None
    found: dict[str, Member] = {}
    for row in rows:
        if not (isinstance(row, Mapping) and row.get("user_id") and "card" in row and row.get("role") in _ROLES):
            return None
        member = _member(row, own)
        found[member.account] = member
    return list(found.values())


def _member(row: Mapping[str, Any], own: str) -> Member:
    account = str(row["user_id"])
    robot = row.get("is_robot") is True or account == own or is_official(account)
    role = "robot" if robot else str(row["role"])
    card, nickname = (str(row.get(name) or "").replace("\0", "") for name in ("card", "nickname"))
    return Member(account, card, nickname, role, _moment(row.get("join_time")))


def is_official(account: str) -> bool:
    """A robot of QQ itself."""
    return account.isdecimal() and int(account) in _OFFICIAL


def _moment(value: object) -> datetime | None:
    known = isinstance(value, int) and value in _MOMENTS
    return datetime.fromtimestamp(value, UTC) if known else None  # type: ignore[arg-type]
