"""What 60,000 rows of submissions cost, and what those who ask meanwhile notice of it.

    python -m benchmarks.imports [--quick] [--load PATH]

Reading and preview against bare python-calamine on the same file, in turns; answers of a running bot while
another process imports; stalls of the event loop that imports itself. Status 1 if a bar fails.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from python_calamine import CalamineWorkbook

from benchmarks import books, generator, meanwhile, stalls
from benchmarks.bars import Bar, finish, note, ratio
from benchmarks.house import address
from bot.files.importing import preview, read_all
from core.workbooks.cells import CODE_PATTERN
from db.unit import Database

READ_BAR, ANSWER_BAR, STALL_BAR = 3.0, 100.0, 50.0


@dataclass(frozen=True, slots=True)
class Size:
    """`seconds` a turn of the running bot; `imports` in the loop that is probed."""

    rounds: int
    turns: int
    seconds: int
    imports: int


QUICK = Size(rounds=3, turns=1, seconds=12, imports=1)
FULL = Size(rounds=7, turns=3, seconds=25, imports=4)


def bare_seconds(path: Path) -> float:
    begin = time.perf_counter()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    took = time.perf_counter() - begin
    if len(rows) != books.ROWS + 1:
        raise RuntimeError(f"{len(rows)} rows read")
    return took


async def our_seconds(db: Database, path: Path, unchanged: int) -> tuple[float, float]:
    """(reading, preview) of the file; RuntimeError unless so many rows stand already."""
    begin = time.perf_counter()
    tables = await read_all([path], None, CODE_PATTERN)
    read = time.perf_counter()
    (judged,) = await preview(db, tables)
    end = time.perf_counter()
    if judged.unchanged != unchanged or judged.refused or judged.counts["new"] != books.ROWS - unchanged:
        raise RuntimeError(f"unexpected preview: {judged.counts}")
    return read - begin, end - read


async def one_pair(db: Database, path: Path, unchanged: int) -> tuple[float, tuple[float, float]]:
    return bare_seconds(path), await our_seconds(db, path, unchanged)


async def measure_reading(folder: Path, sheets: books.Books, rounds: int) -> list[Bar]:
    cases = {"first import": (folder / "new", 0), "re-import": (folder / "again", books.ROWS)}
    bars = []
    for name, (place, unchanged) in cases.items():
        db = Database(address(place))
        try:
            pairs = [
                (bare_seconds(sheets.first), await our_seconds(db, sheets.first, unchanged)) for _ in range(rounds)
            ]
        finally:
            await db.close()
        bare, ours = [pair[0] for pair in pairs], [sum(pair[1]) for pair in pairs]
        reading, seeing = (median(pair[1][at] for pair in pairs) for at in (0, 1))
        detail = f"read {reading:.2f} + preview {seeing:.2f} / {median(bare):.2f} s"
        bars.append(Bar(f"60,000 rows, {name}, ours / calamine", ratio(ours, bare), READ_BAR, detail=detail))
        note(f"{bars[-1].name}: {bars[-1].measured:.2f} ({detail})")
    return bars


def measure(tool: Path, size: Size, folder: Path) -> list[Bar]:
    sheets = books.write_books(folder / "books")
    for name in ("new", "again", "asked", "probed"):
        asyncio.run(books.full_centre(folder / name, sheets, reported=name != "new"))
    bars = asyncio.run(measure_reading(folder, sheets, size.rounds))
    idle, busy = meanwhile.measure(tool, folder / "asked", sheets, size.turns, size.seconds)
    detail = f"worst turn {max(busy):.1f}; without imports {median(idle):.1f}, worst {max(idle):.1f} ms"
    bars.append(Bar("p99 of answers, another process imports", median(busy), ANSWER_BAR, "ms", detail=detail))
    seen = asyncio.run(stalls.measure(folder / "probed", sheets, size.imports))
    detail = f"in the bot's own loop; without imports {seen.idle_p99:.1f} ms"
    bars.append(Bar("p99 of 截止, this process imports", seen.p99, ANSWER_BAR, "ms", detail=detail))
    detail = ", ".join(f"{phase} {worst:.0f}" for phase, worst in seen.worst.items())
    bars.append(Bar("longest stall of the loop", max(seen.worst.values()), STALL_BAR, "ms", detail=detail))
    return bars


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short form, about a minute")
    generator.add_option(parser)
    args = parser.parse_args()
    tool, size = generator.find(args.load), QUICK if args.quick else FULL
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return finish(measure(tool, size, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
