"""退回申请 and 不能检测: the guide's rule, a request to staff, and what becomes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.enrolment.models import Enrolled
from core.notices.phone import Call
from db.activities import round_
from db.audit import audit_log
from db.bindings import binding
from db.unit import Database
from tests.bot.desk import CENTRE, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, enrol, own_desk
from tests.bot.posted import confirmed, sent
from tests.bot.test_deliverer import Line, Post

PHONE = "0551-62283619"
RULE = "原则上已上报的数据中心不予退回，系统故障除外。"
RETURN = (
    "【退回申请】合肥演示晴川医院 2026年第1次\n"
    "· 凝血试验（3月27日（周五）17:00 截止）\n"
    "截止前可在平台点「重新上报」自行修改，不必等退回。\n"
    f"{RULE}\n"
    "已转中心工作人员，申请号 1，结果会私聊告诉您。"
)
NOT_TESTED = (
    "【不能检测】合肥演示晴川医院 2026年第1次\n"
    "· 糖化血红蛋白（3月27日（周五）17:00 截止）\n"
    "未上报且未说明的计入上报率；如又能检测，截止前仍可上报。\n"
    "已转中心工作人员，申请号 1，结果会私聊告诉您；等待期间不再私聊提醒。"
)


@pytest.fixture
async def post(db: Database) -> Post:
    """晴川 has reported A01 and not A02, of which there is no list; 云栖 has not reported A01."""
    desk = await own_desk(db)
    await enrol(db, "A02", {QINGCHUAN: Enrolled.APPLIED}, full=True)
    return Post(desk, Line())


async def reasons(desk: Desk) -> list[str]:
    return [one.text for one in await desk.db.read(lambda tx: tx.requests_waiting(NOW))]


# -- 退回申请


async def test_before_the_deadline_the_lab_can_mend_it_itself(post: Post) -> None:
    assert await post.desk.say("退回申请 凝血 系统故障没有保存", A) == RETURN
    assert await sent(post) == [
        (OFFICE, "【工作提醒】有新的退回申请 1：合肥演示晴川医院，2026年第1次 凝血试验，发送「待办」查看。")
    ]
    c = audit_log.c
    query = select(c.subject, c.detail).where(c.action == "requests.return")
    assert [tuple(row) for row in await post.desk.db.read(lambda tx: tx._all(query))] == [
        ("lab:1", {"request": 1, "rounds": [1]})
    ]


async def test_after_the_deadline_the_rule_stands_alone(post: Post) -> None:
    post.clock.move_to(NOW + timedelta(days=8))
    assert await post.desk.say("退回申请 凝血 系统故障没有保存", A) == (
        "【退回申请】合肥演示晴川医院 2026年第1次\n"
        "· 凝血试验（3月27日（周五）17:00 已截止）\n"
        f"{RULE}\n"
        "已转中心工作人员，申请号 1，结果会私聊告诉您。"
    )


async def test_what_was_not_reported_needs_no_return(post: Post) -> None:
    assert f"{RULE}\n上报名单中凝血试验为未报（数据截至 3月20日 09:00），确未上报的请直接上报。\n" in (
        await post.desk.say("退回申请 凝血 填错了", B)
    )


async def test_the_answer_comes_back_with_its_words(post: Post) -> None:
    desk = post.desk
    await desk.say("退回申请 凝血 系统故障", A)
    preview = await desk.say("批准 1 已在平台退回", STAFF)
    assert preview.startswith(
        "【预览：批准 1 号】退回申请\n单位：合肥演示晴川医院\n活动：2026年第1次 凝血试验\n"
        "账号：qq:300400101\n内容：系统故障\n说明：已在平台退回（将告诉对方）\n"
    )
    assert "系统故障" not in await desk.say("批准 1", STAFF, OFFICE)
    await sent(post)
    assert await confirmed(post, preview) == "已批准 1 号申请，结果将私聊告诉对方。"
    assert await sent(post) == [
        (
            A,
            "【退回申请】「合肥演示晴川医院」2026年第1次 凝血试验的退回申请已同意。\n"
            "说明：已在平台退回。\n请重新登录平台修改后尽快上报，并到「已上报数据」核对。",
        )
    ]
    assert "申请号 2" in await desk.say("退回申请 凝血 又错了", A)  # a second time, after the first
    await confirmed(post, await desk.say("拒绝 2", STAFF))
    assert (
        A,
        f"【退回申请】「合肥演示晴川医院」2026年第1次 凝血试验的退回申请未同意。\n{RULE}如有疑问，请致电中心。",
    ) in (await sent(post))


# -- 不能检测


async def test_who_cannot_test_is_neither_reported_nor_silent(post: Post) -> None:
    desk = post.desk
    assert await desk.say("不能检测 糖化 仪器2025年已报废", A) == NOT_TESTED
    assert await reasons(desk) == ["仪器2025年已报废"]
    assert "· 糖化血红蛋白：不能检测（待中心确认）\n" in await desk.say("上报", A)
    assert "不能检测（待中心确认）：糖化血红蛋白\n" in await desk.say("截止", A)
    assert "\n不能检测：待确认 糖化血红蛋白；\n" in await desk.say("单位 合肥演示晴川医院", VIEWER)
    await confirmed(post, await desk.say("批准 1", STAFF))
    assert (
        A,
        "【不能检测】「合肥演示晴川医院」2026年第1次 糖化血红蛋白的不能检测说明已确认，不再提醒该项目上报。\n"
        "如又能检测，截止前仍可上报。",
    ) in await sent(post)
    assert "· 糖化血红蛋白：不能检测（中心已确认）\n" in await desk.say("上报", A)
    assert await desk.say("不能检测 糖化 停机", A) == (
        "糖化血红蛋白的「不能检测」中心已确认（1 号，3月20日 09:00），不用再发。发送「上报」可查看。"
    )


async def test_refused_it_is_silent_again(post: Post) -> None:
    desk = post.desk
    await desk.say("不能检测 糖化 停机", A)
    await confirmed(post, await desk.say("拒绝 1 请尽量检测", STAFF))
    assert (
        A,
        "【不能检测】「合肥演示晴川医院」2026年第1次 糖化血红蛋白的不能检测说明未获确认，该项目仍需上报。\n"
        "原因：请尽量检测。\n发送「截止」查看上报截止时间。如有疑问，请致电中心。",
    ) in await sent(post)
    assert "· 糖化血红蛋白：未知" in await desk.say("上报", A)
    assert "申请号 2" in await desk.say("不能检测 糖化 停机", A)


async def test_reported_outweighs_it(post: Post) -> None:
    desk = post.desk
    assert await desk.say("不能检测 凝血 停机", A) == (
        "上报名单中凝血试验已上报（数据截至 3月20日 09:00），没有记为不能检测。"
        "截止前要修改请在平台点「重新上报」。"
    )
    await desk.say("不能检测 糖化 停机", A)
    lists = table("submissions", "year n programme lab_code reported", [2026, 1, "A02", QINGCHUAN, True])
    await desk.bring(lists)
    assert "· 糖化血红蛋白：已报" in await desk.say("上报", A)


async def test_no_personal_reminder_while_it_waits_or_stands(post: Post) -> None:
    """The group is reminded all the same, and the official count keeps counting."""
    desk = post.desk
    await desk.say("不能检测 凝血 停机", B)
    count = await desk.say("未上报 2026 第1次", VIEWER)

    async def reminded(**passing: int) -> set[str]:
        post.line.sent.clear()
        await post.pass_time(**passing)
        return {place for place, text in post.line.sent if "【上报提醒】" in text}

    assert await reminded(days=4, hours=8) == {GROUP, OFFICE, A}
    assert await desk.say("未上报 2026 第1次", VIEWER) == count
    await confirmed(post, await desk.say("拒绝 1", STAFF))
    assert await reminded(days=2) == {GROUP, OFFICE, A, B}


async def test_the_phone_list_leaves_out_only_what_staff_approved(post: Post) -> None:
    desk = post.desk

    async def called() -> set[str]:
        ids = [row.id for row in await desk.db.read(lambda tx: tx._all(select(round_.c.id)))]
        found: list[Call] = await desk.db.read(lambda tx: tx.to_call(CENTRE, ids))
        return {one.name for one in found}

    await desk.db.write(lambda tx: tx._run(binding.delete().where(binding.c.account == BOTH)))
    await desk.say("不能检测 凝血 停机", B)
    await desk.db.write(lambda tx: tx._run(binding.delete().where(binding.c.account == B)))
    assert await called() == {"芜湖演示云栖医院", "太和演示青禾卫生院"}
    await confirmed(post, await desk.say("批准 1", STAFF))
    assert await called() == {"太和演示青禾卫生院"}


async def test_who_is_bound_no_more_is_not_told(post: Post) -> None:
    desk = post.desk
    await desk.say("不能检测 糖化 停机", A)
    await desk.say("解绑", A)
    await confirmed(post, await desk.say("批准 1", STAFF))
    assert [place for place, _ in await sent(post)] == []


# -- the words of both


@pytest.mark.parametrize(
    "text",
    [
        "不能检测 糖化 停机",
        "不能检测 停机 糖化",
        "不能检测 第1次 停机 糖化 2026年",
        "不能检测 2026年第1次糖化 停机",
        "不能检测：糖化血红蛋白，停机",
        "不能检测糖化 停机",
        "不能检测 第 1 次 糖化 停机",
        "不能检测 糖化 停机 晴川医院",
    ],
)
async def test_slots_in_any_order(post: Post, text: str) -> None:
    assert await post.desk.say(text, A) == NOT_TESTED
    assert await reasons(post.desk) == ["停机"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("糖化仪器2025年已报废", "糖化仪器2025年已报废"),
        ("糖化第1次仪器坏了，在修", "糖化第1次仪器坏了,在修"),
        ("做糖化的仪器坏了", "做糖化的仪器坏了"),
        ("糖化 老师，仪器坏了 在修", "老师,仪器坏了 在修"),
    ],
)
async def test_no_word_of_the_reason_gets_lost(post: Post, text: str, reason: str) -> None:
    assert await post.desk.say(f"不能检测 {text}", A) == NOT_TESTED
    assert await reasons(post.desk) == [reason]


async def test_several_programmes_are_several_requests(post: Post) -> None:
    said = await post.desk.say("退回申请 凝血和糖化 系统故障", A)
    assert "· 凝血试验（" in said
    assert "· 糖化血红蛋白（" in said
    assert "申请号 1、2，" in said
    assert await reasons(post.desk) == ["系统故障", "系统故障"]


async def test_what_is_missing_is_asked_for_with_numbers(post: Post) -> None:
    desk = post.desk
    assert await desk.say("退回申请", A) == (
        "还缺项目，是哪一个？\n1 凝血试验\n2 糖化血红蛋白\n120 秒内回复序号即可。"
    )
    assert await desk.say("退回申请 系统故障", A) == (
        "还缺项目，是哪一个？\n1 凝血试验\n2 糖化血红蛋白\n120 秒内回复序号即可。"
    )
    assert await desk.say("1", A) == RETURN
    assert await desk.say("不能检测 停机", A) == "还缺项目，是哪一个？\n1 糖化血红蛋白\n120 秒内回复序号即可。"
    assert await desk.say("不能检测 糖化", A) == "还缺原因。请这样写：不能检测 糖化血红蛋白 仪器故障"
    assert await reasons(desk) == ["系统故障"]


async def test_what_is_not_clear_is_asked_back(post: Post) -> None:
    desk = post.desk
    assert await desk.say("不能检测 糖话 停机", A) == (
        "没有找到项目「糖话」，相近的有：\n1 糖化血红蛋白\n120 秒内回复序号即可。"
    )
    assert await desk.say("1", A) == NOT_TESTED
    assert await desk.say("退回申请 凝血 系统故障", BOTH) == (
        "您绑定了多家单位，要办理的是哪一家？\n1 合肥演示晴川医院\n2 芜湖演示云栖医院\n120 秒内回复序号即可。"
    )
    assert (await desk.say("2", BOTH)).startswith("【退回申请】芜湖演示云栖医院 2026年第1次\n")
    assert await reasons(desk) == ["停机", "系统故障"]


async def test_what_the_lab_takes_no_part_in(post: Post) -> None:
    desk = post.desk
    await enrol(desk.db, "B01", {QINGCHUAN: Enrolled.NOT_APPLIED, YUNQI: Enrolled.APPLIED}, full=True)
    assert await desk.say("不能检测 感A 停机", A) == (
        "感染性疾病血清学标志物A目前不在您单位可办理的项目中（未参加、未开放或已截止）。发送「上报」查看各项目情况。"
    )
    assert await desk.say("不能检测 第2次 糖化 停机", A) == (
        "没有查到您单位可以办理「不能检测」的项目。发送「上报」查看各项目情况，或发送「留言 内容」。"
    )


async def test_the_same_is_not_asked_twice(post: Post) -> None:
    desk = post.desk
    await desk.say("退回申请 凝血 系统故障", A)
    assert await desk.say("退回申请 凝血 系统故障", A) == (
        "凝血试验的「退回申请」已转中心（1 号，3月20日 09:00），不用再发。结果会私聊告诉您。"
    )
    assert await desk.say("退回申请 凝血 又停电了", A) == (
        "【退回申请】合肥演示晴川医院\n没有新的提交：\n"
        "· 凝血试验：已转中心（1 号，3月20日 09:00），这次写的原因已补充\n"
        "结果会私聊告诉您；发送「上报」查看各项目情况。"
    )
    assert await reasons(desk) == ["系统故障；补充：又停电了"]
    assert "已转中心（1 号" in await desk.say("退回申请 凝血 系统故障 晴川医院", BOTH)  # a colleague of the lab
    assert "· 凝血试验（" in await desk.say("退回申请 凝血 系统故障", B)  # another lab


async def test_of_several_programmes_each_is_answered(post: Post) -> None:
    desk = post.desk
    await desk.say("退回申请 凝血 系统故障", A)
    assert await desk.say("退回申请 凝血 糖化 又停电了", A) == (
        "【退回申请】合肥演示晴川医院 2026年第1次\n"
        "· 糖化血红蛋白（3月27日（周五）17:00 截止）\n"
        "以下没有提交：\n"
        "· 凝血试验：已转中心（1 号，3月20日 09:00），这次写的原因已补充\n"
        "截止前可在平台点「重新上报」自行修改，不必等退回。\n"
        f"{RULE}\n已转中心工作人员，申请号 2，结果会私聊告诉您。"
    )
    assert await reasons(desk) == ["系统故障；补充：又停电了", "又停电了"]
    assert "内容：系统故障；补充：又停电了\n" in await desk.say("待办 1", STAFF)


async def test_what_cannot_be_asked_is_named_beside_what_was(post: Post) -> None:
    desk = post.desk
    assert await desk.say("不能检测 凝血、糖化、感B 停电", A) == (
        "【不能检测】合肥演示晴川医院 2026年第1次\n"
        "· 糖化血红蛋白（3月27日（周五）17:00 截止）\n"
        "以下没有提交：\n"
        "· 凝血试验：上报名单中已上报（数据截至 3月20日 09:00）\n"
        "· 感染性疾病血清学标志物B：不在您单位可办理的项目中（未参加、未开放或已截止）\n"
        "未上报且未说明的计入上报率；如又能检测，截止前仍可上报。\n"
        "已转中心工作人员，申请号 1，结果会私聊告诉您；等待期间不再私聊提醒。"
    )
    assert await reasons(desk) == ["停电"]
    await enrol(desk.db, "B01", {QINGCHUAN: Enrolled.NOT_APPLIED}, full=True)
    assert await desk.say("不能检测 感A 感B 停电", A) == (
        "感染性疾病血清学标志物A、感染性疾病血清学标志物B目前不在您单位可办理的项目中"
        "（未参加、未开放或已截止）。发送「上报」查看各项目情况。"
    )


async def test_what_was_reported_is_not_reported_anew_after_the_deadline(post: Post) -> None:
    post.clock.move_to(NOW + timedelta(days=8))
    assert await post.desk.say("不能检测 凝血 停机", A) == (
        "上报名单中凝血试验已上报（数据截至 3月20日 09:00），没有记为不能检测。"
        "上报已于 3月27日（周五）17:00 截止，数据有误请发送「退回申请 凝血试验 原因」。"
    )


async def test_a_question_is_not_taken_down(post: Post) -> None:
    for text in ("不能检测怎么办", "不能检测 怎么办", "退回申请 凝血 可以吗？", "退回申请是什么意思"):
        assert "已转中心" not in await post.desk.say(text, A)
    assert await reasons(post.desk) == []


async def test_a_reason_has_its_length_and_a_day_its_number(post: Post) -> None:
    desk = post.desk
    assert await desk.say(f"退回申请 凝血 {'长' * 201}", A) == "原因太长，请不超过 200 个字后重发。"
    for n in range(1, 21):
        assert f"申请号 {n}，" in await desk.say("退回申请 凝血 系统故障", A)
        await confirmed(post, await desk.say(f"拒绝 {n}", STAFF))
    assert await desk.say("退回申请 凝血 系统故障", A) == (
        f"您一天内最多提交 20 项「退回申请」，没有再记。请等待答复，急事请致电 {PHONE}。"
    )


async def test_only_for_the_bound_in_private(post: Post) -> None:
    for word in ("退回申请", "不能检测"):
        assert await post.desk.say(f"{word} 凝血 停机", A, GROUP) == (
            f"涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「{word}」。"
        )
        assert await post.desk.say(word, A, GROUP) == ""
        assert (await post.desk.say(f"{word} 凝血 停机", STRANGER)).startswith("您还没有绑定单位，无法查询。")
    assert await reasons(post.desk) == []


async def test_nobody_asks_for_another_lab(post: Post) -> None:
    """A unit that is named is not swallowed; a place that a parcel went to by mistake is a reason."""
    refused = "只能查询您绑定的单位：合肥演示晴川医院。要查询其他单位请先绑定。"
    for text in ("退回申请 芜湖演示云栖医院 凝血 系统故障", "不能检测 芜湖演示云栖医院 糖化 停电",
                 "签收 异常 芜湖演示云栖医院 糖化少一支"):  # fmt: skip
        assert await post.desk.say(text, A) == refused, text
    assert "已转中心" in await post.desk.say("签收 异常 糖化 寄错到县医院", A)
