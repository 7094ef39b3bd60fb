"""The log in a chain: whatever is changed, taken away, put in or moved is found; persons can be erased."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from core.access import Account, Principal, Role
from core.audit.chain import Head
from core.audit.check import Fault, Wrong
from core.audit.noted import Noted
from core.audit.ranges import Erasure
from core.audit.verifying import Verified, verify
from db.audit import BATCH
from db.migrate import upgrade
from db.unit import Database, Unit
from tests.cast import MORNING, OPERATOR, VIEWER

ANNA, BERT = Account("qq", "300400600"), Account("qq", "300400601")
MINUTE = timedelta(minutes=1)
CLI = Principal(Account("cli", "test"), Role.ADMIN)


def nth(minute: int) -> datetime:
    return MORNING + minute * MINUTE


async def write(db: Database, count: int, about: Account | None = ANNA, start: int = 0) -> None:
    async def work(tx: Unit) -> None:
        for number in range(start, start + count):
            now = nth(number)
            await tx.audit(OPERATOR, "access.bind", f"lab:{number + 1}", {"how": "code", "医院": 1.5}, now, about)

    await db.write(work)


async def checked(db: Database, now: datetime = MORNING, noted: Noted | None = None) -> Verified:
    return await db.read(lambda tx: verify(tx, noted, now))


async def fault(db: Database) -> Fault | None:
    return (await checked(db)).fault


def doing(*statements: str) -> Callable[[Unit], Awaitable[None]]:
    async def work(tx: Unit) -> None:
        for statement in statements:
            await tx._run(text(statement))

    return work


@pytest.fixture
async def log(db: Database) -> Database:
    """Ten rows, sealed: one a minute since nine; the fifth names one person only."""
    await write(db, 4)
    await write(db, 1, about=None, start=4)
    await write(db, 5, start=5)
    await db.write(lambda tx: tx.seal_all())
    return db


async def test_a_whole_chain(log: Database) -> None:
    found = await checked(log)
    assert (found.fault, found.head.seq, found.erased, found.unsealed.count) == (None, 10, 0, 0)
    assert found.head.at == nth(9)


async def test_an_empty_log_is_whole(db: Database) -> None:
    found = await checked(db)
    assert (found.fault, found.head.seq) == (None, 0)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("UPDATE audit_log SET action = 'access.unbind' WHERE seq = 3", Fault(Wrong.CHANGED, 3, nth(2))),
        ("UPDATE audit_log SET subject = 'lab:9' WHERE seq = 1", Fault(Wrong.CHANGED, 1, MORNING)),
        ("UPDATE audit_log SET detail = '{}' WHERE seq = 10", Fault(Wrong.CHANGED, 10, nth(9))),
        ("UPDATE audit_log SET at = '2026-03-16 02:00:00.000001' WHERE seq = 2", Wrong.CHANGED),
        ("UPDATE audit_log SET hash = persons WHERE seq = 2", Wrong.CHANGED),
        ("UPDATE audit_log SET persons = hash WHERE seq = 2", Wrong.CHANGED),
        ("UPDATE audit_log SET actor = 'qq:1' WHERE seq = 2", Wrong.PERSONS),
        ("UPDATE audit_log SET account = NULL WHERE seq = 2", Wrong.PERSONS),
        ("UPDATE audit_log SET account = '' WHERE seq = 5", Wrong.PERSONS),
        ("UPDATE audit_log SET salt = hash WHERE seq = 2", Wrong.PERSONS),
        ("UPDATE audit_log SET salt = NULL, actor = NULL, account = NULL WHERE seq = 2", Wrong.PERSONS),
        ("DELETE FROM audit_log WHERE seq = 1", Fault(Wrong.MISSING, 1, None)),
        ("DELETE FROM audit_log WHERE seq = 4", Fault(Wrong.MISSING, 4, nth(2))),
        ("DELETE FROM audit_log WHERE seq = 10", Fault(Wrong.MISSING, 10, nth(8))),
        ("DELETE FROM audit_log", Fault(Wrong.MISSING, 1, None)),
        ("UPDATE audit_log SET seq = NULL WHERE seq = 7", Fault(Wrong.MISSING, 7, nth(5))),
        ("UPDATE audit_log SET seq = 11 WHERE seq = 10", Wrong.MISSING),
        ("UPDATE audit_log SET seq = 0 WHERE seq = 1", Wrong.EXTRA),
        ("UPDATE audit_head SET seq = 9", Fault(Wrong.EXTRA, 10, nth(9))),
        ("UPDATE audit_head SET seq = 11", Fault(Wrong.MISSING, 11, nth(9))),
        ("UPDATE audit_head SET hash = 'x'", Fault(Wrong.HEAD, 10, nth(9))),
        ("UPDATE audit_head SET at = '2026-03-16 02:00:00.000001'", Wrong.HEAD),
        ("DELETE FROM audit_head", Fault(Wrong.EXTRA, 1, MORNING)),
        ("UPDATE audit_log SET id = 99 WHERE seq = 3", Fault(Wrong.CHANGED, 3, nth(2))),
        (
            "UPDATE audit_log SET id = -1 WHERE seq = 3;"
            "UPDATE audit_log SET id = 3 WHERE seq = 4;"
            "UPDATE audit_log SET id = 4 WHERE seq = 3",
            Fault(Wrong.CHANGED, 3, nth(2)),
        ),
        (
            """UPDATE audit_log SET detail = '{"how": "x", "how": "code", "\\u533b\\u9662": 1.5}' WHERE seq = 3""",
            Wrong.CHANGED,
        ),
        (
            """UPDATE audit_log SET detail = '{"how":"code", "\\u533b\\u9662": 1.5}' WHERE seq = 3""",
            Wrong.CHANGED,
        ),
        (
            "INSERT INTO audit_log (id, at, action, subject, detail, actor)"
            " VALUES (100, (SELECT min(at) FROM audit_log), 'labs.card', 'lab:1', '{}', 'qq:1')",
            Fault(Wrong.AFTERWARDS, 0, MORNING),
        ),
        (
            "UPDATE audit_log SET seq = -1 WHERE seq = 3;"
            "UPDATE audit_log SET seq = 3 WHERE seq = 4;"
            "UPDATE audit_log SET seq = 4 WHERE seq = -1",
            Wrong.CHANGED,
        ),
    ],
)
async def test_what_was_tampered_with_is_found(log: Database, statements: str, expected: Fault | Wrong) -> None:
    await log.write(doing(*statements.split(";")))
    found = await fault(log)
    assert found is not None
    assert expected in (found, found.what)


@pytest.mark.parametrize("detail", ["", "{", "[" * 100_000, '"\\ud800"', "'", "{}}", "NaN"])
async def test_what_is_no_json_any_more_is_found_not_stumbled_over(tmp_path: Path, detail: str) -> None:
    """SQLite takes anything."""
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'log.db'}")
    await upgrade(db)
    await write(db, 3)
    await db.write(lambda tx: tx.seal_all())
    await db.write(lambda tx: tx._run(text("UPDATE audit_log SET detail = :d WHERE seq = 2"), {"d": detail}))
    assert await fault(db) == Fault(Wrong.CHANGED, 2, nth(1))
    await db.write(lambda tx: tx._run(text("UPDATE audit_log SET at = 'yesterday' WHERE seq = 1")))
    assert await fault(db) == Fault(Wrong.CHANGED, 1, None)
    await db.write(lambda tx: tx._run(text("UPDATE audit_log SET action = x'ff00' WHERE seq = 1")))
    assert await fault(db) == Fault(Wrong.CHANGED, 1, None)
    await db.close()


@pytest.mark.parametrize(
    "at", ["2026-03-16T01:01:00.000000", "2026-03-16 01:01:00", "2026-03-16 01:01:00.000000+00:00"]
)
async def test_a_moment_in_another_form_is_found(tmp_path: Path, at: str) -> None:
    """SQLite takes anything."""
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'log.db'}")
    await upgrade(db)
    await write(db, 3)
    await db.write(lambda tx: tx.seal_all())
    changed = text("UPDATE audit_log SET at = :at WHERE seq = :seq")
    await db.write(lambda tx: tx._run(changed, {"at": at, "seq": 2}))
    assert await fault(db) == Fault(Wrong.CHANGED, 2, None)
    await db.write(lambda tx: tx._run(changed, {"at": "2026-03-16 01:01:00.000000", "seq": 2}))
    assert await fault(db) is None
    await write(db, 1, start=3)
    await db.write(lambda tx: tx._run(text("UPDATE audit_log SET at = :at WHERE seq IS NULL"), {"at": at}))
    assert await fault(db) == Fault(Wrong.AFTERWARDS, 0, None)
    await db.write(lambda tx: tx.seal_all())
    assert await fault(db) == Fault(Wrong.CHANGED, 4, None)  # sealing makes it no better
    await db.close()


async def test_a_log_that_was_emptied_is_found_where_the_database_was_used(log: Database) -> None:
    await log.write(doing("DELETE FROM audit_log", "DELETE FROM audit_head"))
    assert await fault(log) is None  # as a fresh one
    await log.write(lambda tx: tx.set_staff(ANNA, Role.OPERATOR, MORNING, CLI))
    assert await fault(log) is None
    await log.write(doing("DELETE FROM audit_log"))
    assert await fault(log) == Fault(Wrong.EMPTIED, 0, None)


async def test_a_clock_that_was_set_back(log: Database) -> None:
    """Told, not suspected; the head's time stays."""
    await write(log, 1, start=-51)
    await log.write(lambda tx: tx.seal_all())
    found = await checked(log)
    assert (found.fault, found.backwards, found.head.at) == (None, None, nth(9))
    await write(log, 1, start=-52)
    await log.write(lambda tx: tx.seal_all())
    found = await checked(log)
    assert found.backwards is not None
    assert (found.fault, found.backwards.seq, found.backwards.at, found.head.at) == (None, 12, nth(-52), nth(9))


