"""How many labs: staff read the very number, everybody else 不足3家 where one or two could be told by it."""

import re
from pathlib import Path

import pytest

from bot import texts
from core.activities.models import Tally
from db.unit import Database
from tests.bot.desk import EVERYTHING, OFFICE, VIEWER, Desk
from tests.cast import DEADLINE

TEXTS = Path(texts.__file__).parent
LABS = re.compile(r'\}\}\s*家|~\s*"\s*家|\|few')

ROUND = type("R", (), {"year": 2026, "n": 1})

# What staff alone are told, in private or in their group: (folder)/(template).
STAFF = {
    *("access/all_codes", "access/propose_codes", "activities/unreported", "certificates/release"),
    *("demo/welcome", "notices/phone_list", "notices/urge", "pushes/_reach", "pushes/staff.alarm", "pushes/todo"),
    *("pushes/unreached", "scores/release", "watch/digest", "workbooks/imported"),
    "pushes/access.code_burnt",  # to whoever of the staff gave the codes out
}
# Units that stand in the very message, of which the rest is counted: never fewer than there are names.
NAMED = {"pushes/application.assigned", "pushes/request.decided"}
# What reaches groups and people of labs.
BLURRED = {"pushes/deadline.reminder", "pushes/receipt.overdue"}
# The asker's own labs; distributions, which `core/scores` gives of ten labs and more only.
OWN = {"guide/_facts"}
CROWDS = {"scores/_words"}
ROSTER = {"labs/_words", "labs/duplicates"}  # how many more units bear such a name: the roster is no secret


def counting() -> dict[str, str]:
    """Every template that says how many labs, with its source."""
    found = {}
    for file in sorted(TEXTS.rglob("*.j2")):
        source = file.read_text(encoding="utf-8")
        if LABS.search(source):
            found[file.relative_to(TEXTS).with_suffix("").as_posix()] = source
    return found


def test_every_count_of_labs_is_known_by_its_readers() -> None:
    assert set(counting()) == STAFF | NAMED | BLURRED | OWN | CROWDS | ROSTER, (
        "write into tests/privacy/test_counts.py who reads it"
    )


@pytest.mark.parametrize("name", sorted(BLURRED))
def test_outside_staff_use_a_count_is_blurred(name: str) -> None:
    bare = [found[0] for found in LABS.finditer(counting()[name]) if found[0] != "|few"]
    assert bare == []


@pytest.mark.parametrize("name", sorted(NAMED))
def test_what_counts_the_units_it_names_does_so_for_many(name: str) -> None:
    """等 6 家单位: only behind a list that was cut, and those are more than five."""
    least = re.findall(r"if units\|length > (\d+)", counting()[name])
    assert least
    assert min(map(int, least)) >= 5


def test_no_refusal_counts_labs() -> None:
    sentences = "\n".join(file.read_text(encoding="utf-8") for file in TEXTS.rglob("errors.toml"))
    assert not LABS.search(sentences)


@pytest.mark.parametrize(("count", "said"), [(1, "不足3家"), (2, "不足3家"), (3, "3家"), (40, "40家")])
def test_a_group_reads_few(count: int, said: str) -> None:
    tally = Tally(reported=9, unreported=count, unknown=0, as_of=DEADLINE)
    view = type("V", (), {"name": "凝血试验", "tally": tally, "deadline": DEADLINE, "round": ROUND})
    public = texts.say("pushes/deadline.reminder", {"parts": [[view]], "reference": "26-0317-1"})
    assert f"· 凝血试验：未上报 {said}\n" in public
    arrival = {"name": "凝血试验", "pending": count, "as_of": DEADLINE}
    overdue = {
        "arrivals": [arrival],
        "year": 2026,
        "n": 1,
        "expected": (DEADLINE.date(), DEADLINE.date()),
        "reference": "26-0318-1",
    }
    assert f"· 凝血试验：{said}还没有签收记录\n" in texts.say("pushes/receipt.overdue", overdue)


async def test_staff_read_the_very_number(db: Database) -> None:
    desk = await Desk(db).open(*EVERYTHING)
    for where in ("", OFFICE):
        assert "· 凝血试验：未上报 2家，已上报 1家" in await desk.say("未上报 2026 第1次 凝血", VIEWER, where)
