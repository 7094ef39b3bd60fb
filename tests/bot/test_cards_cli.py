"""`eqabot cards`: one group card a line, judged without a database or against the roster that is there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import scene
from tests.e2e.process import Eqabot

CARDS = "合肥演示晴川医院+张演示\n\n小马\n0340101+晴川医院+李演示\n"


@pytest.fixture
def bot(tmp_path: Path) -> Eqabot:
    return Eqabot(tmp_path)


def file(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "群名片.txt"
    path.write_bytes(content)
    return str(path)


def objects(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


async def test_every_line_is_a_card_and_gets_one_object(bot: Eqabot, tmp_path: Path) -> None:
    found = objects(await bot.cli("cards", file(tmp_path, CARDS.encode()), "--json"))
    assert [list(one) for one in found] == [["card", "verdict", "unit", "person", "lab", "reason"]] * 4
    assert found[0] == {
        "card": "合肥演示晴川医院+张演示",
        "verdict": "ok",
        "unit": "合肥演示晴川医院",
        "person": "张演示",
        "lab": "",
        "reason": "",
    }
    assert [(one["verdict"], one["reason"]) for one in found[1:]] == [
        ("empty", "没有群名片"),
        ("junk", "像网名，缺少单位和姓名"),
        ("ok_warn", "格式合格，但带有像实验室编码的数字，建议删去"),
    ]


async def test_no_database_is_made_for_it(bot: Eqabot, tmp_path: Path) -> None:
    await bot.cli("cards", file(tmp_path, CARDS.encode()))
    assert [path.name for path in tmp_path.iterdir()] == ["群名片.txt"]


async def test_an_empty_file_in_the_place_of_the_database_is_no_roster(bot: Eqabot, tmp_path: Path) -> None:
    (tmp_path / "eqabot.db").touch()
    assert [one["lab"] for one in objects(await bot.cli("cards", file(tmp_path, CARDS.encode()), "--json"))] == [
        "",
        "",
        "",
        "",
    ]
    assert (tmp_path / "eqabot.db").read_bytes() == b""


async def test_the_lab_is_the_official_name_in_the_roster_and_never_its_code(bot: Eqabot, tmp_path: Path) -> None:
    await bot.cli("import", str(scene.xlsx(tmp_path / "名录.xlsx", scene.LABS)))
    found = objects(await bot.cli("cards", file(tmp_path, CARDS.encode()), "--json"))
    assert [one["lab"] for one in found] == ["合肥演示晴川医院", "", "", "合肥演示晴川医院"]
    assert [(one["unit"], one["person"]) for one in found[3:]] == [("晴川医院", "李演示")]
    assert not any(scene.LABS[1][0] in json.dumps({**one, "card": ""}) for one in found)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_any_usual_text_file_is_read(bot: Eqabot, tmp_path: Path, encoding: str, ending: str) -> None:
    content = f"芜湖演示云栖医院 王演示{ending}合肥演示晴川医院".encode(encoding)
    found = objects(await bot.cli("cards", file(tmp_path, content), "--json"))
    assert [(one["card"], one["verdict"]) for one in found] == [
        ("芜湖演示云栖医院 王演示", "ok"),
        ("合肥演示晴川医院", "missing_name"),
    ]


async def test_without_json_it_is_a_table_for_people(bot: Eqabot, tmp_path: Path) -> None:
    said = (await bot.cli("cards", file(tmp_path, CARDS.encode()))).splitlines()
    assert [line.split() for line in said] == [
        ["合肥演示晴川医院+张演示", "合格", "合肥演示晴川医院", "张演示"],
        ["-", "未填写", "-", "没有群名片"],
        ["小马", "无效", "-", "像网名，缺少单位和姓名"],
        [
            "0340101+晴川医院+李演示",
            "合格（有提示）",
            "晴川医院",
            "李演示",
            "格式合格，但带有像实验室编码的数字，建议删去",
        ],
    ]


def test_without_a_file_it_reads_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "cards", "--json"]
    done = subprocess.run(command, input=CARDS.encode(), capture_output=True, cwd=tmp_path, timeout=60, check=True)
    assert [one["verdict"] for one in objects(done.stdout.decode())] == ["ok", "empty", "junk", "ok_warn"]


async def test_a_missing_file_is_one_sentence(bot: Eqabot) -> None:
    assert await bot.cli("cards", "无.txt", status=1) == "找不到文件「无.txt」。请检查路径。\n"
