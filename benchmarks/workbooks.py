"""How long reading 60,000 submissions takes, against calamine alone: `python -m benchmarks.workbooks`.

The target is 2.2 times calamine's `to_python`, start of the child included (median of 9, in turn).
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from bot.files.reader import read_workbook

HEADINGS = ("年度", "次数", "项目", "实验室编码", "上报情况", "上报时间")
FIRST_DAY = datetime(2026, 3, 10, tzinfo=UTC)
PROGRAMMES, LABS, TIMES = 20, 3000, 9


def write(path: Path) -> None:
    """Four of five labs have reported, each at a minute of its own within 14 days."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm", "remove_timezone": True})
    sheet = book.add_worksheet("全量")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(PROGRAMMES * LABS):
        programme, lab = divmod(row, LABS)
        done = row % 5 > 0
        sheet.write_row(
            row + 1, 0, (2026, "第1次", f"示例项目{programme}", f"{lab:08d}", "已上报" if done else "未上报")
        )
        if done:
            sheet.write_datetime(row + 1, 5, FIRST_DAY + timedelta(minutes=row * 7919 % 20160))
    book.close()


def bare(path: Path) -> float:
    began = perf_counter()
    CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return perf_counter() - began


async def whole(path: Path) -> float:
    began = perf_counter()
    (table,) = await read_workbook(path)
    took = perf_counter() - began
    assert len(table.rows) == PROGRAMMES * LABS
    return took


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "submissions.xlsx"
        write(path)
        times = [(bare(path), await whole(path)) for _ in range(TIMES)]
    alone, all_in = (median(column) for column in zip(*times, strict=True))
    print(f"calamine {alone:.3f} s, read_workbook {all_in:.3f} s, ratio {all_in / alone:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
