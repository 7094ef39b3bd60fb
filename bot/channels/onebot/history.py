"""Looking for a message of our own in a conversation's history (NapCat, Lagrange, go-cqhttp)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from nonebot.adapters.onebot.v11 import Bot

from bot.channels import Sighting
from bot.channels.onebot.call import call
from bot.channels.onebot.marks import is_of_this_run, is_own, text_of
from core.pushes.models import Target

PAGE = 50  # go-cqhttp gives 19 whatever is asked
PAGES = 20
PATIENCE = 10.0  # seconds a page
SKEW = timedelta(minutes=5)  # our clock and the platform's may differ: look further back than the attempt
# What is older bears the same mark by chance: of a database before this one. So wide because, where the clocks
# differ by hours, ours would be taken for such a one and sent twice.
OLDEST = timedelta(hours=24)
Message = Mapping[str, Any]
_ASKED = {"group": ("get_group_msg_history", "group_id"), "private": ("get_friend_msg_history", "user_id")}


async def search(bot: Bot, target: Target, mark: str, since: datetime) -> tuple[Sighting, Message]:
    """Pages from the newest backwards until the attempt's moment is covered; with what was found. Absence counts
    only where newer messages are shown, whoever wrote them: a history that stands still says nothing. Raises
    call.FAILURES."""
    action, peer = _ASKED[target.place]
    older: dict[str, Any] = {}
    newer = strange = False
    for _ in range(PAGES):
        params = {peer: int(target.id), "count": PAGE, **older}
        page = (await call(bot, action, timeout=PATIENCE, **params) or {}).get("messages") or []
        marked = [one for one in page if _is_own(bot, one) and text_of(one).rstrip().endswith(mark)]
        for one in marked:
            if is_of_this_run(text_of(one)) and _at(one) >= since - OLDEST:
                return Sighting.FOUND, one
        strange = strange or any(_at(one) >= since - SKEW for one in marked)
        newer = newer or any(_at(message) > since for message in page)
        oldest: dict[str, Any] = min(page, key=_at, default={})
        turned = _older_than(oldest)
        if not page or _at(oldest) < since - SKEW or turned == older:  # or the history has no older message
            return (Sighting.ABSENT if newer and not strange else Sighting.UNCLEAR), {}
        older = turned
    return Sighting.UNCLEAR, {}


def _older_than(message: dict[str, Any]) -> dict[str, Any]:
    """How to ask for the page that ends with it: Lagrange wants its id, the others its sequence; NapCat pages
    towards now unless told otherwise."""
    ident, sequence = message.get("message_id"), message.get("message_seq") or message.get("message_id")
    return {"message_seq": sequence, "message_id": ident, "reverseOrder": True}


def _is_own(bot: Bot, message: Message) -> bool:
    sender = message.get("sender") or {}
    return is_own(message.get("user_id") or sender.get("user_id"), bot.self_id)


def _at(message: Message) -> datetime:
    return datetime.fromtimestamp(int(message["time"]), UTC)