async def test_a_row_put_in_between(log: Database) -> None:
    for seq in range(10, 5, -1):
        await log.write(doing(f"UPDATE audit_log SET seq = {seq + 1} WHERE seq = {seq}"))
    await log.write(
        doing(
            "INSERT INTO audit_log (id, at, action, subject, detail, actor, account, salt, seq, persons, hash)"
            " SELECT 100, at, action, subject, detail, actor, account, salt, 6, persons, hash"
            " FROM audit_log WHERE seq = 5"
        )
    )
    assert (await fault(log)) == Fault(Wrong.CHANGED, 6, nth(4))


async def test_rows_are_sealed_in_transactions_of_their_own(db: Database) -> None:
    await write(db, BATCH + 1)
    assert [await db.write(lambda tx: tx.seal()) for _ in range(3)] == [BATCH, 1, 0]
    assert (await checked(db)).head.seq == BATCH + 1


async def test_many_seal_and_write_at_once(db: Database) -> None:
    """Two programs, an erasure, and people who go on asking: every row gets one number, none twice."""

    async def sealing() -> None:
        for _ in range(4):
            await db.write(lambda tx: tx.seal())

    erasing = db.write(lambda tx: tx.erase_persons(CLI, [BERT], MORNING))
    await asyncio.gather(*(write(db, 3, BERT, start=n) for n in range(8)), sealing(), sealing(), erasing)
    await db.write(lambda tx: tx.seal_all())
    found = await checked(db)
    told = await db.read(lambda tx: tx.tellings("audit.erase"))
    assert (found.fault, found.head.seq, found.unsealed.count) == (None, 24 + len(told), 0)


