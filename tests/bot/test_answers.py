"""What each command says, in its own words: good, empty, unknown, ambiguous, forbidden."""

from datetime import timedelta

import pytest

from bot.files.importing import preview
from db.members import departure
from db.unit import Database
from tests.bot.desk import APPLICANT, EVERYTHING, GROUP, NOW, OFFICE, PROGRAMMES, STAFF, Desk, table


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(*EVERYTHING)


@pytest.fixture
async def empty(db: Database) -> Desk:
    return await Desk(db).open()


async def test_a_code_is_given_and_seen_only_by_the_applicant_in_private(desk: Desk) -> None:
    preview = await desk.say("分配 宣城演示望岳医院 0340777", STAFF)
    assert preview.startswith("【预览：分配编码】\n申请1 宣城演示望岳医院\n地区：宣城市\n编码：0340777\n")
    code = preview.rsplit("确认 ", 1)[1][:4]
    assert await desk.say(f"确认 {code}", STAFF) == (
        "已分配「宣城演示望岳医院」的实验室编码，公告即将发出。发送「投递」查看结果。"
    )
    assert await desk.say("申请状态", APPLICANT) == (
        "「宣城演示望岳医院」的实验室编码已分配：0340777\n数据截至 3月20日 09:00。\n"
        "编码也是平台账号，请勿外传；首次登录后请修改密码。"
    )
    hidden = (
        "「宣城演示望岳医院」的实验室编码已分配，请看登记页「实验室编码」一栏，申请人也可用登记的QQ私聊我。\n"
        "数据截至 3月20日 09:00。"
    )
    assert await desk.say("申请状态 宣城演示望岳医院", APPLICANT, GROUP) == hidden
    assert await desk.say("申请状态 宣城演示望岳医院") == hidden


async def test_an_applicant_who_left_all_groups_is_not_told_the_code(desk: Desk) -> None:
    preview = await desk.say("分配 宣城演示望岳医院 0340777", STAFF)
    await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    values = {"platform": "qq", "account": APPLICANT, "missed_at": NOW, "left_at": NOW}
    await desk.db.write(lambda tx: tx._run(departure.insert().values(**values)))
    assert "0340777" not in await desk.say("申请状态", APPLICANT)
    assert "0340777" not in await desk.say("申请状态 宣城演示望岳医院", APPLICANT)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("分配 申请1", "还缺单位或申请号、编码。请这样写：分配 申请12 340001"),
        ("分配 申请1 12", "编码格式不对，应为 0–3 个字母加 4–8 位数字。请核对后重发。"),
        ("分配 申请1 0340101", "该编码已属于「合肥演示晴川医院」，没有分配。请换一个编码。"),
        ("分配 申请9 0340777", "没有找到「申请9」的待分配申请。发送「待办」查看申请号。"),
    ],
)
async def test_a_code_is_refused(desk: Desk, words: str, sentence: str) -> None:
    assert await desk.say(words, STAFF) == sentence


async def test_programmes(desk: Desk) -> None:
    assert await desk.say("项目", group=GROUP) == (
        "【2026年质评项目】共4个：\n凝血试验、糖化血红蛋白、感染性疾病血清学标志物A、感染性疾病血清学标志物B\n"
        "具体以当年通知为准。发送「项目 名称」查看详情"
    )
    assert await desk.say("项目 凝血") == (
        "【2026年】凝血试验（凝血）\n每年2次，计分\n第1次：3月27日（周五）17:00 截止\n"
        "计划书：https://example.org/a01.pdf\n保存、稀释和项目设置都在计划书中，请先看计划书再检测。\n"
        "发送「截止 凝血试验」查看近期的截止时间"
    )
    assert await desk.say("项目 感染") == (
        "「感染」对应多个项目，您要的是哪一个？\n1 感染性疾病血清学标志物A\n2 感染性疾病血清学标志物B\n"
        "120 秒内回复序号即可。"
    )
    assert (await desk.say("②")).startswith("【2026年】感染性疾病血清学标志物B（")
    assert (await desk.say("项目 感染 怎么报")).startswith("登录检验医学信息网")  # the guide takes over
    assert await desk.say("项目 天气") == "没有找到项目「天气」。发送「项目」查看全部项目名称。"
    assert await desk.say("项目 2025") == (
        "2025年的项目表尚未导入，暂时查不到（不等于没有）。请关注网站通知：http://www.ahccl.cn"
    )


