"""Whatever people write, what leaves is our text: typed segments, our headings, our marks, nobody called."""

import ast
import json
import re
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import MessageEvent
from python_calamine import CalamineWorkbook

from bot import texts
from bot.answers import Recall
from bot.channels.mail.send import _message
from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.receive import replier
from bot.channels.onebot.send import OneBotChannel
from bot.channels.wecom import send as wecom
from bot.mailbox import Mailbox
from bot.settings import Settings
from core.clock import SystemClock
from core.errors import DomainError
from core.labs.duplicate import Dates
from core.labs.status import Statuses
from core.pushes.models import Target
from core.pushes.states import Outcome
from core.words import lined, one_line, visible
from core.words.clean import _BREAKING
from tests.bot.hostile_cells import Make, exported, phone_list, slips
from tests.bot.test_onebot_shapes import shape
from tests.fakeqq.cast import FRIEND, GROUP, SCENE
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import dialled
from tests.hostile_text import ATOMS, MARK, everything, faults, is_unseen, templates, wicked

ROOT = Path(__file__).parents[2]
WORDS = st.lists(st.sampled_from(ATOMS) | st.text(st.characters(exclude_categories=()), max_size=6), max_size=5)
TEXTS = WORDS.map("".join)


# What is said back


@given(TEXTS)
def test_cleaning_twice_changes_nothing_and_nothing_unseen_is_left(text: str) -> None:
    for clean in (visible, lined, one_line):
        said = clean(text)
        assert clean(said) == said
        assert not [c for c in said if c != "\n" and is_unseen(c)]
        assert len(said) <= len(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("合肥市第一人民医院", "合肥市第一人民医院"),
        ("ＡＢＯ 血型（正定型）", "ＡＢＯ 血型（正定型）"),
        ("皖临检〔2026〕3号", "皖临检〔2026〕3号"),
        ("甲\n\n【成绩】不合格", "甲 [成绩]不合格"),
        (f"已收到{MARK}", "已收到（通知 26-0317-2〕"),
        ("〔通知\u200b 26-0317-2〕", "（通知 26-0317-2〕"),
        ("〔演练〕甲", "（演练〕甲"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("甲" + " " * 200 + "乙", "甲 乙"),
        ("\x1b[31m红", "[31m红"),
        ("[CQ:at,qq=all]", "[CQ:at,qq=all]"),
    ],
)
def test_what_a_name_becomes(written: str, said: str) -> None:
    assert one_line(written) == said


def test_a_code_hidden_by_unseen_characters_is_still_a_code() -> None:
    assert texts._uncoded("3\u200b4\u20600\u00ad0\u200d0\ufeff1医院") == "＊医院"
    assert texts._uncoded("3\ufe0f4\u034f0001医院") == "＊医院"


@pytest.mark.parametrize("name", everything())
def test_every_template_and_every_refusal_keeps_our_shape(name: str) -> None:
    """Rendered from its variables' names alone, and with plain words for comparison."""
    random, rendered = Random(name), 0
    for seed in range(60):
        if met := faults(name, seed, [wicked(random) for _ in range(40)]):
            assert not met[0]
            rendered += 1
        if rendered == 6:
            break
    assert rendered == 6


@settings(max_examples=4, deadline=None)
@given(st.lists(TEXTS.map(lambda text: f"{text}甲"), min_size=1, max_size=20), st.integers(0, 10**6))
def test_all_of_them_with_any_characters(words: list[str], seed: int) -> None:
    met = {name: faults(name, seed, words) for name in everything()}
    assert not {name: found[0] for name, found in met.items() if found and found[0]}


def test_what_only_others_take_in_is_taken_in() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in texts.HERE.rglob("*.j2")}
    parts = {path.relative_to(texts.HERE).as_posix() for path in sources if path.name.startswith("_")}
    assert parts
    assert parts <= set(re.findall(r'"([\w/]+\.j2)"', "\n".join(sources.values())))
    assert len(templates()) + len(parts) == len(sources)


def test_only_what_was_rendered_before_is_trusted() -> None:
    """`ours` leaves a text as it is; `written` leaves it its lines."""
    found = {
        (path.relative_to(texts.HERE).as_posix(), use)
        for path in texts.HERE.rglob("*.[jt][2o]*")
        for use in re.findall(r"\|\s*(?:ours|written)\b", path.read_text(encoding="utf-8"))
    }
    assert found == {
        ("guide/answer.j2", "|ours"),
        ("pushes/again.j2", "|ours"),
        ("pushes/push.j2", "|ours"),
        ("notices/notice.j2", "|written"),
        ("pushes/notice.free.j2", "|written"),
        ("requests/answer.j2", "|written"),
        ("requests/told.j2", "|written"),
    }


def test_what_is_said_back_is_short() -> None:
    long = "医" * 5000
    assert len(texts.say_error(DomainError("access/role", value=long))) < 300
    assert len(texts.say_error(DomainError("labs/code_taken", unit=long))) < 300
    view = {"found": Statuses(long, (), (), Dates(None, None)), "options": (), "settings": Settings()}
    assert len(texts.say("labs/status", view)) < 300


# What leaves


@pytest.fixture(scope="module")
async def qq(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FakeQQ]:
    scene = tmp_path_factory.mktemp("hostile") / "scene.json"
    scene.write_text(json.dumps(SCENE), encoding="utf-8")
    async with FakeQQ(listen=0, scene=scene, heartbeat=0) as qq:
        yield qq


