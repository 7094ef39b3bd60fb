"""The door looks a second time: whatever a handler gives back by mistake is met with an incident, and nothing of
it is sent."""

import re
from collections import deque
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from bot.answers import Answer, Attachment, Proposal
from bot.bearing import labs_in
from bot.commands import Command, Table, Where, Who
from bot.door import Door
from core.access import PlaceKind
from core.access.issue import Slip
from core.labs.models import Lab
from core.scores.models import Score, Verdict
from db.unit import Database, Unit
from tests.bot.desk import APPLICANT, GROUP, NOW, OFFICE, STAFF, STRANGER, VIEWER, commands
from tests.bot.own import A, own_desk
from tests.privacy.handled import with_handler

INCIDENT = re.compile(r"抱歉，处理时出错了（事件号 [0-9a-f]{6}），已记录。请稍后再试，或致电 0551-62283619。")
OWN, OTHERS = (Score(lab, 7, "", Verdict.SATISFACTORY, pt=100.0) for lab in (1, 2))
FILE = Attachment("成绩.xlsx", b"0340102")
PEOPLE = {
    "private": {},
    "group": {"group": GROUP},
    "staff group": {"group": OFFICE},
    "temporary": {"place": PlaceKind.TEMPORARY},
}
SAID = {"text": "编码 0340102", "source": "", "facts": (), "step": "", "second": None}


def said(**more: Any) -> Answer:
    return Answer("guide/answer", SAID, **more)


def bearing(found: object, **more: Any) -> Answer:
    return Answer("guide/answer", {**SAID, "found": found}, **more)


# who asks, where, and what a broken handler gives back
WRONG: dict[str, tuple[str, str, Answer]] = {
    "another lab's data to a bound account": (A, "private", said(private=frozenset({2}))),
    "another lab's data beside one's own": (A, "private", said(private=frozenset({1, 2}))),
    "another lab's data in the view": (A, "private", bearing(OTHERS, private=frozenset({1}))),
    "another lab's data deep in the view": (A, "private", bearing([{1: (OWN, [OTHERS])}], private=frozenset({1}))),
    "another lab's data that was not declared": (A, "private", bearing(OTHERS)),
    "one's own data that was not declared, in a group": (A, "group", bearing(OWN)),
    "data that was not declared to a stranger": (STRANGER, "private", bearing({"one": OWN})),
    "data that cannot be looked at": (A, "private", bearing(iter([OWN]), private=frozenset({1}))),
    "data to a stranger": (STRANGER, "private", said(private=frozenset({1}))),
    "data to an applicant": (APPLICANT, "private", said(private=frozenset({1}))),
    "one's own data in a group": (A, "group", said(private=frozenset({1}))),
    "one's own data in a staff group": (A, "staff group", said(private=frozenset({1}))),
    "one's own data in a temporary session": (A, "temporary", said(private=frozenset({1}))),
    "data to staff in a group": (STAFF, "group", said(private=frozenset({1}))),
    "data to staff in their group": (STAFF, "staff group", said(private=frozenset({1}))),
    "a code to a stranger": (STRANGER, "private", said(codes=frozenset({1}))),
    "a code to another lab's account": (A, "private", said(codes=frozenset({2}))),
    "one's own code in a group": (A, "group", said(codes=frozenset({1}))),
    "a code to staff in their group": (VIEWER, "staff group", said(codes=frozenset({1}))),
    "a file in a group": (A, "group", said(file=FILE)),
    "a file in a staff group": (STAFF, "staff group", said(file=FILE)),
    "a file in a temporary session": (A, "temporary", said(file=FILE)),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("proposed", [False, True], ids=["answered", "proposed"])
async def test_a_wrong_answer_is_not_sent(db: Database, case: str, proposed: bool) -> None:
    """Nor as the preview of a proposal, which then waits for nobody."""
    user, place, answer = WRONG[case]
    desk = await own_desk(db)

    async def do(_tx: Unit) -> Answer:
        raise AssertionError("never done")

    async def handler(*_: object) -> Answer | Proposal:
        return Proposal(answer, 1, do) if proposed else answer

    (heard,) = await with_handler(desk, handler, user=user, **PEOPLE[place])
    assert INCIDENT.fullmatch(str(heard)), heard
    assert "0340102" not in str(heard)


@pytest.mark.parametrize("user", [A, STAFF, VIEWER])
async def test_the_right_one_is(db: Database, user: str) -> None:
    answer = bearing(OWN, private=frozenset({1}), file=FILE)

    async def handler(*_: object) -> Answer:
        return answer

    assert await with_handler(await own_desk(db), handler, user=user) == ["编码 0340102", FILE]


async def test_what_is_said_after_confirming_is_looked_at_as_well(db: Database) -> None:
    """It is done, and nothing is told of it in the group."""
    desk, done = await own_desk(db), []

    async def do(_tx: Unit) -> Answer:
        done.append(1)
        return said(private=frozenset({1}))

    async def handler(*_: object) -> Proposal:
        return Proposal(Answer("guide/answer", {**SAID, "text": "将会"}), 1, do)

    ours = Command(("试试",), handler, (), (), Who.OPERATOR, Where.OFFICE, "试试", "")
    confirm = commands().by_name("确认")
    assert confirm
    desk.door = Door(db, desk.clock, Table([ours, confirm], []), desk.door.settings)
    await desk.door.refresh()
    found = re.search(r"确认 (\d{4})", await desk.say("试试", STAFF, OFFICE))
    assert found
    assert INCIDENT.fullmatch(await desk.say(f"确认 {found[1]}", STAFF, OFFICE))
    assert done


class Named(NamedTuple):
    lab_id: int


@pytest.mark.parametrize(
    "found",
    [
        Slip(Lab(2, "0340103", "太和演示青禾卫生院"), "7K2M-Q4X9-WZ0B", NOW),
        {OTHERS: 1},
        {1: OTHERS}.values(),
        deque([OTHERS]),
        MappingProxyType({"one": OTHERS}),
        Named(2),
    ],
    ids=["slip", "key", "values", "deque", "mapping", "named"],
)
def test_labs_hide_nowhere(found: object) -> None:
    assert labs_in({"found": found}) == {2}
