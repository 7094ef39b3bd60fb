"""通知: staff's own words to the groups, once, as written; 撤回; 收到."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.channels import Sighting
from bot.keys import binding_key
from core.access import Account, ManagedGroup
from core.access.codes import ALPHABET, digest
from core.notices.codes import alike, code_candidates, has_bind_code
from core.notices.text import tidy
from core.pushes.parts import marks_in
from core.pushes.states import Outcome, State
from db.audit import audit_log
from db.labs import lab
from db.pushes import heard, push
from db.unit import Database
from tests.bot.desk import CENTRE, EVERYTHING, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk
from tests.bot.test_deliverer import Line, Post, Sent

CODES = st.text(ALPHABET, min_size=12, max_size=12).filter(lambda c: not c.isdecimal() and not c.isalpha())
FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"


class Recalling(Line):
    """A channel that numbers what it sends and takes back what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.back: list[str] = []
        self.refuses: set[str] = set()

    async def send(self, target, text, at_all=False):  # type: ignore[no-untyped-def]
        said = await super().send(target, text, at_all)
        return Sent(said.outcome, said.words, f"m{len(self.sent)}" if said.outcome is Outcome.DELIVERED else "")

    async def take_back(self, target, message_id):  # type: ignore[no-untyped-def]
        self.back.append(message_id)
        return message_id not in self.refuses


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await Desk(db).open(*EVERYTHING), Recalling())


async def confirm(post: Post, preview: str, user: str = STAFF, group: str = "") -> str:
    code = preview.rsplit("确认 ", 1)[1][:4]
    return await post.desk.say(f"确认 {code}", user, group)


async def send(post: Post, words: str) -> str:
    return await confirm(post, await post.desk.say(words, STAFF))


# -- 通知


async def test_the_preview_shows_what_the_groups_get_line_by_line(post: Post) -> None:
    preview = await post.desk.say("通知 各位老师：\n明天 14:00 系统维护。", STAFF)
    assert preview.startswith(
        "【预览：通知】\n"
        "将发到全部 2 个群，每群 1 条消息。\n"
        "群里看到的内容（末尾另有通知编号）：\n"
        "——\n"
        "各位老师：\n"
        "明天 14:00 系统维护。\n"
        "——\n"
        "确认无误请回复：确认 "
    )
    assert await confirm(post, preview) == ("通知 26-0001 将陆续发到 2 个群。发送「投递 26-0001」查看结果。")
    assert await post.pass_time(seconds=5) == 2
    assert post.line.sent == [
        (GROUP, "各位老师：\n明天 14:00 系统维护。\n〔通知 26-0001-1〕"),
        (OFFICE, "各位老师：\n明天 14:00 系统维护。\n〔通知 26-0001-2〕"),
    ]
    assert post.line.at_all == [False, False]


@pytest.mark.parametrize("group", ["", OFFICE])
@pytest.mark.parametrize("before", ["通知 ", "/通知 ", "／通知\n"])
async def test_it_stays_as_typed_to_the_last_mark(post: Post, before: str, group: str) -> None:
    preview = await post.desk.say(f"{before}一、请核对。\n\n二、ＡＢＣ  谢谢！。", STAFF, group)
    assert "\n——\n一、请核对。\n\n二、ＡＢＣ  谢谢！。\n——\n" in preview
    assert (await confirm(post, preview, STAFF, group)).startswith("通知 26-0001 将陆续发到 2 个群。")


async def test_other_commands_are_confirmed_with_or_without_a_full_stop(post: Post) -> None:
    preview = await post.desk.say("分配 申请1 0340777。", STAFF)
    assert (await confirm(post, preview)).startswith("已分配")


async def test_it_is_written_down_who_sent_it(post: Post) -> None:
    await send(post, "通知 明天停电")
    rows = await post.desk.db.read(
        lambda tx: tx._all(select(audit_log).where(audit_log.c.action == "notices.send"))
    )
    assert [(row.actor, row.subject, row.detail) for row in rows] == [
        (f"qq:{STAFF}", "push:26-0001", {"groups": 2, "at_all": False, "characters": 4})
    ]


