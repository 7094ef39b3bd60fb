"""Who asks to be a friend: only friends can be told what is private (domain §2)."""

from collections.abc import Sequence

from loguru import logger
from nonebot.adapters.onebot.v11 import ActionFailed, Bot, FriendRequestEvent

from bot.channels.onebot.call import FAILURES, call
from bot.channels.onebot.classify import classify

MOST = 20  # groups asked for one request


async def befriend(bot: Bot, event: FriendRequestEvent, groups: Sequence[str], known: bool | None) -> bool:
    """Accept a member of one of our managed `groups`; whoever else asks is left for people, never refused.

    `known`: what the stored member lists say. Only a yes is believed at once: most people add us right after
    they joined, which no list knows yet. NapCat tells of some requests twice: the second time it is False.
    """
    try:
        if not (known or await _is_member(bot, event.user_id, groups)):
            logger.info("a friend request is left for people")
            return False
        await call(bot, "set_friend_add_request", flag=event.flag, approve=True)
    except FAILURES as fault:
        logger.warning("a friend request was not accepted: {}", classify(fault)[0].name)
        return False
    return True


async def _is_member(bot: Bot, user_id: int, groups: Sequence[str]) -> bool:
    """A group that can't be asked says nothing, and nothing is no yes."""
    for group in groups[:MOST]:
        try:
            found = await call(bot, "get_group_member_info", group_id=int(group), user_id=user_id, no_cache=False)
        except ActionFailed:
            continue
        if str((found or {}).get("user_id")) == str(user_id):
            return True
    return False