async def test_deadlines(desk: Desk) -> None:
    assert await desk.say("截止", group=GROUP) == (
        "【上报截止】\n"
        "▍3月27日（周五）17:00 截止\n第1次：凝血试验、糖化血红蛋白\n"
        "▍4月3日（周五）17:00 截止\n第1次：感染性疾病血清学标志物A\n"
        "已绑定的单位请私聊我发送「上报」，查看是否已报。"
    )
    assert "4月3日" not in await desk.say("日程 糖化")
    assert await desk.say("截止 感B") == "目前没有该项目待上报的截止时间。新的安排以网站和群内通知为准。"
    desk.clock.move_to(desk.clock.now() + timedelta(days=8))
    assert (await desk.say("截止 糖化")).startswith(
        "该项目目前没有待上报的活动。最近截止的：\n▍3月27日（周五）17:00 已截止"
    )
    desk.clock.move_to(desk.clock.now() + timedelta(days=7))
    assert (await desk.say("截止")).startswith("目前没有待上报的活动。最近截止的：\n▍4月3日（周五）17:00 已截止")
    desk.clock.move_to(desk.clock.now() + timedelta(days=30))
    assert await desk.say("截止") == "目前没有待上报的截止时间。新的安排以网站和群内通知为准。"


async def test_deadlines_before_any_import(empty: Desk) -> None:
    assert (await empty.say("截止")).startswith("活动安排尚未导入，暂时不知道截止时间。")
    await empty.bring(PROGRAMMES)
    assert (await empty.say("截止")).startswith("活动安排尚未导入，暂时不知道截止时间。")


async def test_guide(desk: Desk) -> None:
    index = await desk.say("流程", group=GROUP)
    assert index.startswith("【参控流程】共四部分")
    for number, title in enumerate(("新参控单位申请", "质评申请", "质评数据上报", "成绩与证书"), 1):
        said = await desk.say(f"流程 {number}")
        assert title in said
        assert said == await desk.say(f"流程 {title}")
        assert len(said) <= 1500
    assert await desk.say("流程 天气") == (
        "流程中没有「天气」这一部分。可选：1 新参控单位申请；2 质评申请；3 质评数据上报；4 成绩与证书。"
    )


async def test_dispatch(desk: Desk) -> None:
    preview = await desk.say("发放 第1次 凝血 糖化", STAFF)
    assert preview.startswith(
        "【预览：发放公告】2026年第1次，2个项目\n▍3月27日（周五）17:00 截止\n凝血试验、糖化血红蛋白\n"
        "样本号 202611-202612：糖化血红蛋白\n样本号 202611-202615：凝血试验\n预计 3月21日（周六）到达\n"
        "将发到 2 个群。\n确认无误请回复：确认 "
    )
    await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)
    assert await desk.say("发放 第1次 凝血", STAFF) == "2026年第1次的这些项目已公告发放，没有重复公告。"
    assert "已公告过、不再重复的：凝血试验、糖化血红蛋白" in await desk.say("发放 第1次 全部", STAFF)
    assert await desk.say("发放 2026", STAFF) == "还缺次数。请这样写：发放 2026 第1次 全部"
    assert await desk.say("发放 2026 第2次", STAFF) == (
        "还没有 2026年第2次活动的安排数据。请核对年度和次数，或先导入活动安排表。"
    )


async def test_samples_that_should_have_arrived_are_asked_about(desk: Desk) -> None:
    late = "预计到达日期已过"
    desk.clock.move_to(desk.clock.now() + timedelta(days=1))
    assert late not in await desk.say("发放 第1次 凝血", STAFF)
    desk.clock.move_to(desk.clock.now() + timedelta(days=1))
    preview = await desk.say("发放 第1次 全部", STAFF)
    assert (
        "预计 3月21日（周六）到达\n预计到达日期已过：凝血试验、糖化血红蛋白\n"
        "请核对；要更正请先发送：改期 2026 第1次 凝血试验 到达 新日期\n将发到 2 个群。\n"
    ) in preview
    await desk.say("发放 第1次 B01", STAFF)
    assert late not in await desk.say("发放 第1次 B01", STAFF)


