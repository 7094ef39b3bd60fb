"""The actions that are answered at once. Sending and reading history, which faults touch, are in ``desk``."""

from collections.abc import Callable

from tests.fakeqq.events import friend_notice, group_notice
from tests.fakeqq.files import get_file
from tests.fakeqq.people import Group, friend_json, group_json, member_json
from tests.fakeqq.recalling import recall
from tests.fakeqq.sending import at_all_json
from tests.fakeqq.wire import NOT_RECALLED, ActionError, Json, needed, number
from tests.fakeqq.world import World

Action = Callable[[World, Json, float], object]
NO_GROUP = (
    "Timeout: NTEvent serviceAndMethod:NodeIKernelGroupService/getGroupDetailInfo "
    "ListenerName:NodeIKernelGroupListener/onGroupDetailInfoChange EventRet:\n{}\n"
)


def login_info(world: World, params: Json, now: float) -> Json:
    return {"user_id": world.self_id, "nickname": world.people.nickname}


def version_info(world: World, params: Json, now: float) -> Json:
    return {"app_name": "NapCat.Onebot", "protocol_version": "v11", "app_version": "4.18.0"}


def status(world: World, params: Json, now: float) -> Json:
    return {"online": world.online, "good": True, "stat": {}}


def group_list(world: World, params: Json, now: float) -> list[Json]:
    return [group_json(group) for group in world.people.groups.values()]


def friend_list(world: World, params: Json, now: float) -> list[Json]:
    return [friend_json(friend) for friend in world.people.friends.values()]


def find_group(world: World, params: Json, absent: str) -> Group:
    group = world.people.groups.get(needed(params, "group_id"))
    if group is None:
        raise ActionError(absent)
    return group


def group_info(world: World, params: Json, now: float) -> Json:
    return group_json(find_group(world, params, NO_GROUP))


def at_all_remain(world: World, params: Json, now: float) -> Json:
    return at_all_json(world, find_group(world, params, NO_GROUP))


def members(world: World, params: Json) -> list[Json]:
    absent = f"Failed to get group member list for group {params.get('group_id')}"
    group = find_group(world, params, absent)
    return [member_json(group.group_id, member) for member in group.members.values()]


def no_member(group: int, user: int) -> str:
    return f"群({group})成员{user}不存在"


def member_info(world: World, params: Json) -> Json:
    user, group = needed(params, "user_id"), needed(params, "group_id")
    if not world.people.resolves(user):
        raise ActionError(f"Uin2Uid Error: 用户ID {user} 不存在")
    absent = no_member(group, user)
    member = find_group(world, params, absent).members.get(user)
    if member is None:
        raise ActionError(absent)
    return member_json(group, member)


def stranger_info(world: World, params: Json, now: float) -> Json:
    user = needed(params, "user_id")
    friend = world.people.friends.get(user)
    return {
        "user_id": user,
        "uid": f"u_{user}",
        "nickname": world.people.name(user),
        "age": 0,
        "qid": "",
        "qqLevel": 0,
        "sex": "unknown",
        "long_nick": "",
        "reg_time": 0,
        "is_vip": False,
        "is_years_vip": False,
        "vip_level": 0,
        "remark": friend.remark if friend else "",
        "status": 20,
        "login_days": 0,
    }


def get_msg(world: World, params: Json, now: float) -> Json:
    line = world.talk.by_id.get(number(params, "message_id") or 0)
    if line is None or line.recalled:
        raise ActionError("消息不存在")
    return line.event | {"emoji_likes_list": []}


def delete_msg(world: World, params: Json, now: float) -> None:
    message_id = number(params, "message_id") or 0
    if message_id not in world.talk.by_id:
        raise ActionError("Recall failed")
    if not recall(world, message_id, world.self_id, now):
        raise ActionError(NOT_RECALLED)


def kick(world: World, params: Json, now: float) -> None:
    """NapCat doesn't look at QQ's answer: without the right to remove, it is ok all the same."""
    user, group_id = needed(params, "user_id"), needed(params, "group_id")
    if not world.people.resolves(user):
        raise ActionError("get Uid Error")
    group = world.people.groups.get(group_id)
    if group is None or not world.people.may_remove(group, user):
        return
    del group.members[user]
    more = {"operator_id": world.self_id, "sub_type": "kick"}
    world.notices.append(group_notice(world.self_id, now, "group_decrease", group_id, user, **more))


def _request(world: World, params: Json, kind: str) -> tuple[Json, bool]:
    flag = str(params.get("flag", ""))
    event = world.requests.get(flag)
    if event is None or event["request_type"] != kind:
        raise ActionError("No such request")
    approve = str(params.get("approve")).lower() != "false"
    world.answered.append(world.requests.pop(flag) | {"approve": approve})
    return event, approve


def answer_friend(world: World, params: Json, now: float) -> None:
    event, approve = _request(world, params, "friend")
    if approve:
        user = int(event["user_id"])
        world.befriend([{"user_id": user, "remark": str(params.get("remark") or "")}])
        world.notices.append(friend_notice(world.self_id, now, "friend_add", user))


def answer_group(world: World, params: Json, now: float) -> None:
    """An approved invitation makes the account a member itself."""
    event, approve = _request(world, params, "group")
    if not approve:
        return
    group_id = int(event["group_id"])
    joiner = world.self_id if event["sub_type"] == "invite" else int(event["user_id"])
    if group_id not in world.people.groups:
        world.people.put_groups([{"group_id": group_id, "self_role": "member"}])
    world.people.put_members(world.people.groups[group_id], [{"user_id": joiner}])
    more = {"operator_id": world.self_id, "sub_type": event["sub_type"].replace("add", "approve")}
    world.notices.append(group_notice(world.self_id, now, "group_increase", group_id, joiner, **more))


ACTIONS: dict[str, Action] = {
    "get_login_info": login_info,
    "get_version_info": version_info,
    "get_status": status,
    "get_group_list": group_list,
    "get_friend_list": friend_list,
    "get_group_info": group_info,
    "get_group_at_all_remain": at_all_remain,
    "get_stranger_info": stranger_info,
    "get_msg": get_msg,
    "get_file": get_file,
    "delete_msg": delete_msg,
    "set_group_kick": kick,
    "set_friend_add_request": answer_friend,
    "set_group_add_request": answer_group,
}