async def test_to_some_groups_and_with_all_called(post: Post) -> None:
    preview = await post.desk.say("通知 @一群 @全体 明天停电", STAFF)
    assert preview.startswith(
        "【预览：通知】\n"
        "将发到 1 个群：一群，每群 1 条消息。\n"
        "需要@全体：发送前查询各群当日剩余次数，用完的照常发送但不@。\n"
        "群里看到的内容（末尾另有通知编号）：\n——\n明天停电\n——\n"
    )
    await confirm(post, preview)
    assert await post.pass_time(seconds=5) == 1
    assert (post.line.sent, post.line.at_all) == ([(GROUP, "明天停电\n〔通知 26-0001-1〕")], [True])


async def test_all_are_called_at_most_once(post: Post) -> None:
    """Again where the first attempt surely was not shown, not where it may have been."""
    await send(post, "通知 @全体 @一群 明天停电")
    post.line.outcomes = [Sent(Outcome.NOT_SENT, "1200"), Sent(Outcome.UNKNOWN, "超时")]
    post.line.sighting = Sighting.ABSENT
    for seconds in (5, 40, 70, 5, 70):
        await post.pass_time(seconds=seconds)
    assert post.line.at_all == [True, True, False]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "通知",
            "还缺内容。请这样写：通知 @一群、二群 @全体 明天下午系统维护",
        ),
        ("通知 @一群", "通知没有内容。请这样写：通知 内容"),
        ("通知 @九群 停电", "没有管理名为「九群」的群。现有：一群、办公室。"),
        ("通知 编码 0340101 的单位", "通知里含有实验室编码，不能发到群里，没有发送。请删去编码后重发。"),
        ("通知 编码 034 0101", "通知里含有实验室编码，不能发到群里，没有发送。请删去编码后重发。"),
        *[
            (f"通知 编码 {spelled} 的单位", "通知里含有实验室编码，不能发到群里，没有发送。请删去编码后重发。")
            for spelled in (
                "340101",
                "٣٤٠١٠١",
                "➌➍➓➊➓➊".replace("➓", "⓿"),
                "00340101",
                "O34O1O1",
                "o34OlOI",
                "0,3,4,0,1,0,1",
                "３４０，１０１",
                "0、34/01 01",
            )
        ],
        *[
            (
                f"通知 {said}",
                "通知里有像绑定码的内容（12 位字母和数字），不能发到群里，没有发送。"
                "绑定码请私聊交给单位；若是别的号码，请用顿号分开写后重发。",
            )
            for said in ("晴川的绑定码：7K2M-Q4X9-WZ0B", "7k2mq4x9wz0b", "@一群 7K2M Q4X9 WZ0B 请查收")
        ],
        ("通知 " + "长" * 4501, "通知有 4501 个字，最多 4500 个字。请缩短后重发。"),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_words(post: Post, words: str, sentence: str) -> None:
    assert await post.desk.say(words, STAFF) == sentence
    assert await post.desk.db.read(lambda tx: tx._all(select(push))) == []


@pytest.mark.parametrize("spelled", ["{} {} {}", "{}、{}、{}", "（{}{}{}x", "https://example.org/{}{}{}"])
async def test_a_live_binding_code_is_refused_wherever_it_stands(post: Post, spelled: str) -> None:
    code = "KQWMGTXYWZAB"  # without a digit, so its form alone says nothing
    kept = digest(binding_key(post.desk.door.settings), code)
    ident = (await post.desk.db.read(lambda tx: tx._one(select(lab.c.id).limit(1)))).id
    text = f"通知 {spelled.format(code[:4], code[4:8], code[8:])}"
    assert (await post.desk.say(text, STAFF)).startswith("【预览：通知】")
    until = NOW + timedelta(days=7)
    await post.desk.db.write(lambda tx: tx.set_codes([(ident, kept)], "qq:1", NOW, until))
    assert (await post.desk.say(text, STAFF)).startswith("通知里有像绑定码的内容（12 位字母和数字）")


