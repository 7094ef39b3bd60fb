"""What is taken back, and the files that are handed over."""

import base64
import hashlib
from pathlib import Path

import pytest

from tests.fakeqq.cast import FRIEND, GROUP, MEMBER, OTHER, OWNER, STRANGER
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import Bot

FILE = base64.b64encode(b"PK workbook").decode()


async def test_an_admin_recalls_a_members_message(qq: FakeQQ, bot: Bot) -> None:
    message_id = await qq.say("我的编码是 0340101", user=MEMBER, group=GROUP)
    await bot.event()
    assert (await bot.call("delete_msg", message_id=message_id))["status"] == "ok"
    notice = await bot.event()
    wanted = {"notice_type": "group_recall", "group_id": GROUP, "user_id": MEMBER, "operator_id": 10001}
    assert wanted.items() <= notice.items()
    assert notice["message_id"] == message_id
    assert await qq.recalled() == [
        {
            "conversation": f"group:{GROUP}",
            "operator_id": 10001,
            "text": "我的编码是 0340101",
            "message_id": message_id,
            "user_id": MEMBER,
        }
    ]
    assert (await bot.call("get_group_msg_history", group_id=GROUP))["status"] == "failed"  # nothing left


@pytest.mark.parametrize(
    ("user", "group", "self_role"),
    [(OWNER, GROUP, "admin"), (MEMBER, GROUP, "member"), (FRIEND, None, "admin")],
    ids=["the owner's, as admin", "a member's, as member", "the other side's in private"],
)
async def test_what_it_may_not_recall_stays(
    qq: FakeQQ, bot: Bot, user: int, group: int | None, self_role: str
) -> None:
    await qq.groups({"group_id": GROUP, "self_role": self_role})
    message_id = await qq.say("你好", user=user, group=group)
    reply = await bot.call("delete_msg", message_id=message_id)
    assert reply["retcode"] == 1200
    assert reply["message"].startswith("Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/recallMsg")
    assert await qq.recalled() == []


async def test_an_owner_recalls_an_admins_message(qq: FakeQQ, bot: Bot) -> None:
    await qq.groups({"group_id": GROUP, "self_role": "owner", "members": [{"user_id": MEMBER, "role": "admin"}]})
    message_id = await qq.say("你好", user=MEMBER, group=GROUP)
    assert (await bot.call("delete_msg", message_id=message_id))["status"] == "ok"


async def test_own_messages_are_recalled_as_plain_member_too_but_once(qq: FakeQQ, bot: Bot) -> None:
    sent = (await bot.send("您好", group=OTHER))["data"]
    assert (await bot.call("delete_msg", **sent))["status"] == "ok"
    assert (await qq.shown())[0]["recalled"] is True
    assert (await bot.call("delete_msg", **sent))["retcode"] == 1200
    assert (await bot.call("delete_msg", message_id=1))["message"] == "Recall failed"


async def test_people_recall_their_own_and_admins_those_of_the_bot(qq: FakeQQ, bot: Bot) -> None:
    sent = (await bot.send("您好", group=GROUP))["data"]["message_id"]
    said = await qq.say("说错了", user=MEMBER, group=GROUP)
    await bot.event()
    with pytest.raises(ValueError, match="may not recall"):
        await qq.recall(sent, by=MEMBER)
    await qq.recall(said)
    await qq.recall(sent, by=OWNER)
    first, second = await bot.event(), await bot.event()
    assert (first["user_id"], first["operator_id"]) == (MEMBER, MEMBER)
    assert (second["user_id"], second["operator_id"]) == (10001, OWNER)
    assert (await qq.shown())[0]["recalled"] is True


@pytest.mark.parametrize("kind", ["base64", "path", "file"])
async def test_a_file_handed_over_can_be_opened(qq: FakeQQ, bot: Bot, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a b.xlsx"
    path.write_bytes(b"PK workbook")
    source = {"base64": f"base64://{FILE}", "path": str(path), "file": f"file://{path}".replace(" ", "%20")}[kind]
    await bot.call("upload_private_file", user_id=FRIEND, file=source, name="未上报.xlsx")
    file = await qq.wait_file("未上报", user=FRIEND)
    assert (file.name, file.size, file.content) == ("未上报.xlsx", 11, b"PK workbook")
    assert file.sha256 == hashlib.sha256(b"PK workbook").hexdigest()
    assert file.conversation == f"private:{FRIEND}"
    (entry,) = await qq.shown()
    assert entry["text"] == "[文件]未上报.xlsx"
    assert FILE not in str(entry)  # the record of what was shown stays small


async def test_files_stand_under_the_same_faults_as_messages(qq: FakeQQ, bot: Bot) -> None:
    await qq.fault(f"private:{FRIEND}", "timeout_shown")
    await qq.fault(f"private:{FRIEND}", "timeout_hidden")
    for name in ("甲.xlsx", "乙.xlsx"):
        reply = await bot.call("upload_private_file", user_id=FRIEND, file=f"base64://{FILE}", name=name)
        assert reply["message"].startswith("Timeout")
    assert [file.name for file in await qq.files()] == ["甲.xlsx"]


@pytest.mark.parametrize(
    ("action", "params", "words"),
    [
        ("upload_group_file", {"group_id": 1, "file": f"base64://{FILE}"}, "你已被移出该群"),
        ("upload_private_file", {"user_id": MEMBER, "file": f"base64://{FILE}"}, "rich media transfer failed"),
        ("upload_private_file", {"user_id": OWNER, "file": f"base64://{FILE}"}, "请先添加对方为好友"),
        ("upload_private_file", {"user_id": STRANGER, "file": f"base64://{FILE}"}, "无法获取用户信息"),
        ("upload_private_file", {"user_id": FRIEND, "file": "nowhere.xlsx"}, "识别URL失败"),
        ("upload_private_file", {"user_id": FRIEND, "file": "file:///nowhere.xlsx"}, "ENOENT"),
        ("upload_private_file", {"user_id": FRIEND, "file": "base64://?"}, "base64"),
    ],
)
async def test_files_that_are_refused(
    qq: FakeQQ, bot: Bot, action: str, params: dict[str, object], words: str
) -> None:
    await qq.say("帮助", user=MEMBER)  # a talk through a group: it takes no files
    reply = await bot.call(action, name="a.xlsx", **params)
    assert (reply["retcode"], await qq.files()) == (1200, [])
    assert words in reply["message"]
