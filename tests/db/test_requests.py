"""不能检测 in the lists: one meaning in `OwnRound`, in reminders, in the phone list; and requests of no lab."""

from collections.abc import Sequence

import pytest
from sqlalchemy import insert, select

from core.access import Account, Principal
from core.activities.models import Reported
from core.requests.models import RequestKind, RequestState
from db.activities import programme, round_, submission, submission_list
from db.bindings import binding
from db.labs import lab
from db.requests import request
from db.unit import Database, Unit
from tests.cast import DEADLINE, MORNING, VIEWER

W, Y, N = RequestState.WAITING, RequestState.APPROVED, RequestState.REFUSED
# states of what each lab has asked of the round, and what they come to
CASES: tuple[tuple[Sequence[RequestState], str], ...] = (
    ((), ""), ((W,), "waiting"), ((Y,), "approved"), ((N,), ""), ((N, W), "waiting"), ((Y, N), "approved"),
    ((W, Y), "approved"), ((W, W), "waiting"),
)  # fmt: skip
LABS = range(1, len(CASES) + 1)
ALL = Principal(Account("qq", "1"), labs=frozenset(LABS))


async def every_case(tx: Unit) -> None:
    """Two rounds of which no lab has reported; requests are about the first, some of another kind about the
    second."""
    for ident in (1, 2):
        await tx._run(
            insert(programme).values(id=ident, year=2026, code=f"P{ident}", name=f"项目{ident}", aliases=[])
        )
        row = {"id": ident, "year": 2026, "n": 1, "programme_id": ident, "state": "planned"}
        await tx._run(insert(round_).values(**row, deadline=DEADLINE))
        await tx._run(insert(submission_list).values(round_id=ident, as_of=MORNING))
    for ident, (states, _) in zip(LABS, CASES, strict=True):
        names = {"code": f"{340000 + ident}", "name": f"{ident}号演示医院", "name_key": f"{ident}号"}
        await tx._run(insert(lab).values(id=ident, **names, updated_at=MORNING))
        await tx._run(insert(submission).values(round_id=1, lab_id=ident, state=str(Reported.UNSUBMITTED)))
        whose = {"platform": "qq", "account": f"{ident}", "lab_id": ident}
        await tx._run(insert(binding).values(**whose, bound_at=MORNING, how="code"))
        asked = [(1, RequestKind.NOT_TESTED, state) for state in states]
        for about, kind, state in (*asked, (1, RequestKind.RETURN, W), (2, RequestKind.NOT_TESTED, Y)):
            row = {"round_id": about, "kind": str(kind), "state": str(state)}
            await tx._run(insert(request).values(**whose, **row, asked_at=MORNING))


async def test_not_tested_means_the_same_everywhere(db: Database) -> None:
    await db.write(every_case)
    rounds = await db.read(lambda tx: tx.own_rounds(ALL, 2026, 1))
    found = {one.lab_id: one for one in rounds if one.round.id == 1}
    assert [found[ident].not_tested for ident in LABS] == [meant for _, meant in CASES]
    assert len(rounds) == 2 * len(CASES)  # no round twice, however often it was asked
    to_remind = {ident for ident in LABS if found[ident].to_remind}
    assert to_remind == {ident for ident, (_, meant) in zip(LABS, CASES, strict=True) if not meant}
    walked = await db.read(lambda tx: tx.people_not_reported(2026, 1, DEADLINE, 0, 100))
    assert {one.lab_id for one in walked.people} == to_remind
    await db.write(lambda tx: tx._run(binding.delete()))
    calls = await db.read(lambda tx: tx.to_call(VIEWER, [1]))
    assert {one.lab_id for one in calls} == {
        i for i, (_, meant) in zip(LABS, CASES, strict=True) if meant != "approved"
    }


async def test_a_lab_asks_only_after_its_own(db: Database) -> None:
    await db.write(every_case)
    one = Principal(Account("qq", "2"), labs=frozenset({2}))
    standing = await db.read(lambda tx: tx.standing_request(one, RequestKind.NOT_TESTED, 2, 1))
    assert standing is not None
    assert (standing.lab_id, standing.state) == (2, W)
    assert standing.about is not None
    assert (standing.about.year, standing.about.n, standing.about.programme) == (2026, 1, "项目1")
    with pytest.raises(PermissionError):
        await db.read(lambda tx: tx.standing_request(one, RequestKind.NOT_TESTED, 3, 1))


async def test_a_message_of_no_lab_is_read_back_as_it_is(db: Database) -> None:
    who = Account("qq", "300400900")
    kind = RequestKind.MESSAGE

    async def work(tx: Unit) -> None:
        await tx.add_request(kind, who, None, "你好", MORNING, None, place="group", place_id="700100200")

    await db.write(work)
    found = await db.read(lambda tx: tx.request(1))
    assert found is not None
    assert (found.lab_id, found.lab_name, found.about, found.place, found.place_id) == (
        None, "", None, "group", "700100200",
    )  # fmt: skip
    assert [one.id for one in await db.read(lambda tx: tx.requests_waiting(MORNING))] == [1]
    assert await db.read(lambda tx: tx.count_waiting(kind, who, MORNING)) == 1
    assert await db.write(lambda tx: tx.decide_request(1, Y, VIEWER, "您好", MORNING))
    await db.write(lambda tx: tx.add_words(1, "再见"))
    assert (await db.read(lambda tx: tx._one(select(request.c.words)))).words == "您好\n再见"
    assert await db.read(lambda tx: tx.count_waiting(kind, who, MORNING)) == 0
