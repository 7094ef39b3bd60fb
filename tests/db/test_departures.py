"""Who has left the last managed group: at once where that is told, else as two complete lists agree."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot.cli import group as command
from core.access import Account, ManagedGroup, Principal
from core.access.binding import Why
from core.members.departures import join, leave, settle
from core.members.member import Member
from db.unit import Database, Unit
from tests.cast import HEFEI, LABS, MORNING, OFFICE, WANNAN, bring, gather_groups, principal

MACHINE = Principal(Account("machine", "local"))
ANNA, BERT = Account("qq", "300400601"), Account("qq", "300400602")
OTHERS = ("300400701", "300400702", "300400703")
PHONE = "0551-00000000"
TEN = timedelta(minutes=10)


def place(group: ManagedGroup) -> Account:
    return Account(group.platform, group.id)


def run_group(db: Database, *words: str) -> int:
    """`eqabot group`"""
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQABOT_DATABASE_URL", db.writer.url.render_as_string(hide_password=False))
        return command.run(parser.parse_args(words))


@pytest.fixture
async def centre(db: Database) -> Database:
    """Two groups; Anna is bound to two labs, Bert to one."""
    await gather_groups(db, HEFEI, WANNAN)
    await bring(db, LABS)

    async def work(tx: Unit) -> None:
        for account, lab in ((ANNA, 1), (ANNA, 2), (BERT, 1)):
            await tx.bind(account, lab, "code", MORNING)

    await db.write(work)
    return db


async def read(
    db: Database, group: ManagedGroup, *who: Account, now: datetime = MORNING, complete: bool = True
) -> Sequence[Account]:
    """A list comes in, as the reader writes it; whom it shows to have left."""
    members = [Member(account) for account in (*(one.id for one in who), *OTHERS)]

    async def work(tx: Unit) -> Sequence[Account]:
        await tx.write_members(place(group), members, now, complete)
        return await settle(tx, MACHINE, "qq", now, PHONE)

    return await db.write(work)


async def goes(db: Database, group: ManagedGroup, who: Account, now: datetime = MORNING) -> bool:
    return await db.write(lambda tx: leave(tx, MACHINE, place(group), who, now, PHONE))


async def comes(db: Database, group: ManagedGroup, who: Account) -> None:
    await db.write(lambda tx: join(tx, place(group), who))


async def labs(db: Database, who: Account) -> int:
    return len((await principal(db, who)).labs)


async def departures(db: Database) -> list[tuple[str, bool]]:
    """(account, whether that is settled)"""
    rows = await db.read(lambda tx: tx._all(text("SELECT account, left_at FROM departure ORDER BY account")))
    return [(row.account, row.left_at is not None) for row in rows]


# -- as it is told


async def test_leaving_the_last_group_suspends_at_once(centre: Database) -> None:
    await read(centre, HEFEI, ANNA, BERT)
    await read(centre, WANNAN, BERT)
    assert await goes(centre, HEFEI, ANNA)
    assert (await labs(centre, ANNA), await labs(centre, BERT)) == (0, 1)
    [one] = await centre.read(lambda tx: tx.suspended_of(2))
    assert (one.account, one.how, one.bound_at, one.suspended_at, one.why) == (
        ANNA, "code", MORNING, MORNING, Why.LEFT,
    )  # fmt: skip
    assert await departures(centre) == [(ANNA.id, True)]
    query = text("SELECT actor, subject, account FROM audit_log WHERE action = 'access.suspend' ORDER BY id")
    rows = await centre.read(lambda tx: tx._all(query))
    assert [tuple(row) for row in rows] == [
        ("machine:local", "lab:1", str(ANNA)),
        ("machine:local", "lab:2", str(ANNA)),
    ]


async def test_who_is_in_another_group_stays(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN, ANNA)
    assert await goes(centre, HEFEI, ANNA)
    assert (await labs(centre, ANNA), await departures(centre)) == (2, [])
    assert await goes(centre, WANNAN, ANNA)
    assert await labs(centre, ANNA) == 0


async def test_who_has_come_to_another_group_since_its_list_was_read_stays(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await comes(centre, WANNAN, ANNA)
    assert await goes(centre, HEFEI, ANNA)
    assert (await labs(centre, ANNA), await departures(centre)) == (2, [])


async def test_a_staff_group_is_a_managed_group(centre: Database) -> None:
    await gather_groups(centre, OFFICE)
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await read(centre, OFFICE, ANNA)
    await goes(centre, HEFEI, ANNA)
    assert await labs(centre, ANNA) == 2


async def test_where_another_list_is_partial_or_old_or_was_never_read_the_lists_decide(centre: Database) -> None:
    await read(centre, HEFEI, ANNA, BERT)
    assert not await goes(centre, HEFEI, ANNA)  # of 皖南 nothing is known
    await read(centre, WANNAN, complete=False)
    assert not await goes(centre, HEFEI, BERT)
    assert await departures(centre) == [(ANNA.id, False), (BERT.id, False)]
    await read(centre, WANNAN, now=MORNING)
    later = MORNING + timedelta(days=3)
    assert not await goes(centre, HEFEI, ANNA, later)  # our own account was out of that group, perhaps
    assert (await labs(centre, ANNA), await labs(centre, BERT)) == (2, 1)


async def test_a_group_that_is_not_managed_is_nobody_s_last(centre: Database) -> None:
    foreign = ManagedGroup("qq", "700100300", "别人的群")
    await read(centre, foreign, ANNA)
    await read(centre, HEFEI)
    await read(centre, WANNAN)
    assert await goes(centre, foreign, ANNA)
    assert (await labs(centre, ANNA), await departures(centre)) == (2, [])


async def test_who_comes_back_is_noted_as_back_but_stays_suspended(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await goes(centre, HEFEI, ANNA)
    await comes(centre, HEFEI, ANNA)
    assert (await labs(centre, ANNA), await departures(centre)) == (0, [])
    await read(centre, HEFEI, ANNA, now=MORNING + TEN)
    assert (await labs(centre, ANNA), await departures(centre)) == (0, [])


async def test_a_new_binding_takes_the_place_of_the_suspended_one(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await goes(centre, HEFEI, ANNA)
    await centre.write(lambda tx: tx.bind(ANNA, 1, "code", MORNING + TEN))
    assert await labs(centre, ANNA) == 1
    assert await centre.read(lambda tx: tx.suspended_of(1)) == []
    assert len(await centre.read(lambda tx: tx.suspended_of(2))) == 1


# -- as the lists show it


async def test_two_complete_lists_that_agree_ten_minutes_apart_suspend(centre: Database) -> None:
    await read(centre, HEFEI, ANNA, BERT)
    await read(centre, WANNAN)
    missed = MORNING + timedelta(days=1)
    assert await read(centre, HEFEI, BERT, now=missed) == []
    assert await read(centre, WANNAN, now=missed) == []
    assert await departures(centre) == [(ANNA.id, False)]
    assert await read(centre, HEFEI, BERT, now=missed + TEN) == []  # of 皖南 the list is still an old one
    assert await labs(centre, ANNA) == 2
    assert await read(centre, WANNAN, now=missed + TEN) == [ANNA]
    assert (await labs(centre, ANNA), await labs(centre, BERT)) == (0, 1)


async def test_nine_minutes_apart_are_too_few(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    for minutes in (60, 65, 69):
        for group in (HEFEI, WANNAN):
            assert await read(centre, group, now=MORNING + timedelta(minutes=minutes)) == []
    assert await labs(centre, ANNA) == 2


async def test_a_partial_list_revokes_nobody_and_the_wait_begins_anew(centre: Database) -> None:
    async def both(minutes: int, complete: bool = True) -> Sequence[Account]:
        now = MORNING + timedelta(minutes=minutes)
        await read(centre, WANNAN, now=now)
        return await read(centre, HEFEI, now=now, complete=complete)

    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    assert [await both(minutes, complete=False) for minutes in (10, 30, 60)] == [[], [], []]
    assert await departures(centre) == [(ANNA.id, False)]
    assert await both(80) == []  # the first complete one
    assert await both(85, complete=False) == []
    assert await both(95) == []
    assert await both(104) == []
    assert await both(105) == [ANNA]


async def test_who_is_on_the_second_list_again_stays(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await read(centre, HEFEI, now=MORNING + TEN)
    await read(centre, HEFEI, ANNA, now=MORNING + 2 * TEN)
    assert await departures(centre) == []
    await read(centre, HEFEI, now=MORNING + 3 * TEN)
    assert await read(centre, WANNAN, now=MORNING + 3 * TEN) == []
    assert await labs(centre, ANNA) == 2


async def test_a_new_managed_group_is_waited_for(centre: Database) -> None:
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await read(centre, HEFEI, now=MORNING + TEN)
    await gather_groups(centre, OFFICE)
    for group in (HEFEI, WANNAN):
        assert await read(centre, group, now=MORNING + 3 * TEN) == []
    assert await read(centre, OFFICE, now=MORNING + 4 * TEN) == []
    for group in (HEFEI, WANNAN):
        assert await read(centre, group, now=MORNING + 5 * TEN) == []
    assert await read(centre, OFFICE, now=MORNING + 5 * TEN) == [ANNA]


async def test_a_workbook_revokes_nobody(centre: Database) -> None:
    from tests.cast import table

    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    for minutes in (10, 30, 60):
        sheet = table("members", "group account", *([HEFEI.id, one] for one in OTHERS))
        await bring(centre, sheet, now=MORNING + timedelta(minutes=minutes))
    await read(centre, WANNAN, now=MORNING + timedelta(minutes=90))
    assert await labs(centre, ANNA) == 2


async def test_what_is_on_another_platform_has_nothing_to_do_with_it(centre: Database) -> None:
    await gather_groups(centre, ManagedGroup("wecom", "合肥群", "企业微信"))
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    await goes(centre, HEFEI, ANNA)
    assert await labs(centre, ANNA) == 0


# -- a group is managed no more


async def test_whom_only_that_group_had_has_left_and_stays_bound(centre: Database) -> None:
    await read(centre, HEFEI, ANNA, BERT)
    await read(centre, WANNAN, BERT)
    assert await asyncio.to_thread(run_group, centre, "remove", str(place(HEFEI))) == 0
    assert await departures(centre) == [(ANNA.id, True)]
    assert (await labs(centre, ANNA), await labs(centre, BERT)) == (2, 1)
    left = await centre.read(lambda tx: tx._all(text("SELECT DISTINCT group_id FROM group_member")))
    assert [row.group_id for row in left] == [WANNAN.id]
    lists = await centre.read(lambda tx: tx._all(text("SELECT group_id FROM member_list")))
    assert [row.group_id for row in lists] == [WANNAN.id]


async def test_who_was_missed_already_has_left_with_the_last_group(centre: Database) -> None:
    """Nobody is in any group any more, so that no list can take it back."""
    await read(centre, HEFEI, ANNA)
    await read(centre, WANNAN)
    assert await asyncio.to_thread(run_group, centre, "remove", str(place(WANNAN))) == 0
    assert {account for account, _ in await departures(centre)} == set()
    assert await asyncio.to_thread(run_group, centre, "remove", str(place(HEFEI))) == 0
    assert await departures(centre) == [(one, True) for one in (ANNA.id, *OTHERS)]