async def test_a_group_that_wants_no_notices_gets_none(post: Post) -> None:
    quiet = ManagedGroup("qq", "700100205", "安静群", receives=("deadline.reminder",))
    await post.desk.db.write(lambda tx: tx.set_group(quiet, NOW, CENTRE))
    assert await post.desk.say("通知 @安静群 停电", STAFF) == (
        "「安静群」不接收通知，没有发送。请用 eqabot group add 改它接收的种类，或去掉这个群后重发。"
    )
    assert "将发到全部 2 个群" in await post.desk.say("通知 停电", STAFF)


async def named(post: Post, *names: str) -> None:
    for at, name in enumerate(names):
        await post.desk.db.write(
            lambda tx, n=name, i=at: tx.set_group(ManagedGroup("qq", f"70010030{i}", n), NOW, CENTRE)
        )  # type: ignore[misc]


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("@皖北 一群 停电", "皖北 一群"),
        ("@皖北一群 停电", "皖北 一群"),
        ("＠皖北  一群\n停电", "皖北 一群"),
        ("@皖北 一群、办公室 停电", "皖北 一群、办公室"),
        ("@皖北 停电", "皖北 一群"),
        ("@二群 停电", "二群"),
        ("@二群、三群 停电", "二群、三群"),
        ("@二群 @办公室 停电", "二群、办公室"),
        ("@办公室、二群，@皖北 一群 停电", "办公室、二群、皖北 一群"),
        ("@700100300 停电", "皖北 一群"),
        ("：@二群 停电", "二群"),
    ],
)
async def test_a_group_is_found_by_its_whole_name(post: Post, words: str, groups: str) -> None:
    await named(post, "皖北 一群", "二群", "二群、三群")
    preview = await post.desk.say(f"通知 {words}", STAFF)
    assert f"个群：{groups}，每群 1 条消息。\n" in preview
    assert "\n——\n停电\n——\n" in preview


@pytest.mark.parametrize("words", ["通知：你好", "通知:  你好", "通知 ：你好", "通知，你好", "/通知 你好"])
async def test_a_mark_behind_the_command_is_no_part_of_it(post: Post, words: str) -> None:
    preview = await post.desk.say(words, STAFF)
    assert preview.startswith("【预览：通知】\n将发到全部 2 个群，每群 1 条消息。\n")
    assert "\n——\n你好\n——\n" in preview


@pytest.mark.parametrize(
    "words", ["一群 你好", "明天停电 @一群", "明天停电@一群。", "一群，你好", "请 @一群的老师来"]
)
async def test_a_group_that_is_not_in_front_is_asked_about(post: Post, words: str) -> None:
    preview = await post.desk.say(f"通知 {words}", STAFF)
    assert preview.startswith(
        "【预览：通知】\n将发到全部 2 个群，每群 1 条消息；只发部分群请写在前面：通知 @一群 内容\n"
    )
    assert f"\n——\n{words}\n——\n" in preview


async def test_what_else_stands_behind_is_said_to_be_text(post: Post) -> None:
    assert (await post.desk.say("通知 明天停电@全体", STAFF)).startswith(
        "【预览：通知】\n将发到全部 2 个群，每群 1 条消息。\n"
        "正文里的「@全体」只当文字；需要@全体请写在前面：通知 @全体 内容\n"
    )
    assert (await post.desk.say("通知 @一群 明天停电 @办公室", STAFF)).startswith(
        "【预览：通知】\n将发到 1 个群：一群，每群 1 条消息。\n"
        "正文里的「办公室」只当文字；也要发到这个群请写在前面：通知 @一群 @办公室 内容\n"
    )


@pytest.mark.parametrize(
    "words", ["一群人来开会", "@一群 一群 你好 @一群", "@全体 有事联系 a@b.org", "办公室主任请注意"]
)
async def test_words_that_only_look_alike_are_not_asked_about(post: Post, words: str) -> None:
    assert "写在前面" not in await post.desk.say(f"通知 {words}", STAFF)


async def test_the_same_words_go_out_once_a_day(post: Post) -> None:
    await send(post, "通知 明天停电")
    assert await post.desk.say("通知 明天停电", STAFF) == (
        "今天 3月20日 09:00 已发过同样的通知（26-0001），没有重复发送。确需再发请改动内容。"
    )
    assert (await post.desk.say("通知 明天不停电", STAFF)).startswith("【预览：通知】")
    post.clock.move_to(post.clock.now() + timedelta(days=1))
    assert (await post.desk.say("通知 明天停电", STAFF)).startswith("【预览：通知】")


