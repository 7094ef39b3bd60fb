"""Bindings where several speak at one moment, and what a query refuses to whom."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.access import Account, Principal
from core.access.binding import FAILURES_OF_ONE, Bound, bind_by_code
from core.access.codes import digest, fold_code
from core.access.issue import burn, issue, valid_until
from core.errors import DomainError
from core.pushes.plan import Deadline
from db.unit import Database
from tests.cast import LABS, MORNING, OPERATOR, PROGRAMMES, ROUNDS, STRANGER, at, bring

KEY = b"k" * 32
PHONE = "0551-00000000"


def person(number: int) -> Principal:
    return Principal(Account("qq", f"3004006{number:02d}"))


async def kept_code(db: Database) -> str:
    """The digest of a fresh code of the first lab."""
    labs = await db.read(lambda tx: tx.labs_named("合肥演示晴川医院"))
    [slip] = await db.write(lambda tx: issue(tx, OPERATOR, labs, KEY, MORNING))
    code = fold_code(slip.code)
    assert code
    return digest(KEY, code)


async def attempt(db: Database, who: Principal, kept: str) -> Bound | DomainError:
    return await db.write(lambda tx: bind_by_code(tx, who, kept, MORNING, MORNING, PHONE))


async def count(db: Database, table: str) -> int:
    return int((await db.read(lambda tx: tx._one(text(f"SELECT count(*) FROM {table}"))))[0])


async def test_of_many_with_one_code_at_one_moment_only_one_is_bound(db: Database) -> None:
    await bring(db, LABS)
    kept = await kept_code(db)
    done = await asyncio.gather(*[attempt(db, person(n), kept) for n in range(6)])
    assert [one for one in done if isinstance(one, Bound)] == [Bound("合肥演示晴川医院")]
    assert {one.key for one in done if isinstance(one, DomainError)} == {"access/bad_code"}
    assert (await count(db, "binding"), await count(db, "binding_code")) == (1, 0)


async def test_of_many_attempts_at_one_moment_only_five_are_looked_up(db: Database) -> None:
    await bring(db, LABS)
    await asyncio.gather(*[attempt(db, STRANGER, "no code") for _ in range(9)])
    assert await count(db, "binding_failure") == FAILURES_OF_ONE


async def test_binding_and_burning_at_one_moment(db: Database) -> None:
    await bring(db, LABS)
    kept = await kept_code(db)
    bound, burnt = await asyncio.gather(
        attempt(db, person(1), kept), db.write(lambda tx: burn(tx, person(2), [kept], MORNING))
    )
    assert isinstance(bound, Bound) is not burnt
    assert await count(db, "binding") == (0 if burnt else 1)


async def test_failures_that_no_longer_count_are_forgotten(db: Database) -> None:
    for minutes in (0, 30, 60):
        moment = MORNING + timedelta(minutes=minutes)
        await db.write(lambda tx, m=moment: bind_by_code(tx, STRANGER, "", m, m, PHONE))  # type: ignore[misc]
    assert await count(db, "binding_failure") == 2


async def test_one_open_code_a_lab_at_most(db: Database) -> None:
    await bring(db, LABS)
    first, second = await kept_code(db), await kept_code(db)
    assert await count(db, "binding_code") == 1
    assert await db.read(lambda tx: tx.open_code(first, MORNING)) is None
    found = await db.read(lambda tx: tx.open_code(second, MORNING))
    assert found is not None
    assert second not in repr(found)


async def test_a_lab_bound_by_five_at_one_moment_has_five_accounts(db: Database) -> None:
    await bring(db, LABS)
    for n in range(4):
        await db.write(lambda tx, n=n: tx.bind(person(n).account, 1, "code", MORNING))  # type: ignore[misc]
    kept = await kept_code(db)
    await asyncio.gather(*[attempt(db, person(10 + n), kept) for n in range(4)])
    assert await count(db, "binding") == 5


@pytest.mark.parametrize(
    ("deadlines", "until"),
    [
        ([], at("2026-03-30 09:00")),
        ([(2026, 1, "2026-03-20 17:00")], at("2026-03-30 09:00")),
        ([(2026, 1, "2026-03-27 17:00"), (2026, 1, "2026-04-10 17:00")], at("2026-04-10 17:00")),
        ([(2026, 1, "2026-04-10 17:00"), (2026, 2, "2026-09-18 17:00")], at("2026-04-10 17:00")),
        ([(2026, 2, "2026-09-18 17:00")], at("2026-03-30 09:00")),  # half a year off
    ],
)
async def test_a_code_is_valid_a_fortnight_or_until_the_activity_ends(
    deadlines: list[tuple[int, int, str]], until: object
) -> None:
    class Tx:
        async def open_deadlines(self, now: object) -> list[Deadline]:
            return [Deadline(year, n, at(day)) for year, n, day in deadlines]

    assert await valid_until(Tx(), MORNING) == until  # type: ignore[arg-type]


async def test_the_end_is_read_from_the_schedule(db: Database) -> None:
    await bring(db, LABS, PROGRAMMES, ROUNDS)
    assert await db.read(lambda tx: valid_until(tx, MORNING)) == max(
        at("2026-03-30 17:00"), MORNING + timedelta(days=14)
    )


async def test_the_roster_s_telephone_is_for_staff(db: Database) -> None:
    await bring(db, LABS)
    assert await db.read(lambda tx: tx.lab_phone(OPERATOR, 1)) == ""
    with pytest.raises(PermissionError):
        await db.read(lambda tx: tx.lab_phone(STRANGER, 1))
