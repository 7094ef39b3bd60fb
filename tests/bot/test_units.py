"""查重 and 申请状态, in their own words: there, waiting, near, not found, unknown; in free words; and no code."""

from datetime import timedelta

import pytest

from db.unit import Database
from tests.bot.desk import APPLICANT, EVERYTHING, GROUP, LABS, OFFICE, STAFF, VIEWER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, bind
from tests.cast import at

DATE = "数据截至 3月20日 09:00。"
UNIT = "宣城演示望岳医院"
FORGOTTEN = (
    "忘记实验室编码：看登记页「实验室编码」一栏，问本单位以前经办的同事，或致电 0551-62283619；"
    "已绑定的私聊发送「我的」。"
)
NEVER = "请勿重复申请，否则会造成质评数据丢失。"
THERE = f"「合肥演示晴川医院」已在参控名录中，{NEVER}{DATE}\n{FORGOTTEN}"
WAITING = (
    f"「{UNIT}」的申请待分配：3月18日（周三）登记，已等 2 天（2 个工作日）。"
    f"请不要着急，中心老师看到后会很快分配。请勿重复申请。\n{DATE}\n"
    "分配后会在群里通知，也可在登记页「实验室编码」一栏查看。"
)
MANY = table(
    "labs",
    "code name aliases former_names city county",
    ["0340201", "太和演示人民医院", ["县医院"], ["太和演示中心医院"], "阜阳市", "太和县"],
    ["0340202", "庐江演示人民医院", ["县医院"], [], "合肥市", "庐江县"],
    ["0340203", "演示仁爱医院", [], [], "六安市", ""],
    ["0340204", "演示仁爱医院", [], [], "", ""],
)


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(*EVERYTHING)


@pytest.fixture
async def empty(db: Database) -> Desk:
    return await Desk(db).open()


# -- 查重


async def test_a_unit_of_the_roster_by_each_of_its_names(desk: Desk) -> None:
    await desk.bring(MANY)
    assert await desk.say("查重 合肥演示晴川医院检验科") == THERE
    assert await desk.say("查重 晴川医院", group=GROUP) == (
        f"「晴川医院」是「合肥演示晴川医院」的简称，已在参控名录中，{NEVER}{DATE}\n{FORGOTTEN}"
    )
    assert await desk.say("查重 太和演示中心医院") == (
        f"「太和演示中心医院」是「太和演示人民医院」的曾用名，已在参控名录中，{NEVER}{DATE}\n{FORGOTTEN}"
    )


async def test_a_name_of_several_units(desk: Desk) -> None:
    await desk.bring(MANY)
    assert await desk.say("查重 县医院") == (
        "「县医院」可指名录中的不止一家单位：\n1 太和演示人民医院\n2 庐江演示人民医院\n"
        f"已在名录中的单位{NEVER}{DATE}\n120 秒内回复序号即可。"
    )
    assert (await desk.say("2")).startswith("「庐江演示人民医院」已在参控名录中，")
    assert (await desk.say("查重 演示仁爱医院")).startswith(
        f"名录中同名的「演示仁爱医院」不止一家（六安市、地区未登记），{NEVER}{DATE}\n"
    )


async def test_a_unit_that_waits_for_its_code(desk: Desk) -> None:
    assert await desk.say(f"查重 {UNIT}") == (
        f"「{UNIT}」3月18日（周三）已提交申请，正在等待分配，请勿重复申请。\n{DATE}\n"
        f"发送「申请状态 {UNIT}」查询进度。"
    )


@pytest.mark.parametrize("asked", ["合肥演示晴州医院", "合肥演示情穿医院", "合肥市演示晴川医院"])
async def test_near_by_writing_or_by_sound_and_a_number_asks_for_it(desk: Desk, asked: str) -> None:
    near = (
        f"没有查到与「{asked}」完全同名的单位，有相近的：\n1 合肥演示晴川医院\n"
        f"如是其中之一，请勿重复申请；拿不准请致电 0551-62283619。{DATE}\n120 秒内{{}}回复序号即可。"
    )
    assert await desk.say(f"查重 {asked}") == near.format("")
    assert await desk.say("1") == THERE
    assert await desk.say(f"查重 {asked}", group=GROUP) == near.format("引用本条")
    assert await desk.say("1", group=GROUP, quotes_us=True) == THERE