async def test_a_group_gets_the_same_words_once_a_day_however_it_is_addressed(post: Post) -> None:
    await send(post, "通知 @一群 明天停电")
    before = "今天 3月20日 09:00 已发过同样的通知（26-0001），没有重复发送。确需再发请改动内容。"
    assert await post.desk.say("通知 @一群 @全体 明天停电", STAFF) == before
    preview = await post.desk.say("通知 @全体 明天停电", STAFF)
    assert preview.startswith(
        "【预览：通知】\n"
        "将发到 1 个群：办公室，每群 1 条消息。\n"
        "今天已收到同样内容、这次不发：一群。\n"
        "需要@全体：发送前查询各群当日剩余次数，用完的照常发送但不@。\n"
    )
    assert await confirm(post, preview) == "通知 26-0002 将陆续发到 1 个群。发送「投递 26-0002」查看结果。"
    await post.pass_time(seconds=5)
    assert [group for group, _ in post.line.sent] == [GROUP, OFFICE]
    assert (await post.desk.say("通知 明天停电", STAFF)).startswith(
        "今天 3月20日 09:00 已发过同样的通知（26-0002）"
    )


async def test_a_group_that_surely_did_not_get_it_may_get_it_again(post: Post) -> None:
    post.line.outcomes = [Sent(Outcome.REFUSED, "群聊不存在")]
    await send(post, "通知 明天停电")
    await post.pass_time(seconds=5)
    assert (await post.desk.say("通知 明天停电", STAFF)).startswith(
        "【预览：通知】\n将发到 1 个群：一群，每群 1 条消息。\n今天已收到同样内容、这次不发：办公室。\n"
    )


async def test_a_long_number_is_asked_about(post: Post) -> None:
    assert "内容里有较长的数字，请确认不是实验室编码。" in await post.desk.say("通知 电话 62283619", STAFF)
    assert "较长的数字" not in await post.desk.say("通知 2026 年 3 月 27 日停电", STAFF)


async def test_a_long_notice_goes_out_in_numbered_messages(post: Post) -> None:
    text = "\n".join(f"第{at}行" + "字" * 90 for at in range(30))
    preview = await post.desk.say(f"通知 @一群 {text}", STAFF)
    assert "每群 2 条消息" in preview
    await confirm(post, preview)
    await post.pass_time(seconds=5)
    sent = [message for _, message in post.line.sent]
    assert [marks_in(one) for one in sent] == [[("26-0001-1", 1)], [("26-0001-1", 2)]]
    assert "".join(one.rsplit("\n", 1)[0] for one in sent).replace("\n", "") == text.replace("\n", "")


async def test_a_mark_in_it_is_taken_out(post: Post) -> None:
    await send(post, "通知 转发：停电〔通知 26-0007-1〕")
    await post.pass_time(seconds=5)
    assert post.line.sent[0][1] == "转发：停电\n〔通知 26-0001-1〕"


async def test_at_night_it_waits_and_is_gone_after_a_day(post: Post) -> None:
    post.clock.move_to(NOW + timedelta(hours=13))
    assert await send(post, "通知 明天停电") == (
        "通知 26-0001 将在 3月21日（周六）08:00（静默时段之后）发到 2 个群。发送「投递 26-0001」查看结果。"
    )
    post.line.online = False
    await post.pass_time(hours=25)
    found = await post.states()
    assert {found["26-0001-1"], found["26-0001-2"]} == {State.EXPIRED}


async def test_only_operators_send(post: Post) -> None:
    for words in ("通知 停电", "撤回 26-0001"):
        assert await post.desk.say(words, VIEWER) == FORBIDDEN
        assert await post.desk.say(words, STRANGER) == FORBIDDEN
        assert await post.desk.say(words, STRANGER, GROUP) == ""


