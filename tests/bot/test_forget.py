"""`eqabot forget`: what is there, the question, what was done and what was not."""

import argparse
import asyncio
from pathlib import Path

import pytest

from bot.__main__ import Parser
from bot.cli import forget as command
from bot.texts import say_error
from core.access import Role
from core.errors import DomainError
from db.unit import Database
from tests.cast import MORNING, OPERATOR
from tests.db.kept import OTHER, PERSON, dump, fill, holding

FOUND = """【删除个人信息】qq:300455771 有：
· 绑定（含暂停的）和提醒设置 3 条
· 群成员和欢迎记录 3 条
· 回复的「收到」 1 条
· 待确认的命令和输错的绑定码 2 条
· 申请和留言 2 条
· 已处理的单位申请 1 条
· 等待处理的单位申请 1 条
· 「已报」和「签收」的署名 2 条
· 发给本人的消息 12 条
· 提到本人的消息 2 条
· 工作记录中的署名 6 条
· 操作记录中的署名 2 条
删除后不能恢复，绑定随之解除，没有发出的消息不再发送。
"""
DONE = """已删除 qq:300455771 的个人信息：
· 绑定（含暂停的）和提醒设置 3 条
· 群成员和欢迎记录 3 条
· 回复的「收到」 1 条
· 待确认的命令和输错的绑定码 2 条
· 申请和留言 2 条
· 已处理的单位申请 1 条
· 等待处理的单位申请 1 条
· 「已报」和「签收」的署名 2 条
· 发给本人的消息 12 条
· 提到本人的消息 2 条
· 工作记录中的署名 6 条
· 操作记录中的署名 2 条
没有涉及：
· 已有的备份，已导入和导出过的文件
· 单位自己的资料（名录、成绩、证书、上报和签收情况）
· 等待处理的单位申请中的联系人、电话和邮箱，处理时还要联系，处理后删除（QQ 已删除）
· 平台上的聊天记录
下一步：请确认该账号已不在管理的群里，否则下次读取群成员名单时会再次记下。
"""
NOTHING = "没有找到与该账号直接关联的信息。\n"
STAYS = "曾任工作人员：其操作记录按规定保留。\n"


@pytest.fixture
async def filled(db: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    await fill(db)
    await db.write(lambda tx: tx.seal_all())  # a command leaves nothing unsealed
    monkeypatch.setenv("EQABOT_DATABASE_URL", db.writer.url.render_as_string(hide_password=False))
    monkeypatch.chdir(tmp_path)
    return db


async def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return await asyncio.to_thread(command.run, parser.parse_args(words))


def types(monkeypatch: pytest.MonkeyPatch, text: str | None) -> list[str]:
    """What is typed at the question (None: the input has ended); what was asked."""
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        if text is None:
            raise EOFError
        return text

    monkeypatch.setattr("builtins.input", answer)
    return asked


async def test_it_shows_asks_and_erases(
    filled: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = types(monkeypatch, "是")
    assert await run(str(PERSON)) == 0
    assert asked == ["确定删除请输入 是："]
    assert capsys.readouterr().out == FOUND + DONE
    assert holding(await dump(filled), PERSON.id) == set()
    assert await run(str(PERSON)) == 0
    assert capsys.readouterr().out == NOTHING
    assert len(asked) == 1


async def test_with_yes_it_does_not_ask(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(str(PERSON), "--yes") == 0
    assert capsys.readouterr().out == FOUND + DONE


@pytest.mark.parametrize("typed", ["y", "", "不", None])
async def test_anything_but_yes_erases_nothing(
    filled: Database, monkeypatch: pytest.MonkeyPatch, typed: str | None
) -> None:
    before = await dump(filled)
    types(monkeypatch, typed)
    with pytest.raises(DomainError) as refused:
        await run(str(PERSON))
    assert say_error(refused.value) == (
        "没有收到「是」，什么也没有删除。确定要删除时，请再运行一次并输入 是，或加上 --yes。"
    )
    assert await dump(filled) == before


async def test_staff_lose_their_role_first(filled: Database) -> None:
    await filled.write(lambda tx: tx.set_staff(OTHER, Role.VIEWER, MORNING, OPERATOR))
    await filled.write(lambda tx: tx.seal_all())
    before = await dump(filled)
    with pytest.raises(DomainError) as refused:
        await run(str(OTHER), "--yes")
    assert say_error(refused.value) == (
        "「qq:300466882」是工作人员，不能删除。请先移除角色：eqabot staff remove qq:300466882"
    )
    assert await dump(filled) == before


async def test_what_former_staff_did_stays_in_the_log(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await filled.write(lambda tx: tx.set_staff(PERSON, Role.VIEWER, MORNING, OPERATOR))
    await filled.write(lambda tx: tx.remove_staff(PERSON, MORNING, OPERATOR))
    assert await run(str(PERSON), "--yes") == 0
    said = capsys.readouterr().out
    assert "操作记录中的署名" not in said
    assert said.count(STAYS) == 2
    assert holding(await dump(filled), PERSON.id) == {"audit_log.actor", "audit_log.account"}
    assert await run(str(PERSON), "--yes") == 0
    assert capsys.readouterr().out == NOTHING + STAYS


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
async def test_it_is_in_no_file_of_the_database(filled: Database) -> None:
    file = Path(str(filled.writer.url.database))
    files = (file, file.with_name(f"{file.name}-wal"))
    assert any(PERSON.id.encode() in one.read_bytes() for one in files)
    assert await run(str(PERSON), "--yes") == 0
    assert [one.name for one in files if PERSON.id.encode() in one.read_bytes()] == []


async def test_while_somebody_reads_the_files_wait(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    async def never(_db: Database) -> bool:
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "flush_log", never)
        assert await run(str(OTHER), "--yes") == 0
    assert "\n数据库正忙，数据库文件旁的 -wal 文件中可能还有已删除的内容，请稍后再运行一次本命令。\n" in (
        capsys.readouterr().out
    )


async def test_an_account_that_is_none(filled: Database) -> None:
    with pytest.raises(DomainError) as refused:
        await run("300455771")
    assert say_error(refused.value) == "账号「300455771」不对，应写成 qq:10001 这样的形式。"


def test_an_account_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="eqabot forget")
    command.arguments(parser)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args([])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "用法不对：缺少平台:账号。应为：eqabot forget [-h] [--yes] 平台:账号\n"
