"""Binding in the product's own words: one-time codes, lockouts, burnt codes, unbinding, the slips."""

import io
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from bot.keys import binding_key
from bot.settings import load
from core.access import Account, PlaceKind, Role
from core.access.codes import fold_code
from core.clock import ManualClock
from core.errors import DomainError
from db.tables import metadata
from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, Desk, table

ANNA, BERT = "300400601", "300400602"
BAD = "绑定码不对或已失效。请核对后再试；每小时最多试 5 次。没有绑定码请向中心索取：0551-62283619"
BURNT = "〔Recall()〕\n这是一张绑定码，已作废，请勿在群里发送。已通知中心；请私聊我绑定。"
WRONG = "绑定 ABCD-EFGH-JKMN"
QINGCHUAN, YUNQI = "合肥演示晴川医院", "芜湖演示云栖医院"
HOUR = timedelta(hours=1)


class Clocks(ManualClock):
    """Both clocks by hand: limits on attempts run on real time."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.true = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)

    def real(self) -> datetime:
        return self.true


@pytest.fixture
async def desk(db: Database, tmp_path: Path) -> Desk:
    desk = Desk(db, load(None).model_copy(update={"data_dir": tmp_path}))
    desk.clock = desk.door.clock = Clocks()
    return await desk.open(*EVERYTHING)


async def code_for(desk: Desk, unit: str = QINGCHUAN) -> str:
    """A fresh code, as staff get it in private."""
    return (await desk.say(f"绑定码 {unit}", STAFF)).split("绑定码：", 1)[1][:14]


async def labs_of(desk: Desk, user: str) -> int:
    return len((await desk.db.read(lambda tx: tx.principal(Account("qq", user)))).labs)


async def pushes(desk: Desk, kind: str) -> list[tuple[str, str]]:
    """(conversation, facts) of every delivery of this kind."""
    query = text(
        "SELECT d.place, d.place_id, CAST(p.facts AS TEXT) FROM delivery d JOIN push p ON p.id = d.push_id"
        " WHERE p.kind = :kind ORDER BY d.id"
    )
    rows = await desk.db.read(lambda tx: tx._all(query.bindparams(kind=kind)))
    return [(f"{row[0]}:{row[1]}", row[2]) for row in rows]


async def audit(desk: Desk, action: str) -> list[tuple[str, str]]:
    query = text("SELECT actor, subject FROM audit_log WHERE action = :action ORDER BY id")
    return [tuple(row) for row in await desk.db.read(lambda tx: tx._all(query.bindparams(action=action)))]


async def test_staff_get_a_code_for_one_lab_in_private(desk: Desk) -> None:
    said = await desk.say("绑定码 合肥演示晴川医院", STAFF)
    code = said.split("绑定码：", 1)[1][:14]
    assert said == (
        f"「合肥演示晴川医院」的绑定码：{code}\n"
        f"有效期至 4月3日（周五）17:00，只能用一次。请只交给该单位，由其私聊我发送：绑定 {code}"
    )
    again = await desk.say("绑定码 0340101", STAFF)
    assert again.endswith("该单位以前那张尚未使用的绑定码已作废。")
    assert code not in again
    assert await desk.say(f"绑定 {code}", ANNA) == BAD
    assert await audit(desk, "access.codes") == [("qq:300400001", "lab:1")] * 2


async def test_a_code_is_given_only_in_private_only_by_operators(desk: Desk) -> None:
    assert await desk.say("绑定码 晴川医院", STAFF, OFFICE) == "绑定码只在私聊中发放。请私聊我再发送一次。"
    assert await desk.say("绑定码 晴川医院", STAFF, GROUP) == ""
    refused = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    assert await desk.say("绑定码 晴川医院", VIEWER) == refused
    assert await desk.say("绑定码 晴川医院") == refused
    assert await desk.say("绑定码 宿州演示长风医院", STAFF) == (
        "名录中没有查到「宿州演示长风医院」。请写单位全称重发。"
    )
    assert await desk.say("绑定码", STAFF) == "还缺编码、单位名称或“全部”。请这样写：绑定码 合肥演示医院"


async def test_a_code_outlives_the_fortnight_until_the_activity_ends(desk: Desk) -> None:
    desk.clock.move_to(datetime(2026, 3, 10, 1, 0, tzinfo=UTC))
    await desk.bring(
        table("rounds", "year n programme deadline", [2026, 2, "A01", "2026-09-18T09:00:00Z"]),
    )
    code = await code_for(desk)
    desk.clock.move_to(datetime(2026, 4, 3, 8, 59, tzinfo=UTC))
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")
    desk.clock.move_to(datetime(2026, 4, 4, 1, 0, tzinfo=UTC))
    assert "有效期至 4月18日（周六）09:00" in await desk.say("绑定码 晴川医院", STAFF)  # autumn is far off


async def test_an_expired_code_is_refused_like_any_other(desk: Desk) -> None:
    code = await code_for(desk)
    desk.clock.move_to(datetime(2026, 4, 3, 9, 0, tzinfo=UTC))
    assert await desk.say(f"绑定 {code}", ANNA) == BAD
    assert await desk.say(f"看 {code}", ANNA, GROUP) == ""


async def test_binding_by_code(desk: Desk) -> None:
    code = await code_for(desk)
    said = await desk.say(f"绑定 {code}", ANNA)
    assert said.startswith("已绑定「合肥演示晴川医院」。\n现在可以私聊发送：")
    assert "解绑" in said.splitlines()[1]
    assert await labs_of(desk, ANNA) == 1
    assert await desk.say(f"绑定 {code}", BERT) == BAD
    assert await labs_of(desk, BERT) == 0
    assert await audit(desk, "access.bind") == [("qq:300400601", "lab:1")]
    assert await pushes(desk, "access.bound") == []


@pytest.mark.parametrize(
    "way",
    [
        "{code}", "绑定{code}", "绑定　{lower}", "绑定 {bare}", "我的绑定码是{code}，谢谢", "绑定码：{code}",
        "绑定码 {code}", "/绑定 {wide}", "绑定\n{code}。",
    ],
)  # fmt: skip
async def test_however_a_code_is_sent_in_private(desk: Desk, way: str) -> None:
    code = await code_for(desk)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    sent = way.format(code=code, lower=code.lower(), bare=code.replace("-", ""), wide=wide)
    assert (await desk.say(sent, ANNA)).startswith("已绑定「合肥演示晴川医院」。")


async def test_who_is_bound_already_keeps_the_code(desk: Desk) -> None:
    await desk.say(f"绑定 {await code_for(desk)}", ANNA)
    code = await code_for(desk)
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith(
        "您已绑定「合肥演示晴川医院」，不用再绑定；这张绑定码没有用掉，请妥善保管。\n"
    )
    assert (await desk.say(f"绑定 {code}", BERT)).startswith("已绑定")


async def test_a_person_may_be_of_several_labs_a_lab_has_five_accounts(desk: Desk) -> None:
    for number in range(5):
        assert (await desk.say(f"绑定 {await code_for(desk)}", f"30040070{number}")).startswith("已绑定")
    code = await code_for(desk)
    full = (
        "「合肥演示晴川医院」绑定的账号已满 5 个，没有绑定。"
        "请让其中一位先私聊发送「解绑」后再试，或致电 0551-62283619。"
    )
    assert [await desk.say(f"绑定 {code}", ANNA) for _ in range(7)] == [full] * 7  # no failures
    assert await desk.say("解绑", "300400700") == (
        "已解除与「合肥演示晴川医院」的绑定。\n要再次绑定，请向中心索取新的绑定码，或发送「绑定 单位名称」申请。"
    )
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定「合肥演示晴川医院」")
    assert (await desk.say(f"绑定 {await code_for(desk, YUNQI)}", ANNA)).startswith("已绑定「芜湖演示云栖医院」")
    assert await labs_of(desk, ANNA) == 2


async def test_unbinding(desk: Desk) -> None:
    for unit in (QINGCHUAN, YUNQI):
        await desk.say(f"绑定 {await code_for(desk, unit)}", ANNA)
    assert await desk.say("解绑", ANNA) == (
        "您绑定了 2 个单位：合肥演示晴川医院、芜湖演示云栖医院。请写明单位，例如：解绑 合肥演示晴川医院"
    )
    assert await desk.say("解绑 太和演示青禾卫生院", ANNA) == (
        "您没有绑定「太和演示青禾卫生院」。您绑定的是：合肥演示晴川医院、芜湖演示云栖医院。请写单位全称重发。"
    )
    assert (await desk.say("解绑 晴川医院", ANNA)).startswith("已解除与「合肥演示晴川医院」的绑定。")
    assert (await desk.say("解绑", ANNA)).startswith("已解除与「芜湖演示云栖医院」的绑定。")
    assert (await desk.say("解绑", ANNA)).startswith("您还没有绑定单位，无法查询。")
    assert await audit(desk, "access.unbind") == [("qq:300400601", "lab:1"), ("qq:300400601", "lab:2")]


# -- guessing


async def test_five_failures_an_hour_then_even_the_right_code_is_refused(desk: Desk) -> None:
    clock, code = desk.clock, await code_for(desk)
    assert isinstance(clock, Clocks)
    for _ in range(4):
        assert await desk.say(WRONG, ANNA) == BAD
    clock.true += timedelta(minutes=30)
    assert await desk.say(WRONG, ANNA) == BAD  # the fifth
    assert await desk.say(f"绑定 {code}", ANNA) == BAD
    assert await labs_of(desk, ANNA) == 0
    clock.true += timedelta(minutes=30) - timedelta(microseconds=1)
    assert await desk.say(f"绑定 {code}", ANNA) == BAD
    clock.true += timedelta(microseconds=1)  # an hour after the first four
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")


async def test_after_four_failures_the_fifth_attempt_is_still_looked_up(desk: Desk) -> None:
    code = await code_for(desk)
    for _ in range(4):
        await desk.say(WRONG, ANNA)
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")


async def test_refused_attempts_do_not_prolong_the_lock_and_lock_nobody_else(desk: Desk) -> None:
    clock, code = desk.clock, await code_for(desk)
    assert isinstance(clock, Clocks)
    for _ in range(5):
        await desk.say(WRONG, ANNA)
    clock.true += timedelta(minutes=59)
    for _ in range(20):
        await desk.say(WRONG, ANNA)
    assert (await desk.say(f"绑定 {code}", BERT)).startswith("已绑定")
    clock.true += timedelta(minutes=1)
    assert (await desk.say(f"绑定 {await code_for(desk, YUNQI)}", ANNA)).startswith("已绑定")


async def failures(desk: Desk, count: int) -> None:
    clock = desk.clock
    rows = [{"account": f"qq:9{number}", "at": clock.real()} for number in range(count)]
    await desk.db.write(lambda tx: tx._run(metadata.tables["binding_failure"].insert(), rows))


async def test_a_thousand_failures_of_all_lock_everybody_and_ring_the_alarm_once_an_hour(desk: Desk) -> None:
    clock, code = desk.clock, await code_for(desk)
    assert isinstance(clock, Clocks)
    await failures(desk, 999)
    assert await desk.say(WRONG, BERT) == BAD  # the 1,000th is still looked up
    assert await pushes(desk, "staff.alarm") == []
    for _ in range(3):
        assert await desk.say(f"绑定 {code}", ANNA) == BAD
    assert [place for place, _ in await pushes(desk, "staff.alarm")] == [f"group:{OFFICE}"]
    clock.true += HOUR
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")


async def test_the_thousandth_attempt_may_be_the_right_one(desk: Desk) -> None:
    code = await code_for(desk)
    await failures(desk, 999)
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")


@pytest.mark.parametrize("wrong", [WRONG, "绑定 abcdefghjkmn", "绑定码：ABCD-EFGH-JKMN", "ABCDEFGHJKMN"])
async def test_every_failure_is_met_with_the_same_words_and_counts(desk: Desk, wrong: str) -> None:
    code = await code_for(desk)
    assert [await desk.say(wrong, ANNA) for _ in range(5)] == [BAD] * 5
    assert await desk.say(f"绑定 {code}", ANNA) == BAD


@pytest.mark.parametrize(
    "said", ["绑定 ABCD-EFGH", "绑定 0340103", "绑定 12345", "绑定 202603201234", "绑定 ABCD-EFGH-JKMNP"]
)
async def test_what_can_be_no_code_costs_no_attempt(desk: Desk, said: str) -> None:
    code = await code_for(desk)
    hint = "这不是绑定码。绑定码是 12 位，形如 ABCD-EFGH-JKMN；也可发送「绑定 单位名称」申请。"
    assert [await desk.say(said, ANNA) for _ in range(6)] == [hint] * 6
    assert await _rows(desk, "binding_failure") == []
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")


@pytest.mark.parametrize(
    "said", ["快递单号是SF1234567890", "这个批号AB1234567890对吗", "我的微信号abcd12345678，请加我"]
)
async def test_other_numbers_in_a_sentence_are_met_as_questions(desk: Desk, said: str) -> None:
    assert not (await desk.say(said, ANNA)).startswith("绑定码不对")
    assert await _rows(desk, "binding_failure") == []


async def test_a_code_of_a_lab_that_was_stopped_meanwhile(desk: Desk) -> None:
    code = await code_for(desk)
    await desk.bring(table("labs", "code name stopped", ["0340101", QINGCHUAN, True]))
    assert await desk.say(f"绑定 {code}", ANNA) == BAD
    assert await labs_of(desk, ANNA) == 0
    assert await desk.say(code, ANNA, GROUP) == BURNT
    await desk.bring(table("labs", "code name stopped", ["0340101", QINGCHUAN, False]))
    assert await desk.say(f"绑定 {code}", ANNA) == BAD


# -- in the wrong place


@pytest.mark.parametrize(
    "way",
    ["{code}", "绑定 {code}", "/绑定{lower}", "老师我的码{bare}怎么用", "我的是{wide}谢谢", "绑定码：{code}"],
)
@pytest.mark.parametrize("group", [GROUP, OFFICE])
async def test_a_code_in_a_group_is_burnt_and_its_issuer_told(desk: Desk, way: str, group: str) -> None:
    code = await code_for(desk)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    sent = way.format(code=code, lower=code.lower(), bare=code.replace("-", ""), wide=wide)
    assert await desk.say(sent, ANNA, group) == BURNT
    assert await desk.say(sent, ANNA, group) != BURNT
    assert await desk.say(f"绑定 {code}", ANNA) == BAD
    [(told, facts)] = await pushes(desk, "access.code_burnt")
    assert told == f"private:{STAFF}"
    assert not fold_code(code) or fold_code(code) not in facts
    assert await audit(desk, "access.burn") == [("qq:300400601", "lab:1")]


async def slips(desk: Desk, count: int) -> list[str]:
    """Codes of so many labs, as they stand in the workbook."""
    rows = [[f"0341{n:03d}", f"演示望山{n}医院"] for n in range(count)]
    await desk.bring(table("labs", "code name", *rows))
    confirm = (await desk.say("绑定码 全部", STAFF)).rsplit("确认 ", 1)[1][:4]
    await desk.say(f"确认 {confirm}", STAFF)
    sheet = openpyxl.load_workbook(io.BytesIO(desk.files.pop().content)).active
    assert sheet is not None
    return [str(row[3]) for row in sheet.iter_rows(min_row=2, values_only=True)]


async def test_a_list_of_codes_in_a_group_is_burnt_whole(desk: Desk) -> None:
    codes = await slips(desk, 57)
    assert len(codes) == 60
    assert await desk.say("\n".join(codes), ANNA, GROUP) == (
        "〔Recall()〕\n这些是绑定码（60 张），已全部作废，请勿在群里发送。已通知中心；请私聊我绑定。"
    )
    assert await _rows(desk, "binding_code") == []
    [(told, _)] = await pushes(desk, "access.code_burnt")
    assert told == f"private:{STAFF}"
    assert len(await audit(desk, "access.burn")) == 60


async def test_a_code_behind_much_else_is_burnt(desk: Desk) -> None:
    code = await code_for(desk)
    assert await desk.say("A1B2C3D4E5F6G7H8 " * 40 + code, ANNA, GROUP) == BURNT
    code = await code_for(desk)
    assert await desk.say(code.replace("-", "......"), ANNA, GROUP) == BURNT


async def test_a_code_in_a_card_is_burnt_but_a_card_is_no_command(desk: Desk) -> None:
    code = await code_for(desk)
    card = '{"app":"com.tencent.card","meta":{"desc":"我的绑定码 %s"}}'
    assert await desk.say("", ANNA, GROUP, shared=card % code) == BURNT
    assert await desk.say("", ANNA, GROUP, shared=card % code) == ""
    assert await desk.say("", ANNA, GROUP, shared="帮助") == ""
    assert (await desk.say("帮助", ANNA, GROUP, shared=card % code)).startswith("【质评助手】")


async def test_a_code_is_burnt_even_if_its_owner_had_no_attempts_left(desk: Desk) -> None:
    code = await code_for(desk)
    for _ in range(6):
        await desk.say(WRONG, ANNA)
    assert await desk.say(f"我的码 {code} 怎么不行", ANNA, GROUP) == BURNT


async def test_a_code_issued_at_the_program_is_reported_to_the_staff_group(desk: Desk) -> None:
    from bot.dispatcher import OPERATOR
    from core.access.issue import issue

    key = binding_key(desk.door.settings)
    labs = await desk.db.read(lambda tx: tx.labs_to_bind())
    slips = await desk.db.write(lambda tx: issue(tx, OPERATOR, labs[:1], key, NOW))
    assert await desk.say(slips[0].code, ANNA, GROUP) == BURNT
    assert [place for place, _ in await pushes(desk, "staff.alarm")] == [f"group:{OFFICE}"]
    assert await pushes(desk, "access.code_burnt") == []


async def test_talk_that_only_looks_like_a_code_is_met_as_ever(desk: Desk) -> None:
    assert await desk.say("ABCD-EFGH-JKMN", ANNA, GROUP) == ""
    assert await desk.say("https://example.org/ABCDEFGHJKMN", ANNA, GROUP) == ""
    asked = "/查重 合肥演示晴川医院 ABCDEFGHJKMN"
    assert (await desk.say(asked, ANNA, GROUP)).startswith("没有查到")
    link = "https://example.org/ABCDEFGHJKMN 打不开"
    assert await desk.say(link, ANNA) == await desk.say("https://example.org/ABC 打不开", ANNA)
    code = await code_for(desk)
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")  # nothing of that was a failure


async def test_binding_is_for_private_chats_only(desk: Desk) -> None:
    away = "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「绑定」。"
    assert await desk.say("绑定 合肥演示晴川医院", ANNA, GROUP) == away
    assert await desk.say("绑定 ABCD-EFGH-JKMN", ANNA, GROUP, to_me=True) == away
    code = await code_for(desk)
    for sent in (f"绑定 {code}", code):
        assert await desk.say(sent, ANNA, place=PlaceKind.TEMPORARY) == away
    assert await labs_of(desk, ANNA) == 0
    assert (await desk.say(f"绑定 {code}", ANNA)).startswith("已绑定")


async def test_staff_who_write_of_a_code_are_not_bound_by_it(desk: Desk) -> None:
    code = await code_for(desk)
    await desk.say(f"这位老师的码{code}", STAFF)
    assert await labs_of(desk, STAFF) == 0


# -- all labs


async def test_slips_for_all_labs(desk: Desk) -> None:
    await desk.bring(
        table(
            "labs",
            "code name city county",
            ["0340101", QINGCHUAN, "合肥市", "庐演县"],
            ["0340103", "太和演示青禾卫生院", "阜阳市", "太和县"],
        )
    )
    await desk.bring(table("labs", "code name stopped", ["0340102", YUNQI, True]))
    old = await code_for(desk)
    preview = await desk.say("绑定码 全部", STAFF)
    confirm = preview.rsplit("确认 ", 1)[1][:4]
    assert preview == (
        "【预览：全部绑定码】\n"
        "将为 2 家单位各生成一张新的绑定码，以文件发给您，放入质控品包裹。\n"
        "注意：其中 1 家有尚未使用的旧绑定码，将作废。\n"
        f"确认无误请回复：确认 {confirm}（120 秒内有效，不回复则不执行）"
    )
    assert (await desk.say(f"绑定 {old}", BERT)).startswith("已绑定")
    said = await desk.say(f"确认 {confirm}", STAFF)
    assert said == "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
    confirm = (await desk.say("绑定码 全部", STAFF)).rsplit("确认 ", 1)[1][:4]
    assert (await desk.say(f"确认 {confirm}", STAFF)).startswith(
        "已为 2 家单位生成绑定码，有效期至 4月3日（周五）17:00。请只交给各单位，勿发到群里。\n"
        "没收到文件，请重新发送「绑定码 全部」，届时这一批作废。"
    )
    [file] = desk.files
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert (file.name, rows[0]) == ("绑定码.xlsx", ("地市", "县区", "单位名称", "绑定码", "有效期至", "怎么用"))
    assert [row[:3] for row in rows[1:]] == [
        ("合肥市", "庐演县", QINGCHUAN),
        ("阜阳市", "太和县", "太和演示青禾卫生院"),
    ]
    assert rows[1][4:] == (
        "2026年4月3日（周五）17:00",
        f"加质评助手为QQ好友后，私聊发送：绑定 {rows[1][3]}。只能用一次，请勿发到群里。",
    )
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}
    assert "034010" not in str(rows)
    assert (await desk.say(f"绑定 {rows[1][3]}", ANNA)).startswith(f"已绑定「{rows[1][2]}」")
    assert await desk.say("绑定码 芜湖演示云栖医院", STAFF) == (
        "「芜湖演示云栖医院」在名录中已停用，不能生成绑定码。请先在名录中恢复该单位。"
    )


# -- secrets


async def test_neither_database_nor_log_ever_holds_a_code(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    from loguru import logger

    heard: list[str] = []
    sink = logger.add(heard.append, level=0)
    codes = [await code_for(desk), await code_for(desk, YUNQI)]
    await desk.say(f"绑定 {codes[0]}", ANNA)
    await desk.say(codes[1], BERT, GROUP)
    await desk.say(f"绑定 {codes[1]}", BERT)
    codes.append(await code_for(desk))
    logger.remove(sink)
    kept = [str(row) for name in metadata.tables for row in await _rows(desk, name)]
    for code in codes:
        for spelling in (code, code.replace("-", "")):
            assert not [row for row in kept if spelling in row]
            assert not [line for line in (*heard, caplog.text) if spelling in line]
    assert any(
        len(word) == 64 for row in await _rows(desk, "binding_code") for word in row if isinstance(word, str)
    )


async def _rows(desk: Desk, name: str) -> list[tuple[object, ...]]:
    rows = await desk.db.read(lambda tx: tx._all(metadata.tables[name].select()))
    return [tuple(row) for row in rows]


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = load(None).model_copy(update={"data_dir": tmp_path / "new"})
    key = binding_key(settings)
    file = tmp_path / "new" / "binding.key"
    assert (len(key), file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (32, key, 0o600)
    assert binding_key(settings) == key
    assert [path.name for path in file.parent.iterdir()] == ["binding.key"]
    other = load(None).model_copy(update={"data_dir": tmp_path / "other"})
    assert binding_key(other) != key


def test_a_key_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binding.key").write_bytes(b"short")
    with pytest.raises(DomainError) as refused:
        binding_key(load(None).model_copy(update={"data_dir": tmp_path}))
    assert refused.value.key == "access/key_unusable"
    assert (tmp_path / "binding.key").read_bytes() == b"short"


async def test_viewers_are_staff_but_cannot_issue(desk: Desk) -> None:
    found = await desk.db.read(lambda tx: tx.principal(Account("qq", VIEWER)))
    assert found.role is Role.VIEWER
    assert (await desk.say("绑定码 全部", VIEWER)).startswith("该命令需要相应的工作人员权限")
    assert await labs_of(desk, STRANGER) == 0
