"""`eqabot demo` as people start it: a process of its own, lines in, messages out."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from wcwidth import wcswidth

from bot.demo.moments import at, target_of
from bot.demo.places import COUNTIES
from bot.demo.roster import units
from bot.demo.wrap import wrapped
from core.labs.names import unit_key

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "bot", "demo")
UNIT, CODE = "合肥演示望湖医院", "YS73958"
GROUPS = ("皖北演示群", "皖南演示群", "演示工作群")
HEADING = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (\S+) → (\S+)")
PATIENCE = 60


class Said(NamedTuple):
    at: datetime
    sender: str
    target: str
    text: str


def messages(output: str) -> list[Said]:
    """Every message printed, its lines put together again."""
    found: list[Said] = []
    for line in output.splitlines():
        if heading := HEADING.fullmatch(line):
            found.append(Said(datetime.fromisoformat(heading[1]), heading[2], heading[3], ""))
        elif line.startswith("  ") and found:
            found[-1] = found[-1]._replace(text=found[-1].text + line.strip())
    return found


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


def run(*words: str, said: str = "", folder: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    options = {"cwd": folder, "env": environment(**more), "timeout": PATIENCE}
    return subprocess.run(words, input=said, text=True, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings of somebody's own, which the demonstration must not see."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / ".env").write_bytes(b"EQABOT_DATABASE_URL=rubbish\nPORT=none\n\xff")
    return folder


@pytest.fixture(scope="module")
def script(elsewhere: Path) -> subprocess.CompletedProcess[str]:
    more = {"TMPDIR": str(elsewhere), "EQABOT_QUIET_HOURS": "rubbish", "PORT": "none"}
    return run(*COMMAND, "--script", folder=elsewhere, **more)


# -- the script


def test_the_script_ends_well(script: subprocess.CompletedProcess[str]) -> None:
    assert (script.stderr, script.returncode) == ("", 0)


@pytest.mark.usefixtures("script")
def test_nothing_is_left_behind(elsewhere: Path) -> None:
    assert os.listdir(elsewhere) == [".env"]


def test_the_script_tells_the_year_in_order(script: subprocess.CompletedProcess[str]) -> None:
    told = "\n".join(said.text for said in messages(script.stdout))
    year = (
        "【质评助手】您在这里可以发送",
        "请勿重复申请，否则会造成质评数据丢失",
        f"「{UNIT}」的申请待分配",
        "【预览：分配编码】",
        f"「{UNIT}」的实验室编码已分配：{CODE}",
        "【质评申请】2026年",
        "这是一张绑定码，已作废",
        f"已绑定「{UNIT}」",
        "【质控品发放】2026年第1次",
        "已记下签收",
        "【上报提醒】2026年第1次 3月27日（周五）17:00",
        "未上报 不足3家",
        "【成绩公布】2026年第1次",
        "凝血试验：PT成绩 93.3，合格",
        "【质控品发放】2026年第2次",
        "目前没有待上报的活动",
        "【未备注】",
        "【证书发放】2026年",
        "AHCCL-2026",
    )
    places = [told.find(sentence) for sentence in year]
    assert -1 not in places
    assert places == sorted(places)


def test_times_never_run_backwards(script: subprocess.CompletedProcess[str]) -> None:
    said = messages(script.stdout)
    assert len(said) > 80
    assert all(a.at <= b.at for a, b in pairwise(said))


def test_no_digit_of_the_code_reaches_a_group(script: subprocess.CompletedProcess[str]) -> None:
    said = messages(script.stdout)
    in_groups = [re.sub(r"确认 \d{4}", "", one.text) for one in said if one.target in GROUPS]
    assert not [text for text in in_groups if re.search("739|395|958", text)]
    shown = [one.target for one in said if CODE in one.text and one.sender == "质评助手"]
    assert shown == ["周老师（私聊）", "刘青（私聊）", "刘青（私聊）"]  # previewed, told, 我的


def test_no_score_reaches_a_group_and_no_state_anybody_else(script: subprocess.CompletedProcess[str]) -> None:
    said = [one for one in messages(script.stdout) if one.sender == "质评助手"]
    figures = [one.target for one in said if re.search(r"PT成绩 \d", one.text)]
    assert figures
    assert set(figures) == {"刘青（私聊）"}
    assert {one.target for one in said if "：未报" in one.text} == {"刘青（私聊）"}
    assert {one.target for one in said if "AHCCL-" in one.text} == {"刘青（私聊）"}


def test_every_push_reaches_all_groups_once(script: subprocess.CompletedProcess[str]) -> None:
    pushes = [one for one in messages(script.stdout) if re.search(r"〔通知 [\d-]+〕$", one.text)]
    references = [one.text[one.text.rindex("〔") :] for one in pushes]
    assert len(set(references)) == len(references)
    public = [one.target for one in pushes if one.target in GROUPS]
    assert public == [*GROUPS] * (len(public) // 3)


def test_only_who_has_not_reported_is_reminded_in_private(script: subprocess.CompletedProcess[str]) -> None:
    private = [one for one in messages(script.stdout) if "【上报提醒】" in one.text and one.target not in GROUPS]
    assert [(f"{one.at:%m-%d %H:%M}", one.target) for one in private] == [
        ("03-24 17:00", "刘青（私聊）"),
        ("09-08 17:00", "刘青（私聊）"),
    ]


def test_chatter_stays_unanswered(script: subprocess.CompletedProcess[str]) -> None:
    said = messages(script.stdout)
    silent = [one.text for one in said if one.text.endswith("（质评助手没有作声）")]
    assert silent[0] == "大家早上好，今天降温了（质评助手没有作声）"
    assert len(silent) == 7


def test_everything_fits_a_telephone(script: subprocess.CompletedProcess[str]) -> None:
    lines = script.stdout.splitlines()
    assert max(wcswidth(line) for line in lines if not HEADING.fullmatch(line)) <= 40
    assert max(map(wcswidth, lines)) <= 42


def test_a_broken_promise_is_a_failure() -> None:
    program = """