async def test_qq_gets_typed_segments_and_calls_only_who_asked(
    qq: FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even what was not cleaned stays a text."""
    random, asked = Random(5), shape("napcat_group_message") | {"group_id": GROUP, "user_id": FRIEND}
    async with dialled(qq, monkeypatch):
        channel = OneBotChannel()
        bot, event = channel.bot(), Gate.json_to_event(asked)
        assert bot
        assert isinstance(event, MessageEvent)
        for _ in range(60):
            words = wicked(random)
            await channel.send(Target("qq", "group", str(GROUP)), words)
            await channel.send(Target("qq", "private", str(FRIEND)), words)
            await replier(bot, event)(words)
        reply = replier(bot, event)
        await reply(Recall())
        await reply(wicked(random))
    calls = [call["params"] for call in await qq.calls() if call["action"].startswith("send_")]
    assert len(calls) == 181
    for params in calls:
        assert isinstance(params["message"], list)
        assert [one["type"] for one in params["message"]] in (["text"], ["reply", "text"], ["at", "text"])
        called = [one["data"]["qq"] for one in params["message"] if one["type"] == "at"]
        assert called in ([], [str(event.user_id)])
        assert "auto_escape" not in params


@pytest.mark.parametrize("words", [*ATOMS, "甲\r\nBcc: a@演示.example", "\r\nSubject: x\r\n\r\n正文"])
def test_no_text_becomes_a_header_of_a_mail(words: str) -> None:
    box = Mailbox.parse("smtp://127.0.0.1/?from=bot@example.org&to=duty@example.org")
    plain, said = (_message(box, "duty@example.org", text) for text in ("告警", words + "甲"))
    read = message_from_bytes(said.as_bytes(), policy=policy.default)
    assert read.keys() == plain.keys()
    assert read["To"] == "duty@example.org"


@pytest.mark.parametrize("words", ["<@all>", "<@zhangsan> 甲", "@all", "<@\u200ball>"])
async def test_no_text_calls_anybody_in_wecom(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[Any] = []

    async def post(_address: str, body: Any) -> tuple[Outcome, str]:
        posted.append(body)
        return Outcome.DELIVERED, ""

    monkeypatch.setattr(wecom, "_post", post)
    await wecom.WecomChannel({"群": "http://演示.example"}, SystemClock()).send(
        Target("wecom", "group", "群"), words
    )
    (body,) = posted
    assert body["msgtype"] == "text"
    assert body["text"].keys() == {"content"}
    assert "<@" not in body["text"]["content"]


# What the source may do


@cache
def calls() -> list[tuple[str, ast.Call, str]]:
    """(file, call, what is called) in the whole product."""
    return list(_calls())


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    for floor in ("bot", "core", "db"):
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield path.relative_to(ROOT).as_posix(), node, ast.unparse(node.func)


SEND, RECEIVE = "bot/channels/onebot/send.py", "bot/channels/onebot/receive.py"
PICTURES = "bot/channels/onebot/pictures.py"


def test_only_three_files_build_what_qq_gets() -> None:
    """And of four kinds of segment; never from a text that would be read for [CQ:…] codes."""
    built = {(file, what) for file, _, what in calls() if what.startswith("MessageSegment")}
    assert built == {
        (SEND, "MessageSegment.text"),
        (SEND, "MessageSegment.at"),
        (RECEIVE, "MessageSegment.text"),
        (RECEIVE, "MessageSegment.at"),
        (RECEIVE, "MessageSegment.reply"),
        (PICTURES, "MessageSegment.image"),
        (PICTURES, "MessageSegment.text"),
    }
    imported = [
        path
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"import .*\bMessage\b", path.read_text(encoding="utf-8"))
        and "nonebot.adapters" in path.read_text(encoding="utf-8")
    ]
    assert not imported


def test_only_they_send_and_never_a_string() -> None:
    sending = [
        (file, next((one.value for one in node.keywords if one.arg == "message"), None))
        for file, node, what in calls()
        if any("send_" in ast.unparse(argument) and "_msg" in ast.unparse(argument) for argument in node.args)
    ]
    assert {file for file, _ in sending} == {SEND, RECEIVE, PICTURES}
    assert {ast.unparse(message) for _, message in sending if message} == {
        "message",
        "to + segments",
        "[segments]",
        "[segment]",
    }
    assert not [file for file, _, what in calls() if what.endswith((".send_msg", "bot.send", ".send_group_msg"))]


def test_nobody_is_called_but_the_asker_and_all() -> None:
    called = {ast.unparse(node.args[0]) for _, node, what in calls() if what == "MessageSegment.at"}
    assert called == {"'all'", "event.user_id"}


# Workbooks


FORMULAS = [f"{sign}{rest}" for sign in "=+-@\t\r" for rest in ("1+1", "SUM(A1)", "cmd|'/c calc'!A0", "{1}")]


@pytest.mark.parametrize("make", [slips, phone_list, exported], ids=["slips", "phone list", "export"])
async def test_no_cell_is_a_formula(make: Make, tmp_path: Path) -> None:
    random = Random(7)
    words = [*ATOMS, *FORMULAS, *(wicked(random) for _ in range(300))]
    path = tmp_path / "a.xlsx"
    make(path, words)
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet.rows for cell in row]
    said = [cell for cell in cells if cell.value is not None]
    assert len(said) > len(words) / 2
    assert {cell.data_type for cell in said} == {"s"}
    assert not [cell.hyperlink for cell in said if cell.hyperlink]
    assert not [c for cell in said for c in cell.value if _BREAKING.match(c)]
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).height > len(words) / 2
