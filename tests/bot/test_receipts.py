"""签收: samples signed for by the lab's own word, and problems that staff are told of."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from core.enrolment.models import Enrolled
from db.audit import audit_log
from db.pushes import push
from db.receipts import receipt, receipt_list
from db.unit import Database
from tests.bot.desk import NOW, OFFICE, STAFF, Desk
from tests.bot.own import BOTH, QINGCHUAN, A, B, dispatch_all, enrol, own_desk

PLAN = "请先看计划书再检测，保存、稀释和项目设置都在其中"
NEXT = "请及时检测上报，发送「截止」查看上报截止时间。"
HOW_A02 = f"{PLAN}；发送「计划书 糖化血红蛋白」看在哪里。\n{NEXT}"


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await own_desk(db)
    await enrol(db, "A02", {QINGCHUAN: Enrolled.APPLIED}, full=True)
    return desk


async def test_nothing_to_sign_before_it_was_sent(desk: Desk) -> None:
    assert await desk.say("签收", A) == (
        "目前没有已公告发放的质控品，签收情况未知。已收到样品的请等公告后签收；有问题请发送「签收 异常 说明」。"
    )
    assert await desk.say("签收 全部", A) == (
        "目前没有已公告发放给您单位的质控品，没有签收。请等公告后再发送「签收 全部」。"
    )


async def test_signing(desk: Desk) -> None:
    await dispatch_all(desk.db)
    assert await desk.say("签收", A) == (
        "【质控品签收】2026年第1次\n"
        "合肥演示晴川医院\n"
        "待签收：凝血试验、糖化血红蛋白\n"
        "是否参加未知（名单中没有查到）：感染性疾病血清学标志物A\n"
        "收到后请发送「签收 项目」或「签收 全部」；有破损、缺少等请发送「签收 异常 说明」。"
    )
    assert await desk.say("签收 凝血", A) == (
        f"合肥演示晴川医院\n已记下签收：凝血试验\n{PLAN}：\n· 凝血试验：https://example.org/a01.pdf\n{NEXT}"
    )
    assert await desk.say("签收 凝血", A) == f"合肥演示晴川医院\n之前已签收：凝血试验\n{NEXT}"
    desk.clock.move_to(NOW + timedelta(hours=1))
    assert await desk.say("签收 全部", A) == (
        f"合肥演示晴川医院\n已记下签收：糖化血红蛋白\n之前已签收：凝血试验\n{HOW_A02}"
    )
    said = await desk.say("签收 第1次", A)
    assert "· 凝血试验：已签收（3月20日 09:00）\n· 糖化血红蛋白：已签收（3月20日 10:00）\n" in said
    assert "待签收：凝血试验" in await desk.say("签收", B)


async def test_after_signing_for_several_the_plans_that_are_known(desk: Desk) -> None:
    await dispatch_all(desk.db)
    assert await desk.say("签收 全部", A) == (
        "合肥演示晴川医院\n已记下签收：凝血试验、糖化血红蛋白\n"
        f"{PLAN}：\n· 凝血试验：https://example.org/a01.pdf\n其余的请发送「计划书 项目」。\n{NEXT}"
    )


async def test_to_ask_whether_is_not_to_sign(desk: Desk) -> None:
    await dispatch_all(desk.db)
    for words in ("签收了吗", "签收情况", "签收了没有？"):
        assert (await desk.say(words, A)).startswith("【质控品签收】2026年第1次\n合肥演示晴川医院\n待签收：凝血")
    for words in ("凝血签收了吗", "签收 凝血了吗"):
        assert "已记下" not in await desk.say(words, A)
    assert await desk.db.read(lambda tx: tx._all(select(receipt))) == []


async def test_all_is_only_what_the_lab_takes_part_in(desk: Desk) -> None:
    await dispatch_all(desk.db)
    await desk.say("签收 全部", A)
    rows = await desk.db.read(lambda tx: tx._all(select(receipt.c.round_id, receipt.c.by)))
    assert sorted((row.round_id, row.by) for row in rows) == [(1, f"qq:{A}"), (2, f"qq:{A}")]


async def test_the_imported_list_counts_too_and_is_dated(desk: Desk) -> None:
    await dispatch_all(desk.db)

    async def listed(tx: object) -> None:
        row = {"lab_id": 1, "round_id": 1, "state": "received", "received_at": None, "by": ""}
        await tx._run(insert(receipt).values(**row))  # type: ignore[attr-defined]
        await tx._run(insert(receipt_list).values(round_id=1, as_of=NOW))  # type: ignore[attr-defined]

    await desk.db.write(listed)
    said = await desk.say("签收", A)
    assert "待签收：糖化血红蛋白\n已签收：凝血试验\n" in said
    assert "\n签收名单数据截至 3月20日 09:00。收到后请发送" in said


async def test_a_problem_becomes_a_request_and_an_alarm(desk: Desk) -> None:
    await dispatch_all(desk.db)
    assert await desk.say("签收 异常 凝血破损1支", A) == (
        "合肥演示晴川医院\n签收异常（破损）已转中心工作人员。\n已标为异常：凝血试验\n"
        "请保留样品和包装等待答复；急事请致电 0551-62283619。"
    )
    assert "异常，已转中心：凝血试验\n" in await desk.say("签收", A)
    [request] = await desk.db.read(lambda tx: tx.requests_waiting(NOW))
    assert (request.kind, request.lab_name, request.text) == (
        "receipt_problem",
        "合肥演示晴川医院",
        "凝血破损1支",
    )
    [alarm] = await desk.db.read(lambda tx: tx._all(select(push)))
    assert (alarm.kind, alarm.key) == ("staff.alarm", "staff.alarm:request:1")
    [delivery] = await desk.db.read(lambda tx: tx.recent_deliveries(["planned"], 9))
    assert delivery.target.id == OFFICE
    query = select(audit_log).where(audit_log.c.action == "receipts.problem")
    [row] = await desk.db.read(lambda tx: tx._all(query))
    assert (row.subject, row.detail) == ("lab:1", {"request": 1, "rounds": [1]})


async def test_what_was_wrong_is_put_right_only_by_its_name(desk: Desk) -> None:
    await dispatch_all(desk.db)
    await desk.say("签收 异常 凝血破损1支", A)
    assert await desk.say("签收 全部", A) == (
        "合肥演示晴川医院\n已记下签收：糖化血红蛋白\n仍记为异常：凝血试验\n"
        f"问题解决后请写明项目再签收，例如：签收 凝血试验\n{HOW_A02}"
    )
    assert "已记下签收：凝血试验\n" in await desk.say("签收 凝血", A)


async def test_a_problem_can_be_told_before_anything_was_announced(desk: Desk) -> None:
    assert await desk.say("签收 异常 包裹没有到", A) == (
        "合肥演示晴川医院\n签收异常（未收到）已转中心工作人员。\n"
        "请保留样品和包装等待答复；急事请致电 0551-62283619。"
    )
    assert await desk.say("签收 异常", A) == "还缺说明。请这样写：签收 异常 凝血破损1支"


async def test_staff_are_not_rung_without_end(desk: Desk) -> None:
    for n in range(10):
        assert "已转中心工作人员" in await desk.say(f"签收 异常 {n}号没有到", A)
    assert await desk.say("签收 异常 没有到", A) == (
        "一天内已反映 10 次签收异常，没有再转。请等待答复，急事请致电中心。"
    )
    desk.clock.move_to(NOW + timedelta(days=1, seconds=1))
    assert "已转中心" in await desk.say("签收 异常 没有到", A)


async def test_of_two_labs_the_one_with_the_problem_is_named(desk: Desk) -> None:
    assert (await desk.say("签收 异常 没有到", BOTH)).startswith(
        "您绑定了多家单位，要办理的是哪一家？\n1 合肥演示晴川医院\n2 芜湖演示云栖医院\n"
    )
    said = await desk.say("签收 异常 芜湖演示云栖医院 没有到", BOTH)
    assert said.startswith("芜湖演示云栖医院\n签收异常（未收到）已转中心工作人员。")


async def test_a_lab_of_which_nothing_is_known_names_its_programmes(desk: Desk) -> None:
    await dispatch_all(desk.db)

    async def unlist(tx: object) -> None:
        from db.activities import submission

        await tx._run(submission.delete())  # type: ignore[attr-defined]

    await desk.db.write(unlist)
    assert await desk.say("签收 全部", B) == (
        "还不知道「芜湖演示云栖医院」参加哪些项目，没有签收。请写明项目名称，例如：签收 糖化"
    )
    assert "已记下签收：凝血试验\n" in await desk.say("签收 凝血", B)


async def test_what_is_wrong_needs_no_command_word(desk: Desk) -> None:
    """A word for it makes it a problem, wherever it stands; a question and 完好 do not."""
    await dispatch_all(desk.db)
    told = "合肥演示晴川医院\n签收异常（{}）已转中心工作人员。\n已标为异常：凝血试验\n"
    assert (await desk.say("签收 凝血 破损", A)).startswith(told.format("破损"))
    assert (await desk.say("签收 凝血少了一支，另一支化冻", A)).startswith(told.format("缺支、融化"))
    assert (await desk.say("签收 凝血 异常：没有到", A)).startswith(told.format("未收到"))
    assert "签收异常（" not in await desk.say("签收 凝血破损怎么办", A)
    assert len(await desk.db.read(lambda tx: tx.requests_waiting(NOW))) == 3
    assert (await desk.say("签收 凝血 糖化 完好", A)).startswith(
        "合肥演示晴川医院\n已记下签收：凝血试验、糖化血红蛋白\n"
    )
    assert (await desk.say("签收 全部 无破损", A)).startswith(
        "合肥演示晴川医院\n之前已签收：凝血试验、糖化血红蛋白\n"
    )


async def test_staff_hear_what_is_wrong(desk: Desk) -> None:
    await desk.say("签收 凝血 破损，联系人13805510001", A)
    [one] = await desk.db.read(lambda tx: tx.requests_waiting(NOW))
    assert one.text == "凝血 破损,联系人13805510001"
    assert "· 1号 合肥演示晴川医院（样品问题：破损，3月20日 09:00）\n" in await desk.say("待办", STAFF, OFFICE)
    assert "13805510001" not in await desk.say("待办 1", STAFF, OFFICE)
    assert "联系人：名录未登记\n内容：凝血 破损,联系人13805510001\n" in await desk.say("待办 1", STAFF)


async def test_the_same_problem_is_filed_once(desk: Desk) -> None:
    await dispatch_all(desk.db)
    before = "这个问题已转中心（1 号，3月20日 09:00），不用再发。有新的情况请写明后再发；急事请致电中心。"
    await desk.say("签收 异常 凝血 少了2支", A)
    assert await desk.say("签收 异常 凝血 少了2支", A) == before
    assert "已转中心工作人员" in await desk.say("签收 异常 凝血 少了3支", A)
    assert await desk.say("签收 异常 凝血 少了2支", A) == before
    assert len(await desk.db.read(lambda tx: tx.requests_waiting(NOW))) == 2
    assert len(await desk.db.read(lambda tx: tx._all(select(push)))) == 2
    await desk.say("签收 凝血", A)  # put right, and wrong anew
    assert "已转中心工作人员" in await desk.say("签收 异常 凝血 少了2支", A)
    desk.clock.move_to(NOW + timedelta(days=1, seconds=1))
    assert "已转中心工作人员" in await desk.say("签收 异常 凝血 少了2支", A)


@pytest.mark.parametrize(
    ("words", "noted"),
    [
        ("都收到了", "凝血试验、糖化血红蛋白"),
        ("都到了", "凝血试验、糖化血红蛋白"),
        ("样品已全部收到", "凝血试验、糖化血红蛋白"),
        ("糖化 收到了没问题", "糖化血红蛋白"),
        ("糖化收到了", "糖化血红蛋白"),
        ("糖化 没有少 完好", "糖化血红蛋白"),
        ("凝血没有破损", "凝血试验"),
    ],
)
async def test_loose_words_sign(desk: Desk, words: str, noted: str) -> None:
    await dispatch_all(desk.db)
    assert (await desk.say(f"签收 {words}", A)).startswith(f"合肥演示晴川医院\n已记下签收：{noted}\n")


async def test_words_that_sign_for_nothing(desk: Desk) -> None:
    await dispatch_all(desk.db)
    refused = (
        "没有看懂「{}」，没有签收任何项目。请发送「签收 项目」或「签收 全部」；"
        "样品有问题请发送「签收 异常 说明」。"
    )
    assert await desk.say("签收 香蕉", A) == refused.format("香蕉")
    assert await desk.say("签收 凝血 香蕉", A) == refused.format("香蕉")
    assert await desk.say("签收 糖化 不对", A) == refused.format("不对")
    assert await desk.say("签收 全部 除了凝血", A) == (
        "不能按「除了」签收，没有签收。请写明收到的项目，例如：签收 糖化；其余的请发送「签收 异常 说明」。"
    )
    assert await desk.say("签收 凝血 感B", A) == (
        "感染性疾病血清学标志物B目前不在您单位可办理的项目中（未参加、未开放或已截止），所写的都没有记录。"
        "发送「上报」查看各项目情况。"
    )
    assert await desk.db.read(lambda tx: tx._all(select(receipt))) == []


async def test_a_problem_in_plain_words_is_offered_not_filed(desk: Desk) -> None:
    await dispatch_all(desk.db)
    for words in ("收到的凝血样品少一支", "糖化溶血了", "没收到凝血", "凝血样品破了"):
        assert await desk.say(words, A) == (
            f"要反映样品问题请发送：\n1 签收 异常 {words}\n120 秒内回复序号即可；还没有转给中心。"
        )
    assert await desk.db.read(lambda tx: tx.requests_waiting(NOW)) == []
    assert (await desk.say("1", A)).startswith(
        "合肥演示晴川医院\n签收异常（破损）已转中心工作人员。\n已标为异常：凝血试验\n"
    )
    for words in ("凝血仪器坏了", "没收到证书", "样品破了怎么办"):
        assert "要反映样品问题" not in await desk.say(words, A)
    assert "要反映样品问题" not in await desk.say("凝血样品破了")


async def test_haemolysis_is_no_thawing(desk: Desk) -> None:
    await dispatch_all(desk.db)
    assert (await desk.say("签收 异常 糖化溶血1支", A)).startswith("合肥演示晴川医院\n签收异常（溶血）已转")
    assert (await desk.say("签收 异常 凝血解冻了", A)).startswith("合肥演示晴川医院\n签收异常（融化）已转")


async def test_what_is_wrong_is_not_to_be_signed_for_in_mine(desk: Desk) -> None:
    await dispatch_all(desk.db)
    await desk.say("签收 异常 凝血破损1支", A)
    said = await desk.say("我的", A)
    assert "\n质控品待签收：糖化血红蛋白\n质控品异常，已转中心：凝血试验\n" in said
    await desk.say("签收 糖化", A)
    said = await desk.say("我的", A)
    assert "\n质控品异常，已转中心：凝血试验\n" in said
    assert "待签收" not in said
    assert "签收 全部" not in said
