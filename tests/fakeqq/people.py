"""Who is there: groups, their members, friends; with the shapes NapCat gives them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tests.fakeqq.wire import Json

RANK = {"member": 0, "admin": 1, "owner": 2}


@dataclass(frozen=True)
class Member:
    user_id: int
    nickname: str = ""
    card: str = ""
    role: str = "member"
    is_robot: bool = False
    title: str = ""
    level: str = "1"
    join_time: int = 1_600_000_000
    last_sent_time: int = 0

    def __post_init__(self) -> None:
        if self.role not in RANK:
            raise ValueError(f"role {self.role!r} is none of {', '.join(RANK)}")


@dataclass(frozen=True)
class Friend:
    user_id: int
    nickname: str = ""
    remark: str = ""


@dataclass
class Group:
    group_id: int
    group_name: str
    max_member_count: int = 2000
    at_all_remain: int = 10
    members: dict[int, Member] = field(default_factory=dict)

    def rank(self, user: int) -> int:
        """0 for plain members and for those who left, 1 for admins, 2 for the owner."""
        return RANK[self.members[user].role] if user in self.members else 0


class People:
    """Everybody the account knows. ``load`` takes a scene: ``{"groups": […], "friends": […]}``."""

    def __init__(self, self_id: int, nickname: str) -> None:
        self.self_id = self_id
        self.nickname = nickname
        self.groups: dict[int, Group] = {}
        self.friends: dict[int, Friend] = {}
        self.seen: set[int] = set()
        self.unresolved: set[int] = set()

    def load(self, scene: Json) -> None:
        self.put_groups(scene.get("groups", []))
        self.put_friends(scene.get("friends", []))

    def put_groups(self, items: Iterable[Json]) -> None:
        """Adds or changes groups; the account itself is put in as ``self_role`` (default admin)."""
        for item in items:
            rest = dict(item)
            members, own_role = rest.pop("members", []), rest.pop("self_role", None)
            known = self.groups.get(int(rest["group_id"]))
            rest.setdefault("group_name", known.group_name if known else f"群{rest['group_id']}")
            group = replace(known, **rest) if known else Group(**rest)
            self.groups[group.group_id] = group
            if own_role or self.self_id not in group.members:
                own: Json = {"user_id": self.self_id, "nickname": self.nickname}
                self.put_members(group, [own | {"role": own_role or "admin"}])
            self.put_members(group, members)

    def put_members(self, group: Group, items: Iterable[Json]) -> list[int]:
        """Adds or changes members; returns the ids that are new."""
        new = []
        for item in items:
            user = int(item["user_id"])
            known = group.members.get(user)
            if known is None:
                new.append(user)
                item = {"nickname": f"用户{user}"} | item
            group.members[user] = replace(known, **item) if known else Member(**item)
            self.seen.add(user)
        return new

    def put_friends(self, items: Iterable[Json]) -> None:
        for item in items:
            friend = Friend(**item)
            named = friend if friend.nickname else replace(friend, nickname=self.name(friend.user_id))
            self.friends[friend.user_id] = named
            self.seen.add(friend.user_id)

    def resolves(self, user: int) -> bool:
        """Whether NapCat can turn the number into QQ's inner id; it can't for complete strangers."""
        return (user in self.seen or user == self.self_id) and user not in self.unresolved

    def name(self, user: int) -> str:
        if user == self.self_id:
            return self.nickname
        if user in self.friends:
            return self.friends[user].nickname
        found = (group.members[user].nickname for group in self.groups.values() if user in group.members)
        return next(found, f"用户{user}")

    def shared_group(self, user: int) -> int | None:
        return next((key for key, group in self.groups.items() if user in group.members), None)

    def may_remove(self, group: Group, user: int) -> bool:
        return user in group.members and group.rank(self.self_id) > group.rank(user)


def member_json(group_id: int, member: Member) -> Json:
    return {
        "group_id": group_id,
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
        "sex": "unknown",
        "age": 0,
        "area": "",
        "level": member.level,
        "qq_level": 0,
        "join_time": member.join_time,
        "last_sent_time": member.last_sent_time,
        "title_expire_time": 0,
        "unfriendly": False,
        "card_changeable": True,
        "is_robot": member.is_robot,
        "shut_up_timestamp": 0,
        "role": member.role,
        "title": member.title,
    }


def group_json(group: Group) -> Json:
    return {
        "group_all_shut": 0,
        "group_remark": "",
        "group_id": group.group_id,
        "group_name": group.group_name,
        "member_count": len(group.members),
        "max_member_count": group.max_member_count,
    }


def friend_json(friend: Friend) -> Json:
    return {
        "birthday_year": 0,
        "birthday_month": 0,
        "birthday_day": 0,
        "user_id": friend.user_id,
        "age": 0,
        "phone_num": "-",
        "email": "",
        "category_id": 0,
        "nickname": friend.nickname,
        "remark": friend.remark,
        "sex": "unknown",
        "level": 0,
    }
