"""Who takes part in the tests of the fake itself."""

GROUP, OTHER, FRIEND, MEMBER, OWNER, STRANGER = 700, 701, 300, 301, 302, 999
SCENE = {
    "groups": [
        {
            "group_id": GROUP,
            "group_name": "合肥质评群",
            "members": [
                {"user_id": FRIEND, "nickname": "小明", "card": "合肥一院-张三"},
                {"user_id": MEMBER, "nickname": "小红", "card": ""},
                {"user_id": OWNER, "nickname": "群主", "role": "owner"},
            ],
        },
        {"group_id": OTHER, "group_name": "淮南质评群", "self_role": "member"},
    ],
    "friends": [{"user_id": FRIEND, "nickname": "小明"}],
}
