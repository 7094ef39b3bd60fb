"""``POST /say``: from what a test writes down to the message event that NapCat would push."""

from dataclasses import dataclass, replace

from tests.fakeqq.events import group_notice, pushed
from tests.fakeqq.files import take
from tests.fakeqq.segments import segment
from tests.fakeqq.wire import Json
from tests.fakeqq.world import World


@dataclass(frozen=True)
class Saying:
    """``group`` with ``sub_type`` "group" is the group through which a stranger writes in private.

    ``unresolved``: NapCat can't find this user again afterwards (its issue #1794).
    """

    user: int
    text: str = ""
    group: int | None = None
    at_me: bool = False
    segments: list[Json] | None = None
    message_id: int | None = None
    time: float | None = None
    sub_type: str | None = None
    card: str | None = None
    reply_to: int | None = None
    queue: bool = False
    unresolved: bool = False


def say(world: World, item: Saying, now: float) -> Json:
    """Puts it into history and returns the event to push. Errors: ValueError in words."""
    if item.group is not None and item.sub_type != "group":
        _group_card(world, item, item.group, now)
        return pushed(_hear(world, item, now, group=item.group), item.group)
    temp = _temp_group(world, item)
    if temp is None:
        if item.user not in world.people.friends:
            world.befriend([{"user_id": item.user}])
    else:
        world.temp[item.user] = temp
    if item.unresolved:
        world.people.unresolved.add(item.user)
    return pushed(_hear(world, item, now, temp_group=temp), world.self_id)


def _hear(
    world: World, item: Saying, now: float, *, group: int | None = None, temp_group: int | None = None
) -> Json:
    return world.hear(
        item.user,
        _segments(world, item),
        now if item.time is None else item.time,
        message_id=item.message_id,
        group=group,
        temp_group=temp_group,
        card=item.card,
    )


def _segments(world: World, item: Saying) -> list[Json]:
    out = take(world, item.segments or [])
    if item.text:
        out.append(segment("text", text=f" {item.text}" if item.at_me and not out else item.text))
    if item.at_me:
        out.insert(0, segment("at", qq=str(world.self_id)))
    if item.reply_to is not None:
        out.insert(0, segment("reply", id=str(item.reply_to)))
    if not out:
        raise ValueError("nothing said: give text, segments or at_me")
    return out


def _temp_group(world: World, item: Saying) -> int | None:
    """None for a friend. Saying ``sub_type`` "friend" makes the user one."""
    if item.sub_type == "friend" or (item.sub_type is None and item.user in world.people.friends):
        return None
    if item.sub_type not in (None, "group"):
        raise ValueError(f"sub_type {item.sub_type!r} is neither friend nor group")
    group = item.group or world.temp.get(item.user) or world.people.shared_group(item.user)
    if group is None:
        raise ValueError(f"{item.user} is no friend and in no group: POST /friends, or say sub_type friend")
    return group


def _group_card(world: World, item: Saying, group_id: int, now: float) -> None:
    """NapCat notices a changed card with the member's next message, and tells the bot of it."""
    group = world.people.groups.get(group_id)
    if group is None:
        raise ValueError(f"the account is not in group {group_id}: POST /groups first")
    member = group.members.get(item.user)
    if member is None:
        return
    card = member.card if item.card is None else item.card
    group.members[item.user] = replace(member, card=card, last_sent_time=int(now))
    if card != member.card:
        cards = {"card_new": card, "card_old": member.card}
        world.notices.append(group_notice(world.self_id, now, "group_card", group_id, item.user, **cards))
