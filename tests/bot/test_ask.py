"""`eqabot ask`, and the same questions put to the assistant in private and to its @ in a group."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from db.unit import Database
from tests.bot.desk import EVERYTHING, GROUP, Desk

ROOT = Path(__file__).parents[2]
SCORE = (
    "一般在质评上报截止半个月左右，中心会回报各单位质评成绩。"
    "届时在检验医学信息网 http://www.clinet.com.cn 左侧「室间质评—质评成绩回报」中查询。\n"
    "下一步：已绑定单位的，私聊发送「成绩」查询"
)
SOURCED = f"{SCORE}\n〔依据：参控指南 第三部分 第5条〕"
ASKED_BACK = (
    "「回报」是指单位上报检测结果，还是中心回报成绩？\n"
    "1 成绩回报时间\n"
    "2 数据上报操作\n"
    "都不是：致电 0551-62283619，或发送「留言 内容」\n"
    "回复序号，或发送「流程 成绩回报时间」"
)
UNWRITTEN = "这个问题参控指南中没有写到，请致电 0551-62283619。\n下一步：发送「留言 内容」，中心回复后转告您"


def ask(*words: str, lines: bytes = b"") -> str:
    """What the program prints, in a folder without settings."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", *words], input=lines, capture_output=True, cwd=ROOT, check=True
    )
    assert done.stderr == b""
    return done.stdout.decode()


def test_one_question() -> None:
    assert ask("请问成绩什么时候出来？") == f"{SOURCED}\n"


def test_one_question_a_line_one_object_a_line() -> None:
    lines = "\ufeff成绩啥时候出\n\n回报\r\n忘记密码了\n".encode() + "今天天气怎么样".encode("gb18030")
    said = [json.loads(line) for line in ask("--json", lines=lines).splitlines()]
    assert said[0] == {
        "question": "成绩啥时候出",
        "topic": "score.when",
        "answer": SCORE,
        "source": "参控指南 第三部分 第5条",
        "confidence": 1.0,
        "alternatives": [],
    }
    assert [one["question"] for one in said[1:]] == ["回报", "忘记密码了", "今天天气怎么样"]
    assert [one["topic"] for one in said[1:]] == ["score.when", "human", "human"]
    assert [one["confidence"] < 0.5 for one in said[1:]] == [True, True, True]
    assert [one["answer"] for one in said[1:]] == [ASKED_BACK, UNWRITTEN, UNWRITTEN]
    assert [one["alternatives"] for one in said[1:]] == [["score.when", "report.how"], [], []]


def test_it_starts_without_the_chat_framework() -> None:
    loaded = "import sys, bot.__main__, bot.cli.ask; print('nonebot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "False\n"


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await Desk(db).open(*EVERYTHING)


async def test_a_question_in_private_and_to_an_at(desk: Desk) -> None:
    assert await desk.say("老师您好，成绩什么时候出来呀？") == SOURCED
    assert await desk.say("成绩什么时候出来", group=GROUP, to_me=True) == SOURCED
    assert await desk.say("/成绩什么时候出来", group=GROUP) == SOURCED
    assert await desk.say("成绩什么时候出来", group=GROUP) == ""


async def test_in_doubt_it_asks_back_and_the_choice_leads_on(desk: Desk) -> None:
    assert await desk.say("回报") == ASKED_BACK
    assert await desk.say("流程 成绩回报时间") == SOURCED


async def test_a_number_picks_one_of_the_two(desk: Desk) -> None:
    await desk.say("回报")
    assert await desk.say("1") == SOURCED
    assert (await desk.say("2")).startswith("登录检验医学信息网")
    assert await desk.say("回报", group=GROUP, to_me=True) == ASKED_BACK.replace("回复序号", "引用本条回复序号")
    assert await desk.say("1", group=GROUP) == ""
    assert await desk.say("1", group=GROUP, quotes_us=True) == SOURCED


async def test_two_things_at_once(desk: Desk) -> None:
    said = await desk.say("证书啥时候发，成绩在哪里查？")
    assert said.startswith("室间质评证书，一般在本年度两次质评活动都结束后")
    assert said.splitlines()[-2:] == ["另外：发送「流程 成绩查询」", "〔依据：参控指南 第三部分 第6条〕"]
    assert (await desk.say("流程 成绩查询")).startswith("登录检验医学信息网")


async def test_what_the_guide_does_not_say(desk: Desk) -> None:
    assert await desk.say("忘记密码了怎么办") == UNWRITTEN
    assert await desk.say("今天天气怎么样") == (
        "没有明白您的意思。发送「帮助」查看可用命令，留言请发送「留言 内容」，或致电 0551-62283619。"
    )


async def test_the_flow_takes_a_part_a_topic_or_a_question(desk: Desk) -> None:
    assert (await desk.say("流程 3", group=GROUP)).startswith("【流程三：质评数据上报】")
    assert (await desk.say("流程 不计分项目", group=GROUP)).startswith("成绩回报表中未显示PT成绩的")
    assert await desk.say("流程 成绩什么时候出来", group=GROUP) == SOURCED
    assert (await desk.say("流程 天气")).startswith("流程中没有「天气」这一部分。")
    assert await desk.say("流程 乱七八糟") == (
        "流程中没有「乱七八糟」这一部分。可选：1 新参控单位申请；2 质评申请；3 质评数据上报；4 成绩与证书。"
    )


async def test_a_title_that_is_nearly_right(desk: Desk) -> None:
    assert await desk.say("流程 联系方向") == (
        "流程中没有「联系方向」，名称相近的有：\n1 联系方式\n120 秒内回复序号即可。"
    )
    assert (await desk.say("1")).startswith("上报数据过程中有任何疑问，可以在QQ/微信群留言")


async def test_a_question_that_begins_like_a_command(desk: Desk) -> None:
    assert (await desk.say("项目明细表在哪里看")).startswith("具体申报的项目每年都可能有不同")
    assert await desk.say("项目 天气") == "没有找到项目「天气」。发送「项目」查看全部项目名称。"
