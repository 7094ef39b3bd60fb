"""Taking messages back: who may, and what the bot is told of it."""

from tests.fakeqq.events import friend_notice, group_notice
from tests.fakeqq.talk import Line
from tests.fakeqq.wire import Json
from tests.fakeqq.world import World


def recall(world: World, message_id: int, by: int | None, now: float) -> bool:
    """``by``: None for the author. True if it is gone now; the notice to the bot is left in ``notices``."""
    line = world.talk.by_id.get(message_id)
    if line is None or line.recalled:
        return False
    operator = int(line.event["user_id"]) if by is None else by
    if not _may(world, line, operator):
        return False
    world.talk.recall(line, operator)
    world.notices.append(_notice(world.self_id, line, now))
    return True


def recalled(world: World) -> list[Json]:
    """All that is gone, whoever had said it."""
    return [
        {"conversation": line.conversation, "operator_id": line.recalled, "text": line.event["raw_message"]}
        | {key: line.event[key] for key in ("message_id", "user_id")}
        for line in world.talk.by_id.values()
        if line.recalled
    ]


def _may(world: World, line: Line, operator: int) -> bool:
    """Own messages, and in a group those of members one stands above (NapCat's issue #1173)."""
    author, (kind, _, peer) = line.event["user_id"], line.conversation.partition(":")
    if kind == "private":
        return bool(author == operator)
    group = world.people.groups.get(int(peer))
    if group is None or operator not in group.members:
        return False
    return author == operator or group.rank(operator) > group.rank(author)


def _notice(self_id: int, line: Line, now: float) -> Json:
    (kind, _, peer), author = line.conversation.partition(":"), line.event["user_id"]
    gone = line.event["message_id"]
    if kind == "private":
        return friend_notice(self_id, now, "friend_recall", author, message_id=gone)
    more = {"operator_id": line.recalled, "message_id": gone}
    return group_notice(self_id, now, "group_recall", int(peer), author, **more)
