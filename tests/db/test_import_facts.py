"""Enrolments, receipts, scores, certificates and members through a real database."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.files.importing import preview, publish
from core.workbooks.tables import Table
from db.activities import programme, round_
from db.certificates import certificate, certificate_release
from db.enrolment import enrolment, enrolment_list
from db.imports import staged_fact
from db.labs import lab
from db.members import group_member, member_list
from db.receipts import receipt, receipt_list
from db.scores import score, score_release
from db.unit import Database
from tests.cast import LABS, MORNING, OPERATOR, PROGRAMMES, ROUNDS, Brought, at, bring, table

LATER, LATEST = at("2026-04-20 10:00"), at("2026-04-21 10:00")
ONE, TWO, THREE = "0340101", "0340102", "0340103"
NOON, NIGHT = "2026-03-12T04:00:00Z", "2026-03-12T15:59:59Z"


async def rows(db: Database, query: Any) -> list[Any]:
    return list(await db.read(lambda tx: tx._all(query)))


async def open_centre(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)


def enrolments(*said: tuple[str, str], programme: str = "A01") -> Table:
    return table("enrolments", "year lab_code programme state", *([2026, c, programme, s] for c, s in said))


async def enrolled(db: Database) -> dict[str, str]:
    query = select(lab.c.code, enrolment.c.state).join(lab, lab.c.id == enrolment.c.lab_id)
    return {code: state for code, state in await rows(db, query)}


async def test_enrolments_with_the_dates_of_their_lists(db: Database) -> None:
    await open_centre(db)
    await bring(db, enrolments((ONE, "applied"), (TWO, "suspended")), scope="full", now=MORNING)
    await bring(db, enrolments((THREE, "applied")), enrolments((ONE, "applied"), programme="糖化"), now=LATER)
    query = select(programme.c.code, enrolment_list.c.as_of, enrolment_list.c.full_as_of).join(
        programme, programme.c.id == enrolment_list.c.programme_id
    )
    dates = {code: (as_of, full) for code, as_of, full in await rows(db, query)}
    assert dates == {"A01": (LATER, MORNING), "A02": (LATER, None)}


async def test_a_complete_list_says_who_has_not_applied(db: Database) -> None:
    await open_centre(db)
    await bring(db, enrolments((ONE, "applied"), (TWO, "suspended"), (THREE, "not_applied")))
    brought = await bring(db, enrolments((TWO, "applied")), scope="full", now=LATER)
    assert (brought.counts, brought.judged[0].dropped) == ([(0, 2, 0, 0)], 1)
    assert await enrolled(db) == {ONE: "not_applied", TWO: "applied", THREE: "not_applied"}


def receipts(*said: tuple[str, str | None]) -> Table:
    return table("receipts", "year n programme lab_code received_at", *([2026, 1, "A01", c, t] for c, t in said))


async def received(db: Database) -> dict[str, tuple[str, datetime | None, str]]:
    query = select(lab.c.code, receipt.c.state, receipt.c.received_at, receipt.c.by)
    found = await rows(db, query.join(lab, lab.c.id == receipt.c.lab_id))
    return {row.code: (row.state, row.received_at, row.by) for row in found}


async def own_receipt(db: Database, code: str, state: str, when: datetime | None) -> None:
    ids = select(round_.c.id).join(programme).where(programme.c.code == "A01", round_.c.n == 1).scalar_subquery()
    labs = select(lab.c.id).where(lab.c.code == code).scalar_subquery()
    values = {"lab_id": labs, "round_id": ids, "state": state, "received_at": when, "by": "qq:300400700"}
    await db.write(lambda tx: tx._run(insert(receipt).values(**values)))


async def test_receipts_and_a_lab_s_own_word(db: Database) -> None:
    await open_centre(db)
    await own_receipt(db, ONE, "received", at("2026-03-12 09:00:05"))
    await own_receipt(db, TWO, "problem", None)
    await bring(db, receipts((ONE, None), (TWO, None), (THREE, None)), now=LATER)
    assert await received(db) == {
        ONE: ("received", at("2026-03-12 09:00:05"), "qq:300400700"),
        TWO: ("problem", None, "qq:300400700"),
    }
    assert [row.as_of for row in await rows(db, select(receipt_list))] == [LATER]
    assert (await bring(db, receipts((ONE, NOON), (TWO, NIGHT), (THREE, NIGHT)))).counts == [(1, 2, 0, 0)]
    assert await received(db) == {
        ONE: ("received", at("2026-03-12 12:00"), ""),
        TWO: ("received", at("2026-03-12 23:59:59"), ""),
        THREE: ("received", at("2026-03-12 23:59:59"), ""),
    }


async def test_a_word_said_between_preview_and_import_stays(db: Database) -> None:
    await open_centre(db)
    judged = await preview(db, [receipts((ONE, None))])
    await own_receipt(db, ONE, "received", at("2026-03-12 09:00"))
    await publish(db, OPERATOR, judged, LATER)
    assert (await received(db))[ONE] == ("received", at("2026-03-12 09:00"), "qq:300400700")


async def test_certificates_of_a_year(db: Database) -> None:
    await open_centre(db)
    said = table(
        "certificates",
        "year lab_code programme number state",
        [2026, ONE, "A01", "00012", "issued"],
        [2026, TWO, "凝血", None, "not_issued"],
    )
    await bring(db, said, now=LATER)
    assert (await bring(db, said, now=LATEST)).counts == [(0, 0, 2, 0)]
    found = await rows(db, select(certificate.c.number, certificate.c.state).order_by(certificate.c.lab_id))
    assert [tuple(row) for row in found] == [("00012", "issued"), ("", "not_issued")]
    query = select(programme.c.code, certificate_release.c.as_of, certificate_release.c.released_at)
    [dates] = await rows(db, query.join(programme, programme.c.id == certificate_release.c.programme_id))
    assert tuple(dates) == ("A01", LATEST, None)


SCORES = "year n programme analyte lab_code acceptable total pt verdict remark"


def scores(*said: list[Any]) -> Table:
    return table("scores", SCORES, *([2026, 1, "凝血", *row] for row in said))


APTT = ["APTT", ONE, 4, 5, 80.0, "satisfactory", None]
PT = ["PT", ONE, 5, 5, 100.0, "satisfactory", "复核"]
WHOLE = [None, TWO, None, None, None, None, None]


async def versions(db: Database) -> list[tuple[Any, ...]]:
    query = select(score).order_by(score.c.lab_id, score.c.analyte, score.c.version)
    return [
        (row.analyte, row.version, row.acceptable, row.verdict, row.at, row.superseded_at)
        for row in await rows(db, query)
    ]


async def test_a_correction_is_a_further_version(db: Database) -> None:
    await open_centre(db)
    await bring(db, scores(APTT, PT, WHOLE))
    assert (await bring(db, scores(APTT, PT, WHOLE), now=LATER)).counts == [(0, 0, 3, 0)]
    corrected = ["aptt", ONE, 3, 5, 60.0, "unsatisfactory", None]
    assert (await bring(db, scores(corrected, PT), now=LATER)).counts == [(0, 1, 1, 0)]
    assert (await bring(db, scores(APTT), now=LATEST)).counts == [(0, 1, 0, 0)]
    assert await versions(db) == [
        ("APTT", 1, 4, "satisfactory", MORNING, LATER),
        ("APTT", 2, 3, "unsatisfactory", LATER, LATEST),
        ("APTT", 3, 4, "satisfactory", LATEST, None),
        ("PT", 1, 5, "satisfactory", MORNING, None),
        ("", 1, None, "not_scored", MORNING, None),
    ]


async def test_an_import_releases_nothing_and_takes_nothing_back(db: Database) -> None:
    await open_centre(db)
    await bring(db, scores(APTT))
    [release] = await rows(db, select(score_release))
    assert (release.as_of, release.released_at) == (MORNING, None)
    await db.write(lambda tx: tx._run(update(score_release).values(released_at=MORNING)))
    brought = await bring(db, scores(["APTT", ONE, 5, 5, 100.0, None, None], PT), now=LATER)
    assert (brought.counts, brought.judged[0].corrected) == ([(1, 1, 0, 0)], 1)
    [release] = await rows(db, select(score_release))
    assert (release.as_of, release.released_at) == (LATER, MORNING)


async def test_scores_of_other_rounds_are_not_touched(db: Database) -> None:
    await open_centre(db)
    await bring(db, scores(APTT), table("scores", SCORES, [2026, 2, "凝血", *APTT]))
    await bring(db, scores(["APTT", ONE, 5, 5, 100.0, None, None]), now=LATER)
    by_round = select(score.c.round_id, func.count()).group_by(score.c.round_id).order_by(score.c.round_id)
    assert sorted(n for _, n in await rows(db, by_round)) == [1, 2]


async def test_an_import_brings_the_programme_its_scores_speak_of(db: Database) -> None:
    """The lists that a sheet names are found by what the same call brings."""
    await open_centre(db)
    await bring(db, scores(APTT))
    renamed = table("programmes", "year code name aliases", [2026, "A01", "凝血功能", ["出凝血"]])
    again = table("scores", SCORES, [2026, 1, "出凝血", *APTT])
    assert (await bring(db, again, renamed)).counts == [(0, 1, 0, 0), (0, 0, 1, 0)]


def members(*said: list[Any]) -> Table:
    return table("members", "group account card nickname role joined_at", *said)


async def test_members_are_those_of_the_sheet(db: Database) -> None:
    first = ["700100200", "10001", "合肥演示医院 张三", "小张", "owner", "2026-01-05T01:00:01Z"]
    elsewhere = ["700100201", "10001", "", "小张", "member", None]
    await bring(db, members(first, ["700100200", "10002", "-", "", "member", None], elsewhere))
    brought = await bring(db, members(first, ["700100200", "10003", "", "新", "member", None]), now=LATER)
    assert (brought.counts, brought.judged[0].dropped) == ([(1, 0, 1, 0)], 1)
    found = await rows(db, select(group_member).order_by(group_member.c.group_id, group_member.c.account))
    assert [(row.group_id, row.account, row.card, row.joined_at) for row in found] == [
        ("700100200", "10001", "合肥演示医院 张三", at("2026-01-05 09:00:01")),
        ("700100200", "10003", "", None),
        ("700100201", "10001", "", None),
    ]
    lists = await rows(db, select(member_list).order_by(member_list.c.group_id))
    assert [(row.group_id, row.as_of, row.count) for row in lists] == [
        ("700100200", LATER, 2),
        ("700100201", MORNING, 1),
    ]


async def test_nothing_staged_is_left_behind(db: Database) -> None:
    await open_centre(db)
    brought: Brought = await bring(db, scores(APTT), receipts((ONE, NOON)), enrolments((ONE, "applied")))
    assert len(brought.written.batches) == 3
    assert await rows(db, select(staged_fact)) == []