import argparse
from bot.cli.demo import run
from bot.demo import script
from bot.demo.people import MEMBER, NORTH
async def scene(play): await play.says(MEMBER, NORTH, "帮助", "没有这句话")
script.SCENES = (scene,)
raise SystemExit(run(argparse.Namespace(script=True)))
"""
    ended = run(sys.executable, "-c", program)
    assert ended.returncode == 1
    assert ended.stderr == "演示没有达到预期：对「帮助」的答复里没有「没有这句话」。\n"


# -- talking


class Talk:
    """Lines in, and what was printed until the next prompt."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def until_prompt(self) -> str:
        assert self._process.stdout is not None
        output = await asyncio.wait_for(self._process.stdout.readuntil(b"> "), PATIENCE)
        return output.decode()

    async def say(self, text: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        return await self.until_prompt()


@asynccontextmanager
async def talking() -> AsyncIterator[Talk]:
    """Ends with the end of the input, which must be a good end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(), cwd=ROOT
    )
    try:
        yield Talk(process)
        _, complaints = await asyncio.wait_for(process.communicate(b""), PATIENCE)
        assert (complaints, process.returncode) == (b"", 0)
    finally:
        if process.returncode is None:
            process.terminate()  # a kill would leave its temporary folder behind
            await process.wait()


async def test_three_people_and_a_clock() -> None:
    async with talking() as talk:
        assert "四件可以试的事" in await talk.until_prompt()
        assert f"「{UNIT}」的申请待分配" in messages(await talk.say("申请状态"))[0].text
        assert "[2026-03-12 09:00 中心工作人员·私聊] > " in await talk.say("：身份 3")
        code = re.search(r"确认 \d{4}", await talk.say(f"分配 申请1 {CODE}"))
        assert code is not None
        reply, *told = messages(await talk.say(code[0]))
        assert reply.target == "周老师（私聊）"
        assert [one.target for one in told] == [*GROUPS]
        assert UNIT in told[0].text
        assert CODE not in told[0].text
        await talk.say(":身份1")
        assert messages(await talk.say("申请状态"))[0].text.startswith(f"「{UNIT}」的实验室编码已分配：{CODE}")
        assert "未绑定群成员·皖北演示群" in await talk.say(":身份 2")
        (answer,) = messages(await talk.say(f"申请状态 {UNIT}"))
        assert CODE[-3:] not in answer.text
        assert "（质评助手没有作声）" in await talk.say("今天吃什么")
        moved = await talk.say(":快进 到 3月20日 18:00")
        assert [(f"{one.at:%m-%d %H:%M}", one.target) for one in messages(moved)] == [
            ("03-20 17:00", group) for group in GROUPS
        ]
        assert moved.endswith("[2026-03-20 18:00 未绑定群成员·皖北演示群] > ")


async def test_quiet_hours_hold() -> None:
    async with talking() as talk:
        await talk.until_prompt()
        for line in (":快进 12小时", ":身份 3"):
            await talk.say(line)
        code = re.search(r"确认 \d{4}", await talk.say("发放 2026 第1次 糖化"))
        assert code is not None
        confirmed = await talk.say(code[0])
        assert [one.target for one in messages(confirmed)] == ["周老师（私聊）"]
        assert "安静时段，群里的消息等到2026-03-1308:00才发" in "".join(confirmed.split())
        arrived = messages(await talk.say(":快进 一天"))
        assert [(f"{one.at:%m-%d %H:%M}", one.target) for one in arrived] == [
            ("03-13 08:00", group) for group in GROUPS
        ]


def test_an_empty_input_ends_at_once() -> None:
    ended = run(*COMMAND)
    assert (ended.stderr, ended.returncode) == ("", 0)
    assert ended.stdout.endswith("演示结束，数据已删除。\n")


def test_steering_that_is_not_understood_is_explained() -> None:
    lines = (
        ":",
        ":飞",
        ":身份 7",
        ":群 9",
        ":快进 昨天",
        ":快进 到 2026-01-01",
        ":快进 900天",
        ":群3",
        ":退出",
        "帮助",
    )
    ended = run(*COMMAND, said="\n".join(lines))
    told = "".join(ended.stdout.split())
    for answer in (
        "没有「」这个演示命令",
        "没有「飞」这个演示命令",
        "请写:身份1、2、3或4",
        "请写:群、:群1、:群2、:群3或:私聊",
        "请这样写：:快进3天",
        "时钟只能向前走，现在是2026-03-1209:00",
        "一次最多快进一年",
        "实验室人员·演示工作群]",
    ):
        assert answer in told
    assert "您在这里可以发送" not in told
    assert ended.returncode == 0


# -- what it is made of


def test_every_unit_is_invented() -> None:
    names = [unit.name for unit in units()]
    assert len(names) >= 200
    assert all("演示" in name for name in names)
    assert len(set(map(unit_key, names))) == len(names)
    assert {unit.city for unit in units()} == set(COUNTIES)
    assert len(COUNTIES) == 16
    assert all(unit.county in COUNTIES[unit.city] for unit in units())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3天", "2026-03-15 09:30"),
        ("三天", "2026-03-15 09:30"),
        ("5 个小时", "2026-03-12 14:30"),
        ("30分钟", "2026-03-12 10:00"),
        ("一周", "2026-03-19 09:30"),
        ("到 2026-03-24 09:00", "2026-03-24 09:00"),
        ("到3月24日 17点", "2026-03-24 17:00"),
        ("3月24日", "2026-03-24 09:00"),
    ],
)
def test_where_the_clock_is_sent(text: str, wanted: str) -> None:
    assert target_of(text, at("2026-03-12 09:30")) == at(wanted)


@pytest.mark.parametrize("text", ["", "到", "昨天", "三", "3", "明年"])
def test_where_the_clock_is_not_sent(text: str) -> None:
    assert target_of(text, at("2026-03-12 09:30")) is None


def test_lines_break_as_on_a_telephone() -> None:
    assert wrapped("「甲乙」丙，丁 http://example.org/。", 10) == [
        "「甲乙」",
        "丙，丁",
        "http://exa",
        "mple.org/",
        "。",
    ]
    assert wrapped("甲乙丙丁戊，己", 10) == ["甲乙丙丁", "戊，己"]
    assert wrapped("", 10) == [""]
