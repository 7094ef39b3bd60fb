"""@全体: at most so often a day and group, and only for admins; so the quota is asked first (architecture §4)."""

from nonebot.adapters.onebot.v11 import Bot

from bot.channels.onebot.call import FAILURES, call

TIMEOUT = 10.0
SPENT, DENIED, UNKNOWN = "今日次数已用完", "本账号在该群无权@全体", "未能查询剩余次数"


async def why_not(bot: Bot, group_id: int) -> str:
    """Empty if @全体 is possible there now; else why not, in words for staff."""
    try:
        found = await call(bot, "get_group_at_all_remain", TIMEOUT, group_id=group_id)
    except FAILURES:
        return UNKNOWN
    if not isinstance(found, dict) or "can_at_all" not in found:
        return UNKNOWN
    left = [found.get(f"remain_at_all_count_for_{whose}") for whose in ("group", "uin")]
    if any(isinstance(count, int) and count <= 0 for count in left):
        return SPENT
    return "" if found["can_at_all"] is True else DENIED