async def test_a_row_that_comes_late_gets_a_later_number(log: Database) -> None:
    """PostgreSQL may commit a lower id after a higher one."""
    await log.write(
        doing(
            "INSERT INTO audit_log (id, at, action, subject, detail, actor) "
            "VALUES (-5, '2026-03-16 01:00:00.000000', 'labs.card', 'lab:1', '{}', 'qq:1')"
        )
    )
    await log.write(lambda tx: tx.seal_all())
    found = await checked(log)
    assert (found.fault, found.head.seq) == (None, 11)


async def test_rows_that_wait_for_their_seal(log: Database) -> None:
    """Only a program that runs should have sealed them."""
    await write(log, 2, start=30)
    later = nth(41)
    found = await checked(log, later)
    assert (found.fault, found.unsealed.count, found.unsealed.late, found.late) == (None, 2, 1, 0)
    assert found.unsealed.oldest == nth(30)
    await log.write(lambda tx: tx.beat("甲机", later))
    assert (await checked(log, later)).late == 1


async def test_a_head_that_was_noted(log: Database) -> None:
    head = await log.read(lambda tx: tx.audit_head())
    assert head is not None
    noted = Noted.parse(head.short)
    await write(log, 3, start=20)
    await log.write(lambda tx: tx.seal_all())
    assert (await checked(log, noted=noted)).fault is None
    assert (await checked(log, noted=Noted(10, head.hash))).fault is None
    other = Noted(10, "0" * 16)
    assert (await checked(log, noted=other)).fault == Fault(Wrong.NOTED, 10, nth(9))
    assert (await checked(log, noted=Noted(14, head.hash))).fault == Fault(Wrong.NOTED_GONE, 14, nth(22))


async def test_a_chain_that_was_made_anew_is_told_by_a_noted_head(log: Database) -> None:
    head = await log.read(lambda tx: tx.audit_head())
    assert head is not None
    clear = "salt = NULL, persons = NULL, hash = NULL, seq = NULL"
    await log.write(doing(f"UPDATE audit_log SET subject = 'lab:99', {clear} WHERE seq = 3"))
    await log.write(doing(f"UPDATE audit_log SET {clear}", "DELETE FROM audit_head"))
    await log.write(lambda tx: tx.seal_all())
    assert await fault(log) is None
    assert (await checked(log, noted=Noted.parse(head.short))).fault == Fault(Wrong.NOTED, 10, nth(9))


async def rows_of(db: Database) -> str:
    return repr(await db.read(lambda tx: tx._all(text("SELECT * FROM audit_log"))))


