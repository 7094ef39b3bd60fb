"""Programmes, deadlines and 发放, on a real database of either kind."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from core.activities.models import Programme, RoundState, Tally
from core.activities.use import (
    ANNOUNCED_FOR,
    LATELY,
    Deadlines,
    Dispatch,
    activity,
    choose,
    deadlines,
    dispatch,
    programmes,
    propose_dispatch,
)
from core.errors import DomainError, Several
from db.activities import round_
from db.audit import audit_log
from db.pushes import delivery, push
from db.unit import Database
from tests.cast import (
    DEADLINE,
    HEFEI,
    LABS,
    MORNING,
    OFFICE,
    OPERATOR,
    PROGRAMMES,
    ROUNDS,
    WANNAN,
    at,
    bring,
    gather_groups,
    refusal,
    reports,
    table,
)

CATALOGUE = [Programme(i, row[0], row[1], row[2], tuple(row[3])) for i, row in enumerate(PROGRAMMES.rows, 1)]
TODAY = date(2026, 3, 16)


async def closing(
    db: Database, *words: str, now: datetime = MORNING, year: int | None = None, n: int | None = None
) -> Deadlines:
    return await db.read(lambda tx: deadlines(tx, words, now, year, n))


async def proposal(db: Database, *words: str, n: int = 1, now: datetime = MORNING) -> Dispatch:
    return await db.read(lambda tx: propose_dispatch(tx, 2026, n, words, now))


def names(found: Deadlines) -> list[str]:
    return [view.name for view in found.coming]


# -- which programme is meant


@pytest.mark.parametrize("word", ["A01", "a01", "凝血试验", "凝血", " 凝血 ", "血试"])
def test_a_programme_by_any_of_its_names(word: str) -> None:
    assert [p.code for p in choose([word], CATALOGUE)] == ["A01"]


def test_several_words_name_several_programmes_once_each() -> None:
    assert [p.code for p in choose(["糖化", "凝血", "A02"], CATALOGUE)] == ["A02", "A01"]
    assert choose([], CATALOGUE) == []


def test_an_alias_of_several_leads_to_a_question() -> None:
    with pytest.raises(Several) as refused:
        choose(["凝血", "两对半"], CATALOGUE)
    assert refused.value.key == "activities/programme_ambiguous"
    both = ["感染性疾病血清学标志物A", "感染性疾病血清学标志物B"]
    assert (refused.value.word, refused.value.options) == ("两对半", tuple(both))


def test_a_whole_name_wins_over_a_part_of_others() -> None:
    catalogue = [Programme(1, 2026, "C1", "核酸"), Programme(2, 2026, "C2", "核酸检测")]
    assert [p.code for p in choose(["核酸"], catalogue)] == ["C1"]


def test_a_word_without_a_programme_is_refused() -> None:
    with pytest.raises(DomainError) as refused:
        choose(["星座"], CATALOGUE)
    assert (refused.value.key, refused.value.params) == ("activities/programme_unknown", {"word": "星座"})


# -- 项目


async def test_the_newest_catalogue_not_after_this_year(db: Database) -> None:
    for year in (2024, 2025, 2027):
        await bring(db, table("programmes", "year code name", [year, "X", f"{year}年的项目"]))
    found = await db.read(lambda tx: programmes(tx, None, (), TODAY))
    assert (found.year, found.known, [p.name for p in found.programmes]) == (2025, True, ["2025年的项目"])
    coming = await db.read(lambda tx: programmes(tx, None, (), date(2023, 1, 1)))
    assert coming.year == 2027


async def test_a_year_without_a_catalogue_is_unknown(db: Database) -> None:
    found = await db.read(lambda tx: programmes(tx, 2030, ("凝血",), TODAY))
    assert (found.year, found.programmes, found.known) == (2030, (), False)
    nothing = await db.read(lambda tx: programmes(tx, None, (), TODAY))
    assert (nothing.year, nothing.known) == (2026, False)


# -- 截止


async def test_before_any_import_deadlines_are_unknown(db: Database) -> None:
    assert await closing(db) == Deadlines((), (), known=False)
    assert await closing(db, "凝血") == Deadlines((), (), known=False)


async def test_deadlines_come_soonest_first(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    assert names(await closing(db)) == ["凝血试验", "糖化血红蛋白", "感染性疾病血清学标志物B"]  # not September
    found = await closing(db, year=2026)
    assert names(found) == ["凝血试验", "糖化血红蛋白", "感染性疾病血清学标志物B", "凝血试验"]
    assert [v.deadline for v in found.coming] == sorted(v.deadline for v in found.coming)
    assert (found.closed, found.known) == ((), True)


async def test_the_next_half_years_activity_is_told_once_it_is_the_nearest(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    summer = await closing(db, now=at("2026-07-01 09:00"))
    assert [(v.name, v.round.n) for v in summer.coming] == [("凝血试验", 2)]
    assert [v.round.n for v in (await closing(db, n=2)).coming] == [2]


async def test_words_years_and_numbers_narrow_it_down(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    assert names(await closing(db, "糖化")) == ["糖化血红蛋白"]
    assert [v.round.n for v in (await closing(db, "凝血")).coming] == [1, 2]
    assert [v.round.n for v in (await closing(db, "凝血", n=2)).coming] == [2]
    assert names(await closing(db, year=2027)) == []


async def test_a_programme_without_a_coming_round_is_no_unknown_word(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    assert await closing(db, "感A") == Deadlines((), (), known=True, unplanned=("感染性疾病血清学标志物A",))
    assert (await refusal(closing(db, "星座"))).key == "activities/programme_unknown"


async def test_a_programme_of_two_years_is_one_to_people(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS, table("programmes", "year code name", [2027, "A01", "凝血试验"]))
    await bring(db, table("rounds", "year n programme deadline", [2027, 1, "A01", "2027-03-26T09:00:00Z"]))
    assert [(v.round.year, v.round.n) for v in (await closing(db, "凝血试验")).coming] == [
        (2026, 1),
        (2026, 2),
        (2027, 1),
    ]


async def test_lately_closed_ones_are_told_apart(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    just = await closing(db, "糖化", now=DEADLINE)
    assert (names(just), just.closed) == (["糖化血红蛋白"], ())
    after = await closing(db, "糖化", now=DEADLINE + timedelta(seconds=1))
    assert (names(after), [v.name for v in after.closed]) == ([], ["糖化血红蛋白"])
    long_after = await closing(db, "糖化", now=DEADLINE + LATELY + timedelta(seconds=1))
    assert (names(long_after), long_after.closed) == ([], after.closed)  # by name, at any time
    everything = await closing(db, now=DEADLINE + LATELY + timedelta(seconds=1))
    assert "糖化血红蛋白" not in [view.name for view in everything.closed]


async def test_a_cancelled_round_is_nowhere(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    [one] = (await closing(db, "糖化")).coming
    await db.write(lambda tx: tx.set_round_state([one.round.id], RoundState.CANCELLED, MORNING))
    assert names(await closing(db, "糖化")) == []
    assert "糖化血红蛋白" not in [v.name for v in await db.read(lambda tx: activity(tx, 2026, 1, ()))]


# -- 未上报


async def test_counts_are_those_of_the_list_with_its_date(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    await bring(db, reports("0340101", "0340102 0340103"), scope="full", now=at("2026-03-25 10:00"))
    tallies = {v.name: v.tally for v in await db.read(lambda tx: activity(tx, 2026, 1, ()))}
    assert tallies["凝血试验"] == Tally(1, 2, at("2026-03-25 10:00"), complete=True)
    assert tallies["糖化血红蛋白"] == Tally()
    assert not tallies["糖化血红蛋白"].known


@pytest.mark.parametrize(
    ("tally", "finished"),
    [
        (Tally(), False),
        (Tally(3, 0, MORNING, complete=True), True),
        (Tally(3, 1, MORNING, complete=True), False),
        (Tally(0, 0, MORNING, complete=True), False),
        (Tally(3, 0, MORNING, complete=False), False),
    ],
)
def test_only_a_complete_list_says_that_all_have_reported(tally: Tally, finished: bool) -> None:
    assert tally.finished is finished


async def test_an_activity_by_words(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)

    async def found(*words: str) -> list[str]:
        return [v.name for v in await db.read(lambda tx: activity(tx, 2026, 1, words))]

    assert await found("糖化") == ["糖化血红蛋白"]
    assert await found("全部") == await found() == ["凝血试验", "糖化血红蛋白", "感染性疾病血清学标志物B"]
    refused = await refusal(db.read(lambda tx: activity(tx, 2026, 3, ())))
    assert (refused.key, refused.params) == ("activities/activity_unknown", {"year": 2026, "n": 3})


# -- 发放


async def test_all_planned_rounds_are_proposed(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    proposed = await proposal(db, "全部")
    assert [r.programme.code for r in proposed.rounds] == ["A01", "A02", "B02"]
    assert proposed.again == ()


async def test_samples_are_announced_once(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    await gather_groups(db, HEFEI, WANNAN, OFFICE)
    first = await proposal(db, "凝血")
    await db.write(lambda tx: dispatch(tx, OPERATOR, first, MORNING))
    assert (await refusal(proposal(db, "凝血"))).key == "activities/dispatched_before"
    rest = await proposal(db)
    assert [r.programme.code for r in rest.rounds] == ["A02", "B02"]
    assert [v.round.programme.code for v in rest.again] == ["A01"]
    await db.write(lambda tx: dispatch(tx, OPERATOR, rest, MORNING))
    refused = await refusal(proposal(db))
    assert (refused.key, refused.params) == ("activities/dispatched_before", {"year": 2026, "n": 1})
    assert len(await db.read(lambda tx: tx._all(select(push)))) == 2


async def test_what_is_closed_is_not_announced(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    later = await proposal(db, now=DEADLINE)
    assert [r.programme.code for r in later.rounds] == ["B02"]
    refused = await refusal(proposal(db, "凝血", now=DEADLINE))
    assert (refused.key, refused.params) == ("activities/all_closed", {"year": 2026, "n": 1})


async def test_state_audit_and_announcement_belong_together(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    await gather_groups(db, HEFEI, WANNAN, OFFICE)
    proposed = await proposal(db, "凝血", "糖化")
    ids = sorted(r.id for r in proposed.rounds)
    await db.write(lambda tx: dispatch(tx, OPERATOR, proposed, MORNING))
    rows = await db.read(lambda tx: tx._all(select(round_).where(round_.c.id.in_(ids))))
    assert {(row.state, row.dispatched_at) for row in rows} == {("dispatched", MORNING)}
    [said] = await db.read(lambda tx: tx._all(select(push)))
    assert (said.kind, said.facts) == ("round.dispatched", {"year": 2026, "n": 1, "rounds": ids})
    assert (said.due_at, said.expires_at) == (MORNING, MORNING + ANNOUNCED_FOR)
    goes = await db.read(lambda tx: tx._all(select(delivery.c.place_id).order_by(delivery.c.ordinal)))
    assert [one.place_id for one in goes] == [HEFEI.id, WANNAN.id]  # the office gets other kinds
    query = select(audit_log).where(audit_log.c.action == "activities.dispatch")
    [written] = await db.read(lambda tx: tx._all(query))
    assert (written.actor, written.subject, written.detail) == (
        "qq:300400001",
        "activity:2026:1",
        {"rounds": ids},
    )


async def test_an_announcement_ends_with_the_last_deadline(db: Database) -> None:
    await bring(db, PROGRAMMES, ROUNDS)
    late = at("2026-03-26 09:00")
    proposed = await proposal(db, "凝血", now=late)
    await db.write(lambda tx: dispatch(tx, OPERATOR, proposed, late))
    [said] = await db.read(lambda tx: tx._all(select(push)))
    assert said.expires_at == DEADLINE
