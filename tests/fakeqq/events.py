"""Events as NapCat pushes them (post format ``array``), see api/msg.ts and event/ of NapNeko/NapCatQQ."""

from tests.fakeqq.people import People
from tests.fakeqq.segments import to_string
from tests.fakeqq.wire import Json


def message_event(
    people: People,
    *,
    user: int,
    segments: list[Json],
    now: float,
    message_id: int,
    real_seq: int,
    group: int | None = None,
    temp_group: int | None = None,
    card: str | None = None,
) -> Json:
    """A message as history returns it. ``temp_group``: a private talk that came about through that group."""
    own = user == people.self_id
    event: Json = {
        "self_id": people.self_id,
        "user_id": user,
        "time": int(now),
        "message_id": message_id,
        "message_seq": message_id,
        "real_id": message_id,
        "real_seq": str(real_seq),
        "message_type": "private" if group is None else "group",
        "sender": {"user_id": user, "nickname": people.name(user), "card": card or ""},
        "raw_message": to_string(segments),
        "font": 14,
        "sub_type": "friend",
        "message": segments,
        "message_format": "array",
        "post_type": "message_sent" if own else "message",
    }
    if own:
        event["message_sent_type"] = "self"
    if group is not None:
        _in_group(event, people, group, card)
    elif temp_group is not None:
        event |= {"sub_type": "group", "group_id": temp_group, "temp_source": 0}
    return event


def _in_group(event: Json, people: People, group_id: int, card: str | None) -> None:
    """Without the sender in the member list there is no role: NapCat could not look it up."""
    group = people.groups.get(group_id)
    event |= {"sub_type": "normal", "group_id": group_id, "group_name": group.group_name if group else ""}
    member = group.members.get(event["user_id"]) if group else None
    if member is not None:
        named = {"nickname": member.nickname, "card": member.card if card is None else card}
        event["sender"] |= named | {"role": member.role}


def pushed(event: Json, target: int) -> Json:
    """The same message as an event: own and friends' messages also say whom they went to."""
    if event["post_type"] == "message_sent" or (event["message_type"], event["sub_type"]) == (
        "private",
        "friend",
    ):
        return event | {"target_id": target}
    return event


def lifecycle(self_id: int, now: float) -> Json:
    return _meta(self_id, now, "lifecycle") | {"sub_type": "connect"}


def heartbeat(self_id: int, now: float, online: bool, interval: float) -> Json:
    """``interval`` is in seconds here and in milliseconds on the wire."""
    status = {"online": online, "good": True}
    return _meta(self_id, now, "heartbeat") | {"status": status, "interval": round(interval * 1000)}


def _meta(self_id: int, now: float, kind: str) -> Json:
    return {"time": int(now), "self_id": self_id, "post_type": "meta_event", "meta_event_type": kind}


def bot_offline(self_id: int, now: float, message: str) -> Json:
    event: Json = {"time": int(now), "self_id": self_id, "post_type": "notice", "notice_type": "bot_offline"}
    return event | {"user_id": self_id, "tag": "BotOfflineEvent", "message": message}


def group_notice(self_id: int, now: float, kind: str, group: int, user: int, **more: object) -> Json:
    event: Json = {"time": int(now), "self_id": self_id, "post_type": "notice"}
    return event | {"group_id": group, "user_id": user, "notice_type": kind} | more


def request_event(self_id: int, now: float, user: int, comment: str, flag: str) -> Json:
    event: Json = {"time": int(now), "self_id": self_id, "post_type": "request", "request_type": "friend"}
    return event | {"user_id": user, "comment": comment, "flag": flag}


def friend_notice(self_id: int, now: float, kind: str, user: int, **more: object) -> Json:
    event: Json = {"time": int(now), "self_id": self_id, "post_type": "notice", "notice_type": kind}
    return event | {"user_id": user} | more
