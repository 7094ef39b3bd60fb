"""How all labs of a round did: counted at the release, and again with every correction."""

from statistics import quantiles

import pytest

from core.scores.models import Distribution
from db.scores import score_distribution
from db.unit import Database
from tests.bot.desk import Desk
from tests.bot.own import QINGCHUAN
from tests.bot.returns import LAST_YEAR, confirmed, good, of_others, own_desk, roster, scores

MARKS = [100, 93.3, 86.7, 80, 100, 60, 73.3, 100, 93.3, 40, 80]


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await own_desk(db)
    await desk.bring(*LAST_YEAR, roster(11))
    return desk


async def found(desk: Desk) -> list[Distribution]:
    rows = await desk.db.read(
        lambda tx: tx._all(score_distribution.select().order_by(score_distribution.c.analyte))
    )
    return [Distribution(*row) for row in rows]


def rounded(marks: list[float]) -> tuple[float, ...]:
    """What the standard library makes of it."""
    parts = quantiles(marks, n=4, method="inclusive")
    return len(marks), *(round(part, 9) for part in parts), sum(mark >= 80 for mark in marks)


def figures(one: Distribution) -> tuple[float, ...]:
    return one.labs, *(round(part, 9) for part in (one.lower, one.median, one.upper)), one.satisfactory


async def test_counted_at_the_release_and_not_before(desk: Desk) -> None:
    await desk.bring(scores(2025, 2, "凝血", *of_others(MARKS), *of_others(MARKS[:10], "APTT")))
    assert await found(desk) == []
    await confirmed(desk, "公布成绩 2025 第2次 凝血")
    whole, aptt = await found(desk)
    assert (whole.analyte, figures(whole)) == ("", rounded(MARKS))
    assert (aptt.analyte, figures(aptt)) == ("APTT", rounded(MARKS[:10]))


async def test_of_fewer_than_ten_nothing_is_kept(desk: Desk) -> None:
    unscored = [None, QINGCHUAN, None, None, None, "not_scored"]
    await desk.bring(scores(2025, 2, "凝血", *of_others(MARKS[:9]), unscored))
    await confirmed(desk, "公布成绩 2025 第2次 凝血")
    assert await found(desk) == []
    await desk.bring(scores(2025, 2, "凝血", good(QINGCHUAN)))  # the tenth
    assert [figures(one) for one in await found(desk)] == [rounded([*MARKS[:9], 100])]


async def test_a_correction_is_counted_with_its_import_and_a_withdrawn_score_is_not(desk: Desk) -> None:
    await desk.bring(
        scores(2025, 2, "凝血", *of_others([80] * 11)), scores(2025, 1, "凝血", *of_others([80] * 11))
    )
    await confirmed(desk, "公布成绩 2025 第2次 凝血")
    await desk.bring(
        scores(2025, 2, "凝血", *of_others(MARKS)),
        scores(2025, 1, "凝血", *of_others(MARKS)),  # not released
    )
    [one] = await found(desk)
    assert figures(one) == rounded(MARKS)
    gone = [[None, row[1], None, None, None, "not_scored"] for row in of_others(MARKS)[:2]]
    await desk.bring(scores(2025, 2, "凝血", *gone))
    assert await found(desk) == []  # nine are left


@pytest.mark.parametrize(("good", "percent"), [(0, 0), (1, 1), (200, 100), (199, 99), (120, 60)])
def test_all_and_none_are_said_only_where_it_is_so(good: int, percent: int) -> None:
    assert Distribution(1, "", 200, 80, 90, 100, good).percent == percent
