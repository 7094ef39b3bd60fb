"""From a send action to what would be shown, or to the text with which NapCat declines it."""

import hashlib
from dataclasses import dataclass

from tests.fakeqq.files import fetch
from tests.fakeqq.people import Group
from tests.fakeqq.segments import normal, segment
from tests.fakeqq.wire import NO_FILE, NOT_A_FRIEND, NOT_IN_GROUP, ActionError, Json, needed, number, truth
from tests.fakeqq.world import World

MODES = {"send_msg": None, "send_group_msg": "group", "send_private_msg": "private"}
UPLOADS = {"upload_group_file": "group_id", "upload_private_file": "user_id"}
ACTIONS = (*MODES, *UPLOADS)


@dataclass(frozen=True)
class Draft:
    """``file_id``: set for an upload, and then it is the answer; ``content`` is what was uploaded."""

    conversation: str
    segments: list[Json]
    as_string: bool = False
    file_id: str | None = None
    content: bytes = b""


def draft(world: World, action: str, params: Json) -> Draft:
    if action in UPLOADS:
        return _upload(world, action, params)
    conversation = _peer(world, params, MODES[action] or params.get("message_type"))
    message = params.get("message")
    segments = normal(message, truth(params, "auto_escape"))
    _check(world, conversation, segments)
    return Draft(conversation, segments, as_string=isinstance(message, str))


def _upload(world: World, action: str, params: Json) -> Draft:
    """A private talk that came about through a group takes no files (NapCat's issue #1382)."""
    peer = needed(params, UPLOADS[action])
    if action == "upload_group_file":
        conversation = _group(world, peer)
    elif peer not in world.people.friends and peer in world.temp:
        raise ActionError(NO_FILE)
    else:
        conversation = _private(world, peer, None)
    source = str(params.get("file") or "")
    content = fetch(source)
    name = str(params.get("name") or source.rpartition("/")[2])
    file_id = "/" + hashlib.md5(f"{conversation}/{name}".encode(), usedforsecurity=False).hexdigest()
    item = segment("file", file=name, file_id=file_id, file_size=str(len(content)))
    return Draft(conversation, [item], file_id=file_id, content=content)


def _peer(world: World, params: Json, mode: str | None) -> str:
    """NapCat's action/msg/SendMsg.ts createContext: without a type the group goes first."""
    group, user = number(params, "group_id"), number(params, "user_id")
    if mode != "private" and group:
        return _group(world, group)
    if mode != "group" and user:
        return _private(world, user, group)
    if mode == "private" and group:
        raise ActionError("当前私聊发送,请指定 user_id 而不是 group_id")
    if mode == "group" and user:
        raise ActionError("当前群聊发送,请指定 group_id 而不是 user_id")
    raise ActionError("请指定正确的 group_id 或 user_id")


def _group(world: World, group: int) -> str:
    if group not in world.people.groups:
        raise ActionError(NOT_IN_GROUP)
    return f"group:{group}"


def _private(world: World, user: int, group: int | None) -> str:
    """A trap of NapCat kept here: a user it can't resolve, with a group_id beside, is answered in the group."""
    if not world.people.resolves(user):
        if group:
            return _group(world, group)
        raise ActionError("无法获取用户信息")
    if user not in world.people.friends and user not in world.temp:
        raise ActionError(NOT_A_FRIEND)
    return f"private:{user}"


def _check(world: World, conversation: str, segments: list[Json]) -> None:
    sendable = [item for item in segments if item["type"] != "text" or item["data"]["text"]]
    if not sendable:
        raise ActionError("消息体无法解析, 请检查是否发送了不支持的消息类型")
    if not conversation.startswith("group:"):
        return
    for item in sendable:
        who = str(item["data"].get("qq", "")) if item["type"] == "at" else "all"
        if who != "all" and not (who.isdigit() and world.people.resolves(int(who))):
            raise ActionError("Get Uid Error")  # NapCat's issue #1033


def spend_at_all(world: World, item: Draft) -> None:
    """One @全体 less for today, once the message is out."""
    kind, _, peer = item.conversation.partition(":")
    if kind == "group" and any(s["type"] == "at" and s["data"].get("qq") == "all" for s in item.segments):
        group = world.people.groups[int(peer)]
        group.at_all_remain = max(0, group.at_all_remain - 1)


def at_all_json(world: World, group: Group) -> Json:
    remain = group.at_all_remain if group.rank(world.self_id) else 0
    return {
        "can_at_all": remain > 0,
        "remain_at_all_count_for_group": remain,
        "remain_at_all_count_for_uin": remain,
    }