async def test_a_code_given_meanwhile_stops_it(post: Post) -> None:
    post.line.online = False
    await send(post, "通知 请 0340777 尽快联系")
    preview = await post.desk.say("分配 申请1 0340777", STAFF)
    await confirm(post, preview)
    post.line.online = True
    await post.pass_time(seconds=5)
    assert not any("尽快联系" in text for _, text in post.line.sent)
    assert "含有实验室编码" in await post.desk.say("投递 26-0001", STAFF)


@given(st.text(max_size=60))
def test_tidied_text_bears_no_mark_and_nothing_unseen(written: str) -> None:
    for text in (
        tidy(written),
        tidy(f"〔通知 26-0001〔通知 26-0001-1〕-1〕{written}〔通\u200b知 26-0001-2 1/3〕"),
    ):
        assert marks_in(text) == []
        assert text == tidy(text)
        assert all(c == "\n" or c.isprintable() or c.isspace() or ord(c) > 0x7E for c in text)


BETWEEN = ["", " ", "-", "·", " - ", ",", "、", "/", " / ", "：", ") ("]


@given(st.from_regex(r"[A-Za-z]{0,3}[0-9]{4,8}", fullmatch=True), st.sampled_from(BETWEEN))
def test_a_code_is_found_however_it_is_spelled(code: str, between: str) -> None:
    letters = code.rstrip("0123456789")
    digits = code.removeprefix(letters)
    for at in range(1, len(digits)):
        spelled = letters + between.join([digits[:at], digits[at:]])
        assert alike(code) in code_candidates(f"编码{spelled}的单位")
    assert alike(code) in code_candidates(f"编码{letters}{between.join(digits)}")
    for chinese in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"):
        assert digits in code_candidates(f"编码{digits.translate(str.maketrans('0123456789', chinese))}")
    if len(bare := digits.lstrip("0")) >= 5:
        assert bare in code_candidates(f"编码{bare}的") & code_candidates(f"编码00{bare}的")


@given(st.text("0123456789abcol.,-、 ", max_size=40))
def test_only_what_could_be_a_code_is_asked_for(text: str) -> None:
    found = code_candidates(text)
    assert all(len(one) >= 4 and len(one.lstrip("0")) <= 14 for one in found)
    assert all(one == alike(one) for one in found)


@given(CODES, st.sampled_from(["", "-", " ", " - ", "—", "."]))
def test_what_has_the_form_of_a_binding_code_is_found(code: str, between: str) -> None:
    spelled = between.join(code[at : at + 4] for at in (0, 4, 8))
    for said in (spelled, f"您的绑定码是{spelled}，请查收", f"码：{spelled.lower()}。"):
        assert has_bind_code(said), said


@pytest.mark.parametrize(
    "text",
    [
        "请登录 https://example.org/meeting/7K2MQ4X9WZ0B 参会",
        "批号 H261、H262、H263",
        "registration 已开通，Windows 10 请升级",
        "账号 622202123456，会议号 6222 0212 3456",
        "2026-03-27 17:00 前发到 office.2026@example.org",
    ],
)
def test_links_accounts_and_words_are_no_binding_codes(text: str) -> None:
    assert not has_bind_code(text)


# -- 撤回


async def test_what_was_shown_is_taken_back_and_what_waits_is_not_sent(post: Post) -> None:
    await send(post, "通知 明天停电")
    post.line.outcomes = [Sent(Outcome.DELIVERED), Sent(Outcome.NOT_SENT, "1200")]
    await post.pass_time(seconds=5)
    preview = await post.desk.say("撤回 26-0001", STAFF)
    assert preview.startswith(
        "【预览：撤回】通知 26-0001（通知）\n"
        "已发出 1 处，等待发送 1 处。\n"
        "等待的不再发送；已发出的逐条撤回。QQ 一般只能撤回 2 分钟内的消息，机器人是群管理员的不限，"
        "撤不回的请另发通知更正。\n"
    )
    assert await confirm(post, preview) == (
        "通知 26-0001：1 处不再发送，1 处正在撤回。发送「投递 26-0001」查看结果。"
    )
    assert await post.pass_time(minutes=5) == 0
    assert post.line.back == ["m1"]
    await post.pass_time(minutes=5)
    assert post.line.back == ["m1"]  # once
    shown = await post.desk.say("投递 26-0001", STAFF)
    assert "· 26-0001-2 通知→办公室：已取消（工作人员撤回）" in shown
    assert shown.endswith("\n撤回：已撤回 1 条")
    assert await post.desk.say("补发 26-0001-2", STAFF) == "通知 26-0001-2 没有需要处理的投递。"


