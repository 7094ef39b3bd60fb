"""绑定 单位名: a claim, its decision by staff, and what everybody is told of it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import load
from core.access import Account
from core.requests.models import RequestKind
from core.requests.pushes import request_alarm
from db.unit import Database, Unit
from tests.bot.desk import APPLICANT, EVERYTHING, GROUP, NOW, OFFICE, STAFF, VIEWER, Desk, table
from tests.bot.test_deliverer import Line, Post

REFERENCE = re.compile(r"\n〔通知 [\d-]+〕$")
ANNA, BERT = "300400601", "300400602"
ASKED = (
    "已收到您绑定「合肥演示晴川医院」的申请。\n"
    "中心会按名录登记的电话致电贵单位核实，并在 3月23日（周一）09:00 前私聊告诉您结果；逾期未答复请重新申请。\n"
    "有绑定码的，直接发送「绑定 绑定码」即可，不用等待。"
)


@pytest.fixture
async def post(db: Database, tmp_path: Path) -> Post:
    desk = Desk(db, load(None).model_copy(update={"data_dir": tmp_path}))
    await desk.open(*EVERYTHING)
    await desk.bring(table("labs", "code name phone", ["0340101", "合肥演示晴川医院", "0551-60000001"]))
    return Post(desk, Line())


@pytest.fixture
async def desk(post: Post) -> Desk:
    return post.desk


async def sent(post: Post, *to: str) -> list[str]:
    """What was said unasked to these conversations since the last call, without the reference at its end."""
    await post.pass_time(seconds=5)
    assert all(REFERENCE.search(text) for _, text in post.line.sent)
    said = [REFERENCE.sub("", text) for place, text in post.line.sent if place in to]
    post.line.sent.clear()
    return said


async def bind(desk: Desk, *users: str) -> None:
    async def work(tx: Unit) -> None:
        for user in users:
            await tx.bind(Account("qq", user), 1, "code", NOW)

    await desk.db.write(work)


async def confirmed(desk: Desk, text: str, user: str = STAFF, group: str = "") -> str:
    preview = await desk.say(text, user, group)
    return await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", user, group)


async def labs_of(desk: Desk, user: str) -> int:
    return len((await desk.db.read(lambda tx: tx.principal(Account("qq", user)))).labs)


async def test_a_claim_is_the_same_whoever_is_bound_already(desk: Desk) -> None:
    await bind(desk, BERT)
    for name in ("合肥演示晴川医院", "晴川医院", "合肥演示晴川　医院"):
        assert await desk.say(f"绑定 {name}", ANNA) == ASKED
    assert len(await desk.db.read(lambda tx: tx.requests_waiting(NOW))) == 1
    assert await desk.say("绑定 晴川医院", BERT) == (
        "您已绑定「合肥演示晴川医院」，不用再申请。发送「帮助」查看可用命令。"
    )


async def test_a_claim_needs_a_unit_of_the_roster(desk: Desk) -> None:
    assert await desk.say("绑定 合肥演示晴州医院", ANNA) == (
        "名录中没有查到「合肥演示晴州医院」，相近的有：\n1 合肥演示晴川医院\n120 秒内回复序号即可。"
    )
    assert await desk.say("绑定 宿州演示长风医院", ANNA) == (
        "名录中没有查到「宿州演示长风医院」。请写单位全称重发。"
    )
    await desk.bring(table("labs", "code name aliases", ["0340199", "六安演示晴川分院", ["晴川医院"]]))
    assert await desk.say("绑定 晴川医院", ANNA) == (
        "「晴川医院」对应多个单位：合肥演示晴川医院、六安演示晴川分院。请写单位全称重发。"
    )
    assert await desk.say("绑定", ANNA) == "还缺绑定码或单位名称。请这样写：绑定 合肥演示医院"
    assert await desk.db.read(lambda tx: tx.requests_waiting(NOW)) == []


@pytest.mark.parametrize("asked", ["晴川", "【演示晴川医院】", "合肥演示情穿医院"])
async def test_a_number_claims_the_near_unit(desk: Desk, asked: str) -> None:
    assert "，相近的有：\n1 合肥演示晴川医院\n" in await desk.say(f"绑定 {asked}", ANNA)
    assert await desk.say("1", ANNA) == ASKED


async def test_more_than_nine_near_units_are_counted(desk: Desk) -> None:
    rows = [[f"03403{n:02d}", f"巢湖演示碧波{word}分院"] for n, word in enumerate("甲乙丙丁戊己庚辛壬癸")]
    await desk.bring(table("labs", "code name", *rows))
    assert (await desk.say("绑定 碧波", ANNA)).startswith(
        "名录中没有查到「碧波」，相近的有（还有 1 家没有列出，请写全称）：\n1 巢湖演示碧波"
    )


async def test_a_unit_that_waits_for_its_code_is_not_bound_yet(desk: Desk) -> None:
    assert await desk.say("绑定 宣城演示望岳医院", APPLICANT) == (
        "「宣城演示望岳医院」3月18日（周三）已提交申请，正在等待分配编码，分配后才能绑定。"
        "发送「申请状态 宣城演示望岳医院」查询进度。"
    )


async def test_one_unit_at_a_time_is_claimed(desk: Desk) -> None:
    assert await desk.say("绑定 合肥演示晴川医院 太和演示青禾卫生院", ANNA) == (
        "一次只能绑定一个单位，您写了 2 个。请写一个重发，例如：绑定 合肥演示晴川医院"
    )
    assert await desk.db.read(lambda tx: tx.requests_waiting(NOW)) == []


async def test_five_claims_a_day(desk: Desk) -> None:
    rows = [[f"03402{n:02d}", f"合肥演示望{word}医院"] for n, word in enumerate("山水云月星雨")]
    await desk.bring(table("labs", "code name", *rows))
    said = [await desk.say(f"绑定 {row[1]}", ANNA) for row in rows]
    assert all(text.startswith("已收到") for text in said[:5])
    assert said[5] == "24 小时内最多申请绑定 5 次。请明天再试，或致电 0551-62283619。"
    assert (await desk.say(f"绑定 {rows[5][1]}", BERT)).startswith("已收到")
    desk.clock.move_to(NOW + timedelta(days=1))
    assert (await desk.say(f"绑定 {rows[5][1]}", ANNA)).startswith("已收到")


async def test_staff_telephone_and_approve(post: Post) -> None:
    desk = post.desk
    await bind(desk, BERT)
    await desk.say("绑定 晴川医院", ANNA)
    assert await sent(post, OFFICE, GROUP) == [
        "【工作提醒】有新的绑定申请 1：合肥演示晴川医院，发送「待办」查看。"
    ]
    preview = await desk.say("批准 1", STAFF)
    assert preview.splitlines()[:5] == [
        "【预览：批准 1 号】绑定申请",
        "单位：合肥演示晴川医院",
        "账号：qq:300400601",
        "名录电话：0551-60000001",
        "批准前请先拨打名录电话核实，勿用对方提供的号码。请在电话中核对对方的QQ号。",
    ]
    in_group = await desk.say("批准 1", STAFF, OFFICE)
    assert in_group.splitlines()[2:4] == ["账号：QQ 300****01", "名录电话：请私聊我发送同一命令查看"]
    assert await labs_of(desk, ANNA) == 0
    assert await confirmed(desk, "批准 1", STAFF, OFFICE) == (
        "已批准 1 号申请，该账号已绑定「合肥演示晴川医院」，结果将私聊告诉对方。"
    )
    assert await labs_of(desk, ANNA) == 1
    assert await sent(post, ANNA) == [
        "【绑定申请】您绑定「合肥演示晴川医院」的申请已通过。\n发送「帮助」查看现在可用的命令。"
    ]
    assert await desk.say("批准 1", STAFF) == "1 号申请已处理过。发送「待办」查看其余申请。"


async def test_staff_see_that_several_want_one_lab(desk: Desk) -> None:
    for user in (ANNA, BERT, "300400603"):
        await desk.say("绑定 晴川医院", user)
    await desk.say("绑定 芜湖演示云栖医院", "300400604")
    assert "\n另有 2 人申请绑定该单位，请特别核实。\n" in await desk.say("批准 1", STAFF)
    await confirmed(desk, "拒绝 2")
    assert "\n另有 1 人申请绑定该单位，请特别核实。\n" in await desk.say("批准 1", STAFF)
    assert "另有" not in await desk.say("批准 4", STAFF)


async def test_nobody_is_bound_to_a_lab_that_was_stopped(desk: Desk) -> None:
    await desk.say("绑定 晴川医院", ANNA)
    await desk.bring(table("labs", "code name stopped", ["0340101", "合肥演示晴川医院", True]))
    assert await desk.say("绑定 晴川医院", BERT) == (
        "「合肥演示晴川医院」在名录中已停用，不能绑定。如有疑问请致电 0551-62283619。"
    )
    assert await desk.say("批准 1", STAFF) == (
        "「合肥演示晴川医院」在名录中已停用，没有批准。请先在名录中恢复该单位，或发送「拒绝 1」。"
    )
    assert await confirmed(desk, "拒绝 1") == "已拒绝 1 号申请，结果将私聊告诉对方。"


async def test_those_bound_already_are_told_of_a_new_one(post: Post) -> None:
    desk = post.desk
    await bind(desk, BERT, "300400603")
    await desk.say("解绑", "300400603")
    await desk.say("绑定 晴川医院", ANNA)
    await confirmed(desk, "批准 1")
    assert await sent(post, BERT, "300400603") == [
        "【绑定通知】「合肥演示晴川医院」3月20日（周五）09:00 新绑定了账号 QQ 300****01。\n"
        "如不是本单位人员，请联系中心：0551-62283619"
    ]


async def test_who_left_meanwhile_is_not_told(post: Post) -> None:
    desk = post.desk
    await bind(desk, BERT)
    await desk.say("绑定 晴川医院", ANNA)
    await confirmed(desk, "批准 1")
    await desk.say("解绑", BERT)
    assert await sent(post, BERT) == []


async def test_staff_refuse_with_a_reason(post: Post) -> None:
    desk = post.desk
    await desk.say("绑定 晴川医院", ANNA)
    preview = await desk.say("拒绝 1 电话核实 不符", STAFF)
    assert preview.splitlines()[4] == "原因：电话核实 不符（将告诉对方）"
    assert await confirmed(desk, "拒绝 1 电话核实不符") == "已拒绝 1 号申请，结果将私聊告诉对方。"
    assert await labs_of(desk, ANNA) == 0
    assert await sent(post, ANNA, OFFICE) == [  # the office need not be told any more
        "【绑定申请】您绑定「合肥演示晴川医院」的申请未通过。\n"
        "原因：电话核实不符。如有疑问，请致电中心或向中心索取绑定码。"
    ]
    assert (await desk.say("绑定 晴川医院", ANNA)).startswith("已收到您绑定「合肥演示晴川医院」的申请")


async def test_a_claim_waits_for_72_hours(desk: Desk) -> None:
    await desk.say("绑定 晴川医院", ANNA)
    desk.clock.move_to(NOW + timedelta(hours=72))
    assert (
        await desk.say("批准 1", STAFF) == "1 号申请已于 3月23日（周一）09:00 过期，不能再处理。请对方重新申请。"
    )
    assert await desk.db.read(lambda tx: tx.requests_waiting(desk.clock.now())) == []
    assert (await desk.say("绑定 晴川医院", ANNA)).startswith("已收到您绑定「合肥演示晴川医院」的申请")


async def test_what_cannot_be_decided(desk: Desk) -> None:
    for number in ("9", "９号", "申请9"):
        assert await desk.say(f"批准 {number}", STAFF) == "没有 9 号申请。发送「待办」查看等待处理的申请。"
    assert await desk.say("批准 晴川", STAFF) == ("「晴川」不是申请的号，应写成 3 这样的数字。发送「待办」查看。")
    assert await desk.say("批准 1", VIEWER) == "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert await desk.say("批准 1", STAFF, GROUP) == ""
    assert await desk.say(f"拒绝 1 {'长' * 101}", STAFF) == "原因太长，请不超过 100 个字后重发。"


async def test_the_sixth_account_of_a_lab_is_not_approved(desk: Desk) -> None:
    await desk.say("绑定 晴川医院", ANNA)
    await bind(desk, *[f"30040070{n}" for n in range(5)])
    assert await confirmed(desk, "批准 1") == (
        "「合肥演示晴川医院」绑定的账号已满 5 个，没有绑定。"
        "请先发送「解除绑定 单位名称」解除其中一个，再重新批准。"
    )
    assert await labs_of(desk, ANNA) == 0
    assert len(await desk.db.read(lambda tx: tx.requests_waiting(NOW))) == 1


async def test_a_problem_with_samples_is_decided_with_the_same_words(post: Post) -> None:
    desk = post.desk
    await bind(desk, ANNA)

    async def ask(tx: Unit) -> None:
        kind = RequestKind.RECEIPT_PROBLEM
        made = await tx.add_request(kind, Account("qq", ANNA), 1, "冰袋已化", NOW, None)
        await tx.write_push(request_alarm(made, NOW), NOW)

    await desk.db.write(ask)
    assert (await sent(post, OFFICE))[0].startswith("【工作提醒】有新的样品问题 1：合肥演示晴川医院，")
    preview = await desk.say("批准 1", STAFF)
    assert preview.splitlines()[:4] == [
        "【预览：批准 1 号】样品问题",
        "单位：合肥演示晴川医院",
        "账号：qq:300400601",
        "内容：冰袋已化",
    ]
    assert "冰袋" not in await desk.say("批准 1", STAFF, OFFICE)
    assert await confirmed(desk, "批准 1") == "1 号已标记为处理完毕，将私聊告诉对方。"
    assert await sent(post, ANNA) == [
        "【样品问题】您反映的「合肥演示晴川医院」样品问题已处理。\n如仍有问题，请致电中心。"
    ]


async def test_the_issuer_of_a_burnt_code_is_told(post: Post) -> None:
    desk = post.desk
    code = (await desk.say("绑定码 晴川医院", STAFF)).split("绑定码：", 1)[1][:14]
    await desk.say(code, ANNA, GROUP)
    assert await sent(post, STAFF) == [
        "【绑定码作废】您发放给「合肥演示晴川医院」的绑定码 3月20日（周五）09:00 出现在群里，已作废。\n"
        "请发送「绑定码 单位名称」重新生成，并提醒对方只在私聊中使用。"
    ]


async def test_the_issuer_of_several_burnt_codes_is_told_once(post: Post) -> None:
    desk = post.desk
    units = ("合肥演示晴川医院", "芜湖演示云栖医院")
    codes = [(await desk.say(f"绑定码 {unit}", STAFF)).split("绑定码：", 1)[1][:14] for unit in units]
    await desk.say("、".join(codes), ANNA, GROUP)
    assert await sent(post, STAFF) == [
        "【绑定码作废】您发放给「合肥演示晴川医院」「芜湖演示云栖医院」的绑定码 "
        "3月20日（周五）09:00 出现在群里，已作废。\n"
        "请发送「绑定码 单位名称」重新生成，并提醒对方只在私聊中使用。"
    ]


async def test_the_line_of_a_request_in_a_list(desk: Desk) -> None:
    from bot.texts import _environment

    await desk.say("绑定 晴川医院", ANNA)
    [one] = await desk.db.read(lambda tx: tx.requests_waiting(NOW))
    line = _environment().get_template("requests/_words.j2").module.line(one)
    assert line == "1号 合肥演示晴川医院（绑定申请，QQ 300****01，3月20日 09:00）"
    assert "· 1号 合肥演示晴川医院（绑定申请，QQ 300****01，3月20日 09:00）" in await desk.say("待办", STAFF)