async def test_near_one_that_waits(desk: Desk) -> None:
    assert f"\n1 {UNIT}\n" in await desk.say("查重 宣城演示望乐医院")
    assert "正在等待分配" in await desk.say("1")
    await desk.say(f"确认 {(await desk.say(f'分配 {UNIT} 0340777', STAFF)).rsplit('确认 ', 1)[1][:4]}", STAFF)
    assert f"\n1 {UNIT}\n" in await desk.say("查重 宣城演示望乐医院")
    assert "已在参控名录中" in await desk.say("1")


async def test_what_is_imported_is_near_at_once(empty: Desk) -> None:
    assert "尚未导入" in await empty.say("查重 合肥演示晴州医院")
    await empty.bring(LABS)
    assert "\n1 合肥演示晴川医院\n" in await empty.say("查重 合肥演示晴州医院")
    renamed = table("labs", "code name", [QINGCHUAN, "合肥演示碧波医院"])
    empty.clock.move_to(empty.clock.now() + timedelta(days=1))
    await empty.bring(renamed)
    assert "\n1 合肥演示碧波医院\n" in await empty.say("查重 合肥演示碧坡医院")
    said = await empty.say("查重 合肥演示晴川医院")
    assert said.startswith("「合肥演示晴川医院」是「合肥演示碧波医院」的曾用名，")
    assert "数据截至：名录 3月21日 09:00，登记 尚未导入。" in said


async def test_a_unit_that_nobody_knows(desk: Desk) -> None:
    assert await desk.say("查重 宿州演示长风医院") == (
        f"没有查到「宿州演示长风医院」，也没有相近的名称。{DATE}\n"
        "未查到不代表没有申请过：请用全称再查一次；单位改过名的，请再用原名查。\n"
        "确认没有申请过，再发送「流程 1」查看申请步骤。"
    )
    assert await desk.say("查重") == "还缺单位名称。请这样写：查重 合肥演示医院"


async def test_without_a_roster_nothing_is_known(empty: Desk) -> None:
    assert await empty.say("查重 合肥演示晴川医院") == (
        "名录尚未导入，暂时无法查重。请先致电 0551-62283619 确认，以免重复申请。"
    )


# -- names that hold the words, several names, a code instead of a name

NEAR_END = f"如是其中之一，请勿重复申请；拿不准请致电 0551-62283619。{DATE}\n120 秒内回复序号即可。"


@pytest.mark.parametrize("asked", ["晴川", "演示晴川医院"])
async def test_a_part_of_a_name_offers_the_units_that_hold_it(desk: Desk, asked: str) -> None:
    assert await desk.say(f"查重 {asked}") == (
        f"没有查到与「{asked}」完全同名的单位，有相近的：\n1 合肥演示晴川医院\n{NEAR_END}"
    )
    assert await desk.say("1") == THERE


async def test_a_part_of_a_name_that_waits(desk: Desk) -> None:
    assert await desk.say("申请状态 望岳") == (
        f"未查到「望岳」的申请或编码，有相近的单位：\n1 {UNIT}\n"
        f"都不是的，请用登记时的全称再查，或致电 0551-62283619。{DATE}\n120 秒内回复序号即可。"
    )
    assert await desk.say("1") == WAITING


async def test_nine_units_are_offered_and_the_others_counted(desk: Desk) -> None:
    names = [f"巢湖演示碧波{n}分院" for n in "甲乙丙丁戊己庚辛壬癸子"]
    await desk.bring(table("labs", "code name", *[[f"03403{n:02d}", name] for n, name in enumerate(names)]))
    listed = "".join(f"{n} {name}\n" for n, name in enumerate(sorted(names)[:9], 1))
    assert await desk.say("查重 碧波") == (
        f"没有查到与「碧波」完全同名的单位，有相近的：\n{listed}还有 2 家，请写全称。\n{NEAR_END}"
    )
    assert f"\n{listed}还有 2 家，请写全称。\n都不是的，" in await desk.say("申请状态 碧波")


@pytest.mark.parametrize("asked", ["医院", "人民医院", "卫生院", "县中医院", "社区卫生服务中心"])
async def test_the_kind_of_house_alone_offers_nothing(desk: Desk, asked: str) -> None:
    await desk.bring(table("labs", "code name", ["0340311", "庐江演示县中医院"], ["0340312", "肥东演示人民医院"]))
    assert (await desk.say(f"查重 {asked}")).startswith(f"没有查到「{asked}」，也没有相近的名称。")


