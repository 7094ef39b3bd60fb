"""What must not be known stands in no repr, no message of a fault, no traceback."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from loguru import logger
from nonebot.log import LoguruHandler
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from bot import log
from bot.answers import Answer, Attachment, Proposal
from bot.channels.mail.send import MailChannel
from bot.channels.wecom.send import WecomChannel
from bot.commands import Ask
from bot.files.sheets import Sheet
from bot.incoming import Incoming, Job
from bot.mailbox import Mailbox
from bot.settings import Settings
from bot.watch.board import Board
from bot.watch.heartbeat import Heartbeat
from core.access import Account, PlaceKind
from core.access.binding import OpenCode
from core.access.issue import Slip
from core.clock import SystemClock
from core.labs.models import Application, ApplicationState, Lab
from core.labs.record import Roster
from core.labs.status import Status
from core.labs.use import Assignment
from core.members.matching import Card
from core.members.member import Member
from core.notices.phone import Call
from core.pushes.kinds import DECIDE
from core.pushes.models import Body, Delivery, Push, Target
from core.pushes.reach import Unreached
from core.pushes.states import State
from core.requests.answering import Reply
from core.requests.models import Request, RequestKind, RequestState
from core.requests.one import One
from core.requests.reading import Told
from core.requests.waiting import Waiting
from core.workbooks.judged import Change, Judged, Known, Mark
from core.workbooks.tables import Refused, Table
from db.labs import lab
from db.unit import Database
from tests.bot.desk import GROUP, Desk
from tests.privacy.handled import with_handler

CODE, PHONE, SECRET, SLIP = "0349871", "13855167890", "canary-5f2c9e", "7K2M-Q4X9-WZ0B"
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
ALL = (CODE, PHONE, SECRET, SLIP)
LAB = Lab(1, CODE, "合肥演示晴川医院")
APPLICATION = Application(1, "合肥演示晴川医院", ApplicationState.SUBMITTED, NOW)
SAID = f"我们是 {CODE}，电话 {PHONE}，绑定码 {SLIP}，{SECRET}"
SMTP = f"smtp://user:{SECRET}@smtp.example.org:587/?from=a@example.org&to=b@example.org"
WEBHOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}"
INCOMING = Incoming(
    "qq", Account("qq", "300400501"), PlaceKind.PRIVATE, "", SAID, "1", NOW, quoted=SAID, shared=SAID
)
ASKED = Request(1, RequestKind.MESSAGE, Account("qq", "1"), None, "", SAID, RequestState.WAITING, NOW, words=SAID)
REPLY = Reply(ASKED, SAID, {"said": SAID})
TABLE = Table("labs", ("code", "phone"), [[CODE, PHONE]], [2], refused=[Refused(3, "电话", PHONE, "", "")])
CHANGE = Change((CODE,), {"phone": PHONE}, {"phone": PHONE})
PUSH = Push(1, next(iter(DECIDE)), 7, 2026, {"text": SAID})


def settings(**more: Any) -> Settings:
    given = {
        "EQABOT_DATABASE_URL": f"postgresql+asyncpg://eqabot:{SECRET}@127.0.0.1/eqabot",
        "EQABOT_HEARTBEAT_URL": f"https://hc.example.org/ping/{SECRET}",
        "EQABOT_WECOM_WEBHOOKS": {"值班群": WEBHOOK},
        "EQABOT_SMTP_URL": SMTP,
        "ONEBOT_ACCESS_TOKEN": SECRET,
        "ONEBOT_SECRET": SECRET,
    }
    return Settings(_env_file=None, **{**given, **more})


HOLDERS: list[Any] = [
    settings(),
    Mailbox.parse(SMTP),
    MailChannel(Mailbox.parse(SMTP), SystemClock()),
    WecomChannel({"值班群": WEBHOOK}, SystemClock()),
    Heartbeat(f"https://hc.example.org/{SECRET}", Board(NOW, []), SystemClock()),
    LAB,
    Status("合肥演示晴川医院", ApplicationState.ASSIGNED, NOW.date(), None, CODE, 1),
    Assignment(APPLICATION, CODE, (), ()),
    Roster((), (), SECRET, PHONE, NOW),
    Slip(LAB, SLIP, NOW),
    OpenCode(SECRET, 1, "合肥演示晴川医院", False, "qq:1", NOW),
    Unreached(1, "合肥演示晴川医院", "", "", SECRET, PHONE),
    Call(1, "合肥演示晴川医院", "", "", SECRET, PHONE, NOW, ""),
    Member("300400501", f"晴川 {PHONE}", PHONE, "member", None),
    Card("300400501", f"晴川 {PHONE}", "member", None),
    Request(1, RequestKind.BINDING, Account("qq", "1"), 1, "演示", SAID, RequestState.WAITING, NOW),
    REPLY,
    Told(2026, 1, (), SAID),
    One(
        REPLY.request, {"said": SAID}, Waiting(REPLY.request, 0, False), False, Roster((), (), SECRET, PHONE, NOW)
    ),
    INCOMING,
    Job(INCOMING, print, None, "", True),  # type: ignore[arg-type]
    Ask(SAID, (CODE, PHONE), quoted=SAID, written=SAID),
    Answer("labs/status", {"lab": LAB, "code": CODE, "said": SAID}),
    Proposal(Answer("labs/status", {"code": CODE}), (CODE, PHONE), print),  # type: ignore[arg-type]
    Attachment("绑定码.xlsx", SAID.encode()),
    Sheet("名录", [[CODE, PHONE]]),
    TABLE,
    CHANGE,
    Mark((2026, 1, "A01"), CODE, "submitted", words=SECRET),
    Judged(TABLE, new=[CHANGE], members={GROUP: [{"card": PHONE}]}, keys={(CODE,)}),
    Known(labs={CODE: {"phone": PHONE}}),
    PUSH,
    Delivery(1, PUSH, Target("qq", "private", "1"), 1, State.READY, 0, 0, NOW, NOW, body=SAID),
    Body("pushes/notice.free", {"text": SAID}),
]


def betrayed(text: str) -> list[str]:
    return [canary for canary in (*ALL, *(one.lstrip("0") for one in ALL)) if canary in text]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda one: type(one).__name__)
def test_nothing_secret_stands_in_a_repr(holder: Any) -> None:
    assert betrayed(f"{holder!r} {holder!s} {[holder]}") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"EQABOT_WECOM_WEBHOOKS": f"{{'x': '{SECRET}'"},
        {"EQABOT_SMTP_URL": SECRET},
        {"EQABOT_DATABASE_URL": f"mysql://root:{SECRET}@localhost/x"},
        {"ONEBOT_WS_URLS": [f"ws://127.0.0.1:3001/?access_token={SECRET}"]},
        {"PORT": SECRET},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_refused_setting_does_not_show_what_was_set(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**wrong)
    assert betrayed(log.traceback_of(refused.value)) == []


@contextmanager
def logged() -> Iterator[list[str]]:
    """As `eqabot run` sets its log up."""
    lines: list[str] = []
    line = log.formatter(log.secrets_of(settings()))
    sink = logger.add(lines.append, level=0, format=line, diagnose=False, backtrace=False)
    try:
        yield lines
    finally:
        logger.remove(sink)


async def test_a_handler_that_breaks_tells_the_log_where_and_nothing_of_what_it_held(db: Database) -> None:
    async def broken(*_: object) -> Answer:
        unit, said, phone = LAB, SAID, PHONE
        raise ValueError(f"{unit} cannot be read: {phone} {said}")

    desk = await Desk(db).open()
    with logged() as lines:
        (said,) = await with_handler(desk, broken)
    (line,) = lines
    assert "incident" in line
    assert "in broken" in line  # the place is there
    assert "ValueError: " in line
    assert betrayed(f"{line}\n{said}") == []


async def test_a_row_that_the_database_refuses_is_not_shown(db: Database) -> None:
    row = {"code": CODE, "name": "合肥演示晴川医院", "name_key": "合肥演示晴川医院", "phone": PHONE}
    more = {"city": "", "county": "", "stopped": False, "contact": "", "updated_at": NOW}
    with logged() as lines:
        try:
            await db.write(lambda tx: tx._run(lab.insert().values([{**row, **more}, {**row, **more}])))
        except IntegrityError:
            logger.exception("refused")
    (line,) = lines
    assert "IntegrityError" in line
    assert betrayed(line) == []


def test_words_of_libraries_come_into_the_log_without_their_numbers() -> None:
    stray = logging.Logger("aiohttp.client")
    stray.addHandler(LoguruHandler())
    with logged() as lines:
        stray.warning("cannot reach %s for %s of %s", WEBHOOK, CODE, PHONE)
    (line,) = [one for one in lines if "cannot reach https://qyapi.weixin.qq.com" in one]
    assert betrayed(line) == []


async def test_a_defect_of_the_program_shows_no_more_on_standard_error(tmp_path: Path) -> None:
    """A traceback that nobody caught, as in `eqabot import`."""
    script = (
        "import sys; from bot import __main__ as program; from bot.cli import ask\n"
        f"def broken(args): raise RuntimeError('{CODE} {PHONE}')\n"
        "ask.run = broken; sys.argv = ['eqabot', 'ask', 'x']; program.main()"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("python", "-c", script, stdout=pipe, stderr=pipe)
    _, told = await process.communicate()
    assert b"RuntimeError" in told
    assert process.returncode == 1
    assert betrayed(told.decode()) == []
