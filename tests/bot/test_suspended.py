"""暂停发放: a lab that an imported list suspends is told in private, of itself and of nobody else."""

import pytest
from sqlalchemy import select

from core.access import Account
from core.pushes.numbers import DRAWN
from core.pushes.states import State
from core.workbooks.tables import Table
from db.pushes import push
from db.unit import Database
from tests.bot.desk import table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, own_desk
from tests.bot.test_deliverer import Line, Post


@pytest.fixture
async def post(db: Database) -> Post:
    return Post(await own_desk(db), Line())


def listed(*rows: tuple[str, str, str], year: int = 2026) -> Table:
    """(programme, lab code, state)"""
    return table("enrolments", "year lab_code programme state", *([year, lab, p, state] for p, lab, state in rows))


SUSPENDED = (("A01", YUNQI, "suspended"), ("A02", YUNQI, "suspended"), ("A01", QINGCHUAN, "applied"))


async def heard(post: Post) -> dict[str, str]:
    before = len(post.line.sent)
    await post.pass_time(minutes=1)
    return dict(post.line.sent[before:])


async def test_only_the_labs_own_account_reads_it(post: Post) -> None:
    await post.desk.bring(listed(*SUSPENDED))
    found = await heard(post)
    assert set(found) == {B}
    assert found[B].startswith(
        "【暂停发放】2026年室间质评\n"
        "芜湖演示云栖医院：暂停发放 凝血试验、糖化血红蛋白的质控品\n"
        "依据：前一年上报率低的单位，中心暂停发放下一年的质控品。\n"
        "数据截至 3月20日 09:00。如有异议请联系中心；发送「报名 2026」可查看全部项目。\n"
        "〔通知 26-"
    )
    assert await heard(post) == {}


async def test_its_number_is_drawn_so_that_nobody_can_count_the_suspended(post: Post) -> None:
    await post.desk.bring(listed(*SUSPENDED))
    [row] = await post.desk.db.read(lambda tx: tx._all(select(push.c.number, push.c.groups)))
    assert row.number >= DRAWN
    assert not row.groups


async def test_the_same_list_again_says_nothing_again(post: Post) -> None:
    await post.desk.bring(listed(*SUSPENDED))
    await heard(post)
    await post.desk.bring(listed(*SUSPENDED))
    assert await heard(post) == {}


async def test_a_further_lab_is_told_alone(post: Post) -> None:
    await post.desk.bring(listed(*SUSPENDED))
    await heard(post)
    await post.desk.bring(listed(*SUSPENDED, ("A02", QINGCHUAN, "suspended")))
    found = await heard(post)
    assert set(found) == {A}
    assert "云栖" not in found[A]


async def test_who_was_taken_off_the_list_meanwhile_hears_nothing(post: Post) -> None:
    post.line.online = False
    await post.desk.bring(listed(*SUSPENDED))
    await heard(post)
    await post.desk.bring(listed(("A01", YUNQI, "applied"), ("A02", YUNQI, "applied")))
    post.line.online = True
    assert await heard(post) == {}
    assert list((await post.states()).values()) == [State.CANCELLED]


async def test_who_was_unbound_meanwhile_hears_nothing(post: Post) -> None:
    post.line.online = False
    await post.desk.bring(listed(*SUSPENDED))
    await heard(post)
    await post.desk.db.write(lambda tx: tx.unbind(Account("qq", B), 2))
    post.line.online = True
    assert B not in await heard(post)


async def test_past_years_are_only_records(post: Post) -> None:
    old = table("programmes", "year code name aliases rounds scored", [2025, "A01", "凝血试验", [], 2, True])
    await post.desk.bring(old, listed(("A01", YUNQI, "suspended"), year=2025))
    assert await heard(post) == {}


async def test_a_person_of_two_suspended_labs_reads_of_both_once(post: Post) -> None:
    for account, lab in ((A, 1), (B, 2)):
        await post.desk.db.write(lambda tx, a=account, of=lab: tx.unbind(Account("qq", a), of))  # type: ignore[misc]
    await post.desk.bring(listed(*SUSPENDED, ("A02", QINGCHUAN, "suspended")))
    found = await heard(post)
    assert set(found) == {BOTH}
    assert "合肥演示晴川医院：暂停发放 糖化血红蛋白的质控品\n芜湖演示云栖医院：暂停发放 " in found[BOTH]