async def test_several_units_in_one_question(desk: Desk) -> None:
    named = f"合肥演示晴川医院 太和演示晴禾卫生院、{UNIT}"
    assert await desk.say(f"查重 {named}") == (
        "1 「合肥演示晴川医院」已在参控名录中，请勿重复申请。\n"
        "2 没有查到「太和演示晴禾卫生院」，相近的有：太和演示青禾卫生院。\n"
        f"3 「{UNIT}」3月18日（周三）已提交申请，正在等待分配，请勿重复申请。\n"
        f"{DATE}\n120 秒内回复序号即可。"
    )
    assert await desk.say("1") == THERE
    assert await desk.say("查重 合肥演示晴川医院和宿州演示长风医院") == (
        "1 「合肥演示晴川医院」已在参控名录中，请勿重复申请。\n"
        "2 没有查到「宿州演示长风医院」，也没有相近的名称。\n"
        f"{DATE}\n120 秒内回复序号即可。"
    )
    four = await desk.say(f"查重 {named} 芜湖演示云栖医院")
    assert four.splitlines()[3:] == ["一次最多查 3 家，其余请另查。", DATE, "120 秒内回复序号即可。"]


async def test_one_name_with_a_blank_in_it_is_one(desk: Desk) -> None:
    assert await desk.say("查重 合肥演示 晴川医院") == THERE
    assert await desk.say("查重 合肥演示晴川医院 检验科") == THERE


@pytest.mark.parametrize("asked", ["查重【{}】", "查重 「{}」", "查重《{}》"])
async def test_brackets_round_a_name_are_no_part_of_it(desk: Desk, asked: str) -> None:
    assert await desk.say(asked.format("合肥演示晴川医院")) == THERE


@pytest.mark.parametrize("word", ["查重", "申请状态", "账号查询"])
async def test_a_code_is_no_name(desk: Desk, word: str) -> None:
    for code in ("YS00002", "0340101", "【YS00002】"):
        assert await desk.say(f"{word} {code}") == "请写单位名称，编码不用发。"
    assert await desk.say(f"/{word} YS00002", group=GROUP) == "请写单位名称，编码不用发。"


# -- 申请状态


AGAIN = "3月18日（周三）登记的是重复申请，请勿再申请，否则会造成质评数据丢失。请致电 0551-62283619 说明情况。\n"


async def test_an_application_of_a_unit_that_has_its_code_is_a_duplicate(desk: Desk) -> None:
    row = ["芜湖演示云栖医院", "芜湖市", "300400777", "2026-03-18"]
    await desk.bring(table("applications", "unit city qq submitted_on", row))
    said = (
        "「芜湖演示云栖医院」的实验室编码已分配，请看登记页「实验室编码」一栏，申请人也可用登记的QQ私聊我。\n"
        f"{AGAIN}{DATE}"
    )
    assert await desk.say("申请状态 芜湖演示云栖医院") == said
    assert await desk.say("申请状态 芜湖演示云栖医院", group=GROUP) == said
    assert await desk.say("申请状态", "300400777") == said
    await bind(desk.db, A, YUNQI)
    assert await desk.say("申请状态 芜湖演示云栖医院", A) == (
        f"「芜湖演示云栖医院」的实验室编码已分配：0340102\n{AGAIN}{DATE}\n"
        "编码也是平台账号，请勿外传；首次登录后请修改密码。"
    )


async def test_a_unit_of_this_name_elsewhere_is_another_one(desk: Desk) -> None:
    row = ["太和演示人民医院", "黄山市", "2026-03-18"]
    await desk.bring(MANY, table("applications", "unit city submitted_on", row))
    said = await desk.say("申请状态 太和演示人民医院")
    assert said.startswith("「太和演示人民医院」的申请待分配：3月18日（周三）登记，")
    assert "重复申请，请勿再申请" not in said


async def test_an_application_that_waits(desk: Desk) -> None:
    assert await desk.say("申请状态", APPLICANT) == WAITING
    assert await desk.say(f"账号查询 {UNIT}", group=GROUP) == WAITING
    await desk.bring(table("applications", "unit submitted_on", ["亳州演示今日医院", "2026-03-20"]))
    assert "：3月20日（周五）登记，今天刚登记。" in await desk.say("申请状态 亳州演示今日医院")


async def test_after_three_working_days_it_is_time_to_write(desk: Desk) -> None:
    desk.clock.move_to(at("2026-03-22 09:00"))  # a Sunday: 2 working days
    assert "已等 4 天（2 个工作日）。请不要着急" in await desk.say("申请状态", APPLICANT)
    desk.clock.move_to(at("2026-03-23 09:00"))
    assert await desk.say(f"申请状态 {UNIT}", group=GROUP) == (
        f"「{UNIT}」的申请待分配：3月18日（周三）登记，已等 5 天（3 个工作日），已列入中心待办。请勿重复申请。\n"
        f"{DATE}\n请发送「留言 {UNIT} 编码未分配」，或致电 0551-62283619。"
    )