async def test_what_was_shown_must_be_what_is_announced(desk: Desk) -> None:
    preview = await desk.say("发放 第1次 凝血", STAFF)
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline sample_nos expected_on",
            [2026, 1, "A01", "2026-03-27T09:00:00Z", "202611-202619", "2026-03-21"],
        )
    )
    assert "变" in await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)


async def test_an_announcement_at_night_waits_for_the_morning(desk: Desk) -> None:
    desk.clock.move_to(desk.clock.now() + timedelta(hours=13))
    preview = await desk.say("发放 第1次 凝血", STAFF)
    assert await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF) == (
        "已记录 2026年第1次 1个项目发放，公告将在 3月21日（周六）08:00（静默时段之后）发到 2 个群。"
        "发送「投递」查看结果。"
    )


async def test_unreported(desk: Desk) -> None:
    counts = (
        "【未上报】2026年第1次\n"
        "▍3月27日（周五）17:00 截止\n· 凝血试验：未上报 2家，已上报 1家\n{names}"
        "未知（没有上报名单）：糖化血红蛋白\n"
        "▍4月3日（周五）17:00 截止\n未知（没有上报名单）：感染性疾病血清学标志物A\n"
        "数据截至 3月20日 09:00。{then}"
    )
    assert await desk.say("未上报 2026 第1次", STAFF, OFFICE) == counts.format(
        names="", then="单位名单请私聊查看。"
    )
    assert await desk.say("未上报 2026 第1次", STAFF) == counts.format(
        names="  太和演示青禾卫生院、芜湖演示云栖医院\n", then="如需更新请导入最新的上报名单。"
    )


async def test_todo_and_deliveries(desk: Desk) -> None:
    todo = await desk.say("待办", STAFF)
    assert "▍待分配编码 1 家\n· 申请1 宣城演示望岳医院（3月18日（周三）登记）" in todo
    assert "处理：分配 申请1 编码" in todo
    assert await desk.say("投递 失败", STAFF) == "没有失败的投递。"
    assert await desk.say("投递 昨天", STAFF) == "「昨天」不是通知编号，应写成 26-0317 或 26-0317-2。"
    assert await desk.say("投递 26-0317", STAFF) == "没有通知 26-0317。发送「投递」查看最近的通知。"
    assert await desk.say("补发 26-0317-1", STAFF) == "没有通知 26-0317-1。发送「投递」查看最近的通知。"


async def test_a_name_that_bears_a_code_is_said_without_it(desk: Desk) -> None:
    await desk.bring(
        table("applications", "unit qq submitted_on", ["淮南演示医院（编码0340888）", "300400777", "2026-03-19"])
    )
    preview = await desk.say("分配 申请2 0340888", STAFF)
    assert (await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF)).startswith("已分配")
    for text in ("申请状态 淮南演示医院（编码0340888）", "查重 淮南演示医院（编码0340888）"):
        said = await desk.say(text, group=GROUP)
        assert "淮南演示医院" in said
        assert "0340888" not in said


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (("2026-03-21", "2026-03-19", "2026-03-27T09:00:00Z"), "早于发放日期"),
        (("2026-03-19", "2026-03-28", "2026-03-27T09:00:00Z"), "早于发放或预计到达"),
    ],
)
async def test_dates_in_an_impossible_order_are_refused(
    desk: Desk, values: tuple[str, str, str], reason: str
) -> None:
    columns = "year n programme dispatch_on expected_on deadline"
    [judged] = await preview(desk.db, [table("rounds", columns, [2026, 2, "A01", *values])])
    assert [refused.reason for refused in judged.refused] == [reason]


async def test_a_code_that_lost_its_zeros_is_refused(desk: Desk) -> None:
    [judged] = await preview(desk.db, [table("labs", "code name", ["340101", "合肥演示晴川医院"])])
    assert [refused.reason for refused in judged.refused] == ["与名录中的 0340101 只差开头的 0 或大小写"]
