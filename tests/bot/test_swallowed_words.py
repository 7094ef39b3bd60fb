"""A word that is not understood is named; the guide takes over what asks, also where there are no data yet."""

import pytest

from db.unit import Database
from tests.bot.desk import GROUP, LABS, STRANGER, Desk
from tests.bot.own import QINGCHUAN, A, bind, own_desk

PHONE = "0551-62283619"
UNBOUND = (
    "您还没有绑定单位，无法查询。请在私聊中发送「绑定 绑定码」；没有绑定码的，"
    f"发送「绑定 单位名称」申请，或致电 {PHONE}。"
)
ASKED = {
    "成绩什么时候出来": "一般在质评上报截止半个月左右，中心会回报各单位质评成绩。",
    "成绩怎么查": "登录检验医学信息网 http://www.clinet.com.cn ，在左侧页面「室间质评—质评成绩回报」中查询。",
    "证书什么时候发": "室间质评证书，一般在本年度两次质评活动都结束后，由中心发放本年度的证书。",
    "上报怎么操作": "登录检验医学信息网 http://www.clinet.com.cn ，在页面左侧依次选择「室间质评—试验上报」，",
    "上报错了怎么办": "请在页面左侧「已上报数据」中查看。",
}
NO_PROGRAMME = "没有找到项目「{}」。发送「项目」查看全部项目名称。"
ONE_AT_A_TIME = "一次只能问一个年度、一次活动，「{}」请另问。请这样写：成绩 2026 第1次 凝血"


async def without_programmes(db: Database) -> Desk:
    desk = await Desk(db).open(LABS)
    await bind(db, A, QINGCHUAN)
    return desk


async def test_what_asks_is_answered_by_the_guide_without_a_programme_table(db: Database) -> None:
    desk = await without_programmes(db)
    for text, begins in ASKED.items():
        assert (await desk.say(text)).startswith(begins), text
        assert (await desk.say(text, A)).startswith(begins), text
        assert (await desk.say(text, group=GROUP, to_me=True)).startswith(begins), text
        assert await desk.say(text, group=GROUP) == "", text


async def test_what_does_not_ask_stays_a_command_without_a_programme_table(db: Database) -> None:
    desk = await without_programmes(db)
    assert await desk.say("成绩 糖化") == UNBOUND
    assert await desk.say("成绩 糖化", A) == (
        f"没有该项目的安排数据，成绩未知。请核对年度和次数，或致电 {PHONE}。"
    )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("计划书 香蕉", "香蕉"),
        ("计划书香蕉", "香蕉"),
        ("计划书 凝血 香蕉", "香蕉"),
        ("项目 血糖", "血糖"),
        ("成绩 凝血 证书", "证书"),
        ("上报 上次", "上次"),
        ("截止 凝血 已报了吗", "已报了吗"),
    ],
)
async def test_a_word_that_is_not_understood_is_named(db: Database, text: str, word: str) -> None:
    desk = await own_desk(db)
    assert await desk.say(text, A) == NO_PROGRAMME.format(word)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("成绩 第1次和第2次", "第2次"),
        ("成绩 2026 第1次 第2次", "第2次"),
        ("成绩 今年 去年", "去年"),
        ("成绩 2025 2026", "2026"),
    ],
)
async def test_a_second_year_or_round_is_named(db: Database, text: str, second: str) -> None:
    desk = await own_desk(db)
    assert await desk.say(text, A) == ONE_AT_A_TIME.format(second)
    assert await desk.say(text) == UNBOUND
    assert await desk.say(text, group=GROUP) == ""


async def test_the_guide_takes_over_where_it_knows_every_word(db: Database) -> None:
    desk = await own_desk(db)
    assert (await desk.say("项目 收费标准")).startswith("目前安徽省的室间质评仅针对安徽省内医疗机构，免费。")
    assert (await desk.say("计划书 怎么下载")).startswith("收到质控品后，请及时在中心官网")
    assert (await desk.say("成绩 什么时候出来", A)).startswith(ASKED["成绩什么时候出来"])


async def test_what_was_taken_for_something_else(db: Database) -> None:
    desk = await own_desk(db)
    assert await desk.say("这次凝血不做了", A) == (
        "某项目这次不能检测的，请写明项目和原因告诉中心。\n"
        "下一步：已绑定单位的，私聊发送「不能检测 糖化 仪器故障」"
    )
    assert (await desk.say("没报名糖化能补吗")).startswith("室间质评项目申请集中在前一年的10月底和11月初开始")
    assert (await desk.say("全报了", A)).startswith("还缺项目，是哪一个？\n1 全部\n")
    scores = await desk.say("成绩 凝血", A)
    assert scores.startswith("【成绩】合肥演示晴川医院 2026年第1次")
    assert await desk.say("俺们凝血合格没", A) == scores
    assert await desk.say("凝血过了没", A) == scores
    assert await desk.say("凝血过了没") == UNBOUND


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("流程 9", "流程中没有「9」这一部分。可选：1 新参控单位申请；2 质评申请；3 质评数据上报；4 成绩与证书。"),
        ("帮助 香蕉", "不明白「香蕉」。请这样写：帮助"),
    ],
)
async def test_in_a_group_it_is_named_to_who_spoke_to_us(db: Database, text: str, said: str) -> None:
    desk = await Desk(db).open(LABS)
    assert await desk.say(text, STRANGER, GROUP, to_me=True) == said
    assert await desk.say(text, STRANGER, GROUP) == ""
