"""What people send to hurt the bot, or send without knowing: refused in words, soon, and by a child."""

import json
import subprocess
import sys
from typing import Any

import pytest

from bot.files.reader import ROOT
from tests.hostile_books import BOOKS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")

LARGE = "「{}」展开后太大。请删去数据之外的行、列和图片后另存重试。"
BROKEN = "「{}」无法打开，可能已损坏或格式不对。请重新导出或另存为 .xlsx 后重试。"
LOCKED = "「{}」设有打开密码。请取消密码后重试。"
SENTENCES = {
    "too_large": LARGE,
    "unreadable": BROKEN,
    "password": LOCKED,
    "missing": "找不到文件「{}」。请检查路径。",
    "macros": "「{}」带有宏，不能导入。请另存为不带宏的 .xlsx 后重试。",
    "web_page": "「{}」其实是网页格式。请用 Excel 或 WPS 打开，另存为 .xlsx 后重试。",
    "empty": "「{}」里没有可导入的数据。请在表头下填写后重试。",
    "too_big": "「{}」超过 10 MB。请拆成几个文件后分别导入。",
    "too_many_rows": "「{}」超过 100000 行。请拆分；若数据没有这么多，请删去下方多余的行后重试。",
    "quotes": "「{}」里的英文引号没有配对，后面的行会连在一起，没有导入。请改正第 1 行附近的引号后重试。",
}
HARMLESS = {"很宽.xlsx": 1, "范围.xlsx": 1, "外部链接.xlsx": 1, "DDE.xlsx": 2, "样式.xlsx": 1}


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Met by a fresh process, whose memory nothing else has stretched."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.hostile", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_there_are_enough_of_them(seen: dict[str, Any]) -> None:
    assert len(seen["met"]) == len(BOOKS) >= 20


@pytest.mark.parametrize("one", BOOKS, ids=lambda one: one.name)
def test_it_is_refused_in_words_or_read_as_plain_values(seen: dict[str, Any], one: Any) -> None:
    if one.expected:
        expected = SENTENCES[one.expected].format(one.name)
    else:
        expected = f"（照常读取，{HARMLESS[one.name]} 行）"
    assert seen["met"][one.name]["said"] == expected


def test_each_takes_less_than_two_seconds_of_processor(seen: dict[str, Any]) -> None:
    """Wall time is for `benchmarks.hostile`, on a machine that does nothing else."""
    assert not {name: met["cpu"] for name, met in seen["met"].items() if met["cpu"] >= 2}


def test_the_bot_grows_by_less_than_fifty_megabytes(seen: dict[str, Any]) -> None:
    assert not {name: met["megabytes"] for name, met in seen["met"].items() if met["megabytes"] > 50}


def test_no_child_and_no_file_is_left_behind(seen: dict[str, Any]) -> None:
    assert seen["left"] == []
    assert not {name: met["children"] for name, met in seen["met"].items() if met["children"]}