async def test_staff_see_first_what_has_waited_too_long(desk: Desk) -> None:
    new = table("applications", "unit submitted_on", ["亳州演示今日医院", "2026-03-25"])
    desk.clock.move_to(at("2026-03-25 09:00"))
    await desk.bring(new)
    todo = (
        "▍待分配编码 2 家，其中 1 家已等太久\n"
        f"· 申请1 {UNIT}（3月18日（周三）登记，已等 5 个工作日）\n"
        "· 申请2 亳州演示今日医院（3月25日（周三）登记）\n"
        "处理：分配 申请1 编码\n"
    )
    assert todo in await desk.say("待办", VIEWER)
    assert todo in await desk.say("待办", VIEWER, OFFICE)


async def test_without_a_name_it_is_ones_own(desk: Desk) -> None:
    await bind(desk.db, A, QINGCHUAN)
    await bind(desk.db, BOTH, QINGCHUAN, YUNQI)
    tail = f"\n{DATE}\n编码也是平台账号，请勿外传；首次登录后请修改密码。"
    assert await desk.say("申请状态", A) == f"「合肥演示晴川医院」的实验室编码已分配：0340101{tail}"
    assert await desk.say("申请状态", BOTH) == (
        "「合肥演示晴川医院」的实验室编码已分配：0340101\n「芜湖演示云栖医院」的实验室编码已分配：0340102" + tail
    )
    assert await desk.say("申请状态") == (
        f"未查到用您这个账号登记的申请，您也没有绑定单位。{DATE}\n请发送「申请状态 单位名称」查询。"
    )
    assert await desk.say("/申请状态", A, GROUP) == "还缺单位名称。请这样写：申请状态 合肥演示医院"


async def test_a_unit_of_the_roster_has_its_code(desk: Desk) -> None:
    hidden = (
        "「芜湖演示云栖医院」的实验室编码已分配，请看登记页「实验室编码」一栏，申请人也可用登记的QQ私聊我。\n"
        f"{DATE}"
    )
    assert await desk.say("申请状态 芜湖演示云栖医院") == hidden
    assert await desk.say("申请状态 芜湖演示云栖医院", group=GROUP) == hidden


async def test_no_application_found(desk: Desk) -> None:
    assert await desk.say("申请状态 合肥演示情穿医院") == (
        "未查到「合肥演示情穿医院」的申请或编码，有相近的单位：\n1 合肥演示晴川医院\n"
        f"都不是的，请用登记时的全称再查，或致电 0551-62283619。{DATE}\n120 秒内回复序号即可。"
    )
    assert (await desk.say("1")).startswith("「合肥演示晴川医院」的实验室编码已分配，请看登记页")
    assert await desk.say("申请状态 宿州演示长风医院") == (
        f"未查到「宿州演示长风医院」的申请或编码。{DATE}\n"
        "未查到不代表没有：登记后需要一段时间才会更新，单位名称请写登记时的全称。有疑问请致电 0551-62283619。"
    )


async def test_no_list_is_said_to_be_none(empty: Desk) -> None:
    assert (await empty.say(f"申请状态 {UNIT}")).startswith(
        f"未查到「{UNIT}」的申请或编码。数据截至：名录 尚未导入，登记 尚未导入。\n"
    )


# -- in free words


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("查一下合肥演示晴川医院申请过没有", THERE),
        ("老师好，请问合肥演示晴川医院之前有没有注册过账号？", THERE),
        ("查重一下合肥演示晴川医院", THERE),
        (f"{UNIT}编码下来没", WAITING),
        (f"请问{UNIT}的账号分配了没有，谢谢", WAITING),
        (f"申请状态 {UNIT}怎么样了", WAITING),
    ],
)
async def test_free_words_ask_the_same(desk: Desk, words: str, answer: str) -> None:
    assert (await desk.say(words)).startswith(answer)
    assert (await desk.say(f"/{words}", group=GROUP)).startswith(answer)


async def test_free_words_of_others_are_left_alone_in_a_group(desk: Desk) -> None:
    assert await desk.say("合肥演示晴川医院申请过没有", group=GROUP) == ""


async def test_no_answer_bears_a_digit_of_a_code(desk: Desk) -> None:
    for words in ("查重 晴川医院", "查重 合肥演示晴州医院", "申请状态 晴川医院", "合肥演示晴川医院编码下来没"):
        for group in ("", GROUP):
            assert "034" not in await desk.say(words, group=group)
