"""Every declared command × whoever may ask × everywhere: just what the table of rights says, nothing else."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.answers import Proposal
from bot.commands import Ask, Command, Context, Table, Where, Who, command
from bot.door import Door
from bot.incoming import Incoming, Job
from bot.texts import say_error
from core.access import Account, PlaceKind, Principal, Role
from core.access.codes import CODE_LIKE
from core.errors import DomainError
from core.members.member import Member
from db.bindings import suspended_binding
from db.unit import Database, Unit
from tests.bot.desk import CENTRE, EVERYTHING, GROUP, NOW, OFFICE, Desk, commands
from tests.bot.own import QINGCHUAN, YUNQI, _lab, bind
from tests.privacy.rights import RIGHTS, Right

PHONE = "0551-62283619"
UNKNOWN, MEMBER, BOUND, SUSPENDED, FOREIGN = "300400910", "300400911", "300400912", "300400913", "300400914"
STAFF = {"viewer": Role.VIEWER, "operator": Role.OPERATOR, "admin": Role.ADMIN}
PERSONS = {
    **{"unknown": UNKNOWN, "member": MEMBER, "bound": BOUND, "suspended": SUSPENDED, "foreign lab": FOREIGN},
    **{role: f"30040092{number}" for number, role in enumerate(STAFF)},
}
PLACES = {
    "group": (PlaceKind.GROUP, GROUP),
    "staff group": (PlaceKind.GROUP, OFFICE),
    "private": (PlaceKind.PRIVATE, ""),
    "temporary": (PlaceKind.TEMPORARY, ""),
}
STOPPED = (
    "您与「合肥演示晴川医院」的绑定已于 3月20日（周五）09:00 停用（账号已不在质评群内）。"
    f"请向中心索取新的绑定码，在私聊中发送「绑定 绑定码」即可恢复，或致电 {PHONE}。"
)
FIT = {"anywhere": set(PLACES), "private": {"private"}, "office": {"private", "staff group"}}
KNOWN_IN = {"private", "staff group"}  # elsewhere nobody is anybody


@dataclass
class Called:
    """What the handlers, all of them replaced, were called with."""

    calls: list[tuple[str, Principal]]

    def handler(self, name: str) -> Callable[..., Any]:
        async def called(_ask: Ask, who: Principal, _ctx: Context) -> None:
            self.calls.append((name, who))

        return called

    def table(self) -> Table:
        true = commands()
        ours = [replace(one, handler=self.handler(one.name)) for one in true.commands]
        question = replace(true.question, handler=self.handler("?"))
        heard = [(pattern, replace(one, handler=self.handler("!"))) for pattern, one in true._overhearing]
        return Table(ours, [*heard, (heard[0][0], question)])


@pytest.fixture
async def house(db: Database) -> tuple[Door, Called, dict[str, int]]:
    desk = await Desk(db).open(*EVERYTHING)
    await bind(db, BOUND, QINGCHUAN)
    await bind(db, FOREIGN, YUNQI)

    async def people(tx: Unit) -> dict[str, int]:
        for word, role in STAFF.items():
            await tx.set_staff(Account("qq", PERSONS[word]), role, NOW, CENTRE)
        labs = {code: await _lab(tx, code) for code in (QINGCHUAN, YUNQI)}
        gone = {"platform": "qq", "account": SUSPENDED, "lab_id": labs[QINGCHUAN], "how": "code", "why": "left"}
        moments = {"bound_at": NOW - timedelta(days=9), "suspended_at": NOW}
        await tx._run(insert(suspended_binding).values(**gone, **moments))
        card = Member(MEMBER, "合肥演示晴川医院+张三", "张三", "owner", None)
        await tx.write_members(Account("qq", GROUP), [card], NOW)
        return labs

    labs = await db.write(people)
    called = Called([])
    door = Door(db, desk.clock, called.table(), desk.door.settings)
    await door.refresh()
    return door, called, labs


def may(right: Right, person: str, place: str) -> bool:
    """The judge: default deny."""
    known = place in KNOWN_IN
    role = STAFF.get(person, Role.NONE) if known else Role.NONE
    has_lab = known and (person in ("bound", "foreign lab") or (right.past and person == "suspended"))
    return place in FIT[right.places] and role >= right.least and (has_lab or not right.lab)


def refusal(one: Command, right: Right, person: str, place: str, addressed: bool) -> str:
    """What is said to whoever may not; silence where nobody spoke to us."""
    if place not in FIT[right.places]:
        if right.least:
            return say_error(DomainError("door/forbidden")) if addressed else ""
        among_people = not addressed and one.example in ("我的", "报名", "已报", "签收")
        return "" if among_people else say_error(DomainError("door/not_here", command=one.name))
    if right.lab:
        return STOPPED if person == "suspended" else say_error(DomainError("access/not_bound", phone=PHONE))
    colleague = person in STAFF and place in KNOWN_IN
    return say_error(DomainError("door/forbidden")) if addressed or colleague else ""


async def heard(door: Door, one: Command, person: str, place: str, addressed: bool) -> str:
    kind, group = PLACES[place]
    marks = (("26-0001", 0),) if one.name == "收到" else ()
    message = Incoming("qq", Account("qq", PERSONS[person]), kind, group, one.example, "1", door.clock.real(),
                       addressed, quoted_marks=marks)  # fmt: skip
    said: list[str] = []

    async def reply(part: Any) -> None:
        said.append(part)

    if (found := door.recognise(message)) is not None:
        await door.handle(Job(message, reply, *found))
    return "\n".join(said)


def test_every_command_has_a_row() -> None:
    names = [one.name for one in commands().commands]
    assert [name for name in names if name not in RIGHTS] == [], (
        "write who may use it into tests/privacy/rights.py"
    )
    assert [name for name in RIGHTS if name not in names] == [], "no such command: take it out of rights.py"


def test_nothing_else_listens() -> None:
    """One handler overhears groups: for binding codes, which it burns; one answers free words, from the guide."""
    table = commands()
    assert [pattern.pattern for pattern, _ in table._overhearing] == [CODE_LIKE]
    assert table.question is not None
    assert (table.question.who, table.question.where) == (Who.ANYONE, Where.ANYWHERE)


@pytest.mark.parametrize("addressed", [True, False])
@pytest.mark.parametrize("place", PLACES)
async def test_just_who_may_is_let_through(
    house: tuple[Door, Called, dict[str, int]], place: str, addressed: bool
) -> None:
    """A handler that must not be reached is never called, and its asker hears the one sentence for it."""
    door, called, labs = house
    addressed = addressed or place not in ("group", "staff group")
    wrong: list[tuple[Any, ...]] = []
    for one in door.table.commands:
        right = RIGHTS.get(one.name)
        for person in PERSONS:
            called.calls.clear()
            said = await heard(door, one, person, place, addressed)
            allowed = right is not None and may(right, person, place)
            expected = "" if allowed or right is None else refusal(one, right, person, place, addressed)
            reached = [name for name, _ in called.calls if name != "?"]
            if reached != [one.name] * allowed or said != expected:
                wrong.append((one.name, person, reached, said))
            wrong += [(one.name, person, who) for _, who in called.calls if not is_just(who, person, place, labs)]
    assert wrong == []


def is_just(who: Principal, person: str, place: str, labs: dict[str, int]) -> bool:
    """Whether the handler was told no more of the asker than was proved in this place."""
    own = {"bound": {labs[QINGCHUAN]}, "foreign lab": {labs[YUNQI]}} if place in KNOWN_IN else {}
    role = STAFF.get(person, Role.NONE) if place in KNOWN_IN else Role.NONE
    return who.labs <= own.get(person, set()) and who.role in (Role.NONE, role) and not who.applied


@pytest.mark.parametrize("one", commands().commands, ids=lambda one: one.name)
def test_what_must_be_previewed_proposes(one: Command) -> None:
    """A handler that always previews can return nothing but a proposal, as mypy sees to."""
    returns = inspect.signature(one.handler).return_annotation
    kinds = set(getattr(returns, "__args__", (returns,)))
    found = "always" if kinds == {Proposal} else "some" if Proposal in kinds else "-"
    assert found == RIGHTS[one.name].previews


def test_a_command_says_who_and_where() -> None:
    for given in ({}, {"who": Who.ANYONE}, {"where": Where.ANYWHERE}):
        with pytest.raises(TypeError, match="required keyword-only argument"):
            command("试试", summary="", example="", **given)  # type: ignore[call-arg,arg-type]


@pytest.mark.parametrize("where", [None, "anywhere", "everywhere"])
async def test_a_place_that_is_none_lets_nobody_in(house: tuple[Door, Called, dict[str, int]], where: Any) -> None:
    door, called, _ = house
    one = Command(("试试",), called.handler("试试"), (), (), Who.ANYONE, where, "试试", "")
    for person in PERSONS:
        for place in PLACES:
            await heard(Door(door.db, door.clock, Table([one], []), door.settings), one, person, place, True)
    assert called.calls == []


@pytest.mark.parametrize("who", [None, 0, "anyone"])
def test_a_command_for_somebody_unheard_of_stops_the_start(who: Any) -> None:
    with pytest.raises(AttributeError):
        Table([replace(commands().commands[0], who=who)], [])