async def test_erased_persons_are_gone_and_the_chain_is_whole(log: Database) -> None:
    await log.write(lambda tx: tx.audit(VIEWER, "labs.card", "lab:1", {}, MORNING, BERT))
    await log.write(lambda tx: tx.audit(Principal(ANNA), "scores.read", "lab:1", {}, MORNING))
    assert ANNA.id in await rows_of(log)
    assert await log.write(lambda tx: tx.erase_persons(CLI, [ANNA], MORNING)) == 10
    assert ANNA.id not in await rows_of(log)
    assert BERT.id in await rows_of(log)
    found = await checked(log)
    assert found.erasures == (Erasure(13, MORNING, CLI.account, ("1-4", "6-10", "12")),)
    assert (found.fault, found.head.seq, found.erased, found.unsealed.count) == (None, 13, 10, 0)


async def test_who_is_not_in_the_log_is_not_erased(log: Database) -> None:
    assert await log.write(lambda tx: tx.erase_persons(CLI, [BERT], MORNING)) == 0
    assert await log.write(lambda tx: tx.erase_persons(CLI, [ANNA], MORNING)) == 9
    assert await log.write(lambda tx: tx.erase_persons(CLI, [ANNA], MORNING)) == 0
    assert (await checked(log)).head.seq == 11


async def test_many_accounts_at_once(log: Database) -> None:
    many = [Account("qq", str(number)) for number in range(1000, 2500)]
    assert await log.write(lambda tx: tx.erase_persons(CLI, [*many, ANNA, OPERATOR.account], MORNING)) == 10
    assert (await checked(log)).fault is None


async def test_who_ever_was_staff_stays_in_the_log(log: Database) -> None:
    await log.write(lambda tx: tx.set_staff(ANNA, Role.OPERATOR, MORNING, CLI))
    await log.write(lambda tx: tx.remove_staff(ANNA, MORNING, CLI))
    await log.write(lambda tx: tx.audit(VIEWER, "labs.card", "lab:1", {}, MORNING, BERT))
    assert await log.read(lambda tx: tx.was_staff(ANNA))
    assert not await log.read(lambda tx: tx.was_staff(BERT))
    assert await log.write(lambda tx: tx.erase_persons(CLI, [ANNA], MORNING)) == 0
    assert await log.write(lambda tx: tx.erase_persons(CLI, [ANNA, BERT], MORNING)) == 1
    await log.write(lambda tx: tx.seal_all())
    assert await log.read(lambda tx: tx.was_staff(ANNA))
    rows = await rows_of(log)
    assert ANNA.id in rows
    assert BERT.id not in rows
    assert (await checked(log)).fault is None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit_log SET actor = 'qq:1' WHERE seq = 2", Wrong.PERSONS),
        ("UPDATE audit_log SET salt = hash WHERE seq = 2", Wrong.PERSONS),
        ("UPDATE audit_log SET persons = NULL WHERE seq = 2", Wrong.CHANGED),
        ("UPDATE audit_log SET salt = NULL, actor = NULL, account = NULL WHERE seq = 5", Wrong.PERSONS),
        ('UPDATE audit_log SET detail = \'{"rows": "1-4,6-10,99"}\' WHERE seq = 11', Wrong.CHANGED),
        ("UPDATE audit_log SET detail = '{\"rows\": 7}' WHERE seq = 11", Wrong.PERSONS),
        ("DELETE FROM audit_log WHERE seq = 11", Wrong.PERSONS),
    ],
)
async def test_an_erasure_covers_no_tampering(log: Database, statement: str, expected: Wrong) -> None:
    await log.write(lambda tx: tx.erase_persons(CLI, [ANNA], MORNING))
    assert await fault(log) is None
    await log.write(doing(statement))
    found = await fault(log)
    assert found is not None
    assert found.what is expected


async def test_what_is_hashed_is_the_same_on_both_databases(db: Database) -> None:
    """Else a log that moved from one to the other would break."""
    now = datetime(2026, 3, 16, 1, 2, 3, 4005, UTC)
    await db.write(lambda tx: tx.audit(Principal(ANNA), "labs.card", "lab:1", {"ü": [1.0, None, True]}, now))
    await db.write(doing("UPDATE audit_log SET actor = NULL"))  # no salt, so it can be foretold
    await db.write(lambda tx: tx.seal_all())
    written = (
        '{"action":"labs.card","at":"2026-03-16T01:02:03.004005+00:00",'
        '"detail":"{\\"\\\\u00fc\\": [1.0, null, true]}",'
        '"id":1,"persons":null,"seq":1,"subject":"lab:1"}'
    )
    expected = sha256(("0" * 64 + written).encode()).hexdigest()
    assert await db.read(lambda tx: tx.audit_head()) == Head(1, expected, now)