async def test_what_the_platform_does_not_take_back_is_said(post: Post) -> None:
    await send(post, "通知 明天停电")
    await post.pass_time(seconds=5)
    post.line.refuses = {"m2"}
    await confirm(post, await post.desk.say("撤回 26-0001", STAFF))
    assert "撤回：已撤回 0 条，等待 2 条" in await post.desk.say("投递 26-0001", STAFF)
    await post.pass_time(seconds=5)
    assert "撤回：已撤回 1 条，撤不回 1 条" in await post.desk.say("投递 26-0001", STAFF)


async def test_one_delivery_alone(post: Post) -> None:
    await send(post, "通知 明天停电")
    await post.pass_time(seconds=5)
    await confirm(post, await post.desk.say("撤回 26-0001-2", STAFF))
    await post.pass_time(seconds=5)
    assert post.line.back == ["m2"]


async def test_an_attempt_under_way_is_neither_repeated_nor_forgotten(post: Post) -> None:
    """In doubt when staff wanted it back, surely not shown as it turns out: then it is not sent again."""
    await send(post, "通知 @一群 明天停电")
    post.line.outcomes = [Sent(Outcome.UNKNOWN, "超时")]
    await post.pass_time(seconds=5)
    preview = await post.desk.say("撤回 26-0001", STAFF)
    assert "已发出 0 处，等待发送 0 处，正在发送或核对 1 处。" in preview
    await confirm(post, preview)
    post.line.sighting = Sighting.ABSENT
    await post.pass_time(seconds=70)
    await post.pass_time(seconds=5)
    assert len(post.line.sent) == 1
    assert await post.states() == {"26-0001-1": State.CANCELLED}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("撤回 26-0317", "没有通知 26-0317。发送「投递」查看最近的通知。"),
        ("撤回 昨天", "「昨天」不是通知编号，应写成 26-0317 或 26-0317-2。"),
    ],
)
async def test_what_is_no_push_is_refused(post: Post, words: str, sentence: str) -> None:
    assert await post.desk.say(words, STAFF) == sentence


async def test_what_is_still_planned_is_skipped_not_recalled(post: Post) -> None:
    await post.tick.once()
    number = await post.desk.db.read(lambda tx: tx._one(select(push.c.number).order_by(push.c.due_at).limit(1)))
    assert await post.desk.say(f"撤回 26-{number[0]:04d}", STAFF) == (
        f"通知 26-{number[0]:04d} 定于 3月20日（周五）17:00 发出，还没有发。"
        f"不让它发请发送「跳过 26-{number[0]:04d}」。"
    )


# -- 收到


async def test_who_says_so_is_counted_once_and_hears_nothing(post: Post) -> None:
    await send(post, "通知 明天停电")
    await post.pass_time(seconds=5)
    quoting = (("26-0001-1", 1),)
    for user in ("300400801", "300400802", "300400801"):
        assert await post.desk.say("收到", user, GROUP, quoted_marks=quoting) == ""
    assert await post.desk.say("已收到", "300400803", quoted_marks=quoting) == ""
    assert (await post.desk.say("投递 26-0001", STAFF)).endswith("\n收到：3 人")


async def test_without_a_quote_it_is_a_courtesy(post: Post) -> None:
    for words in ("收到", "收到 谢谢", "已收到"):
        assert await post.desk.say(words, STRANGER, GROUP) == ""
    assert await post.desk.say("收到") == ""
    assert await post.desk.db.read(lambda tx: tx._all(select(heard))) == []


async def test_of_what_is_no_push_nothing_is_kept(post: Post) -> None:
    assert await post.desk.say("收到", STRANGER, GROUP, quoted_marks=(("26-0999-1", 1),)) == ""
    assert await post.desk.db.read(lambda tx: tx._all(select(heard))) == []
    asker = await post.desk.db.read(lambda tx: tx.principal(Account("qq", STRANGER)))
    assert asker.labs == frozenset()
