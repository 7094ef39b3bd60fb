"""From the database to workbooks that import again without a change."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

from bot.files.limits import ROWS, UNPACKED_BYTES
from bot.files.templates import write_headings
from core.access import Principal
from core.errors import DomainError
from core.words import sound
from core.workbooks.kinds import KINDS, Kind
from core.workbooks.writing import Sheet
from db.unit import Database, Unit

UNPACKED = UNPACKED_BYTES - 5_000_000  # the least that is left for styles, and for what XML writes longer
CELL = 58  # bytes of markup around a text


async def export(
    db: Database, who: Principal, kind: str, year: int | None, path: Path, now: datetime
) -> tuple[list[Path], int]:
    """(files written, rows). What an import would refuse as too much for one file (100,000 rows, 64 MB
    unpacked) is NAME-1.xlsx, NAME-2.xlsx, …; all or none.

    Raises DomainError "workbook/kind", "…/no_year", "…/nothing", "…/exists", "…/unwritable".
    """
    if kind not in KINDS:
        raise DomainError("workbook/kind", kind=kind, known=list(KINDS))
    if year is not None and all(column.ident != "year" for column in KINDS[kind].columns):
        raise DomainError("workbook/no_year", title=KINDS[kind].title)
    books = Books(KINDS[kind], path)
    try:
        await db.read(lambda tx: _fill(tx, books, year))
        files = books.close()
        detail = {"year": year, "rows": books.rows}
        await db.write(lambda tx: tx.audit(who, "workbooks.export", kind, detail, now))
        books.publish()
    except (OSError, FileCreateError) as fault:
        raise DomainError("workbook/unwritable", file=path.name) from fault
    finally:
        books.discard()
    return files, books.rows


async def _fill(tx: Unit, books: "Books", year: int | None) -> None:
    kind = books.kind.name
    if await tx.export_is_complete(kind, year, ROWS):
        books.scope = "（全量）"
    elif kind in ("enrolments", "submissions"):
        books.scope = "（增量）"
    sheet = Sheet(books.kind)
    async for values in tx.exported(kind, year):
        await asyncio.to_thread(books.add, [sheet.row(one) for one in values])


class Books:
    """Drafts beside the files they will be, so that nobody sees half of one."""

    def __init__(self, kind: Kind, path: Path) -> None:
        self.kind, self.path, self.rows, self.scope = kind, path, 0, ""
        self._drafts: list[Path] = []
        self._book: xlsxwriter.Workbook | None = None
        self._free = self._room = 0  # rows and bytes left in the file under way

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Texts stay texts: what begins with = + - @ is no formula."""
        for row in rows:
            size = sum(CELL + len(sound(text).encode()) for text in row if text)
            if not self._free or size > self._room:
                self._next()
            at = ROWS - self._free + 1
            for column, text in enumerate(row):
                if text:
                    self._sheet.write_string(at, column, sound(text))
            self._free, self._room = self._free - 1, self._room - size
        self.rows += len(rows)

    def _next(self) -> None:
        if self._book is not None:
            self._book.close()
        name = f".{self.path.name}.{os.getpid()}.{len(self._drafts) + 1}.part"
        self._drafts.append(self.path.with_name(name))
        self._book = xlsxwriter.Workbook(self._drafts[-1], {"constant_memory": True})
        self._sheet = self._book.add_worksheet(f"{self.kind.title}{self.scope}")
        write_headings(self._book, self._sheet, self.kind)
        self._free, self._room = ROWS, UNPACKED

    @property
    def _files(self) -> list[Path]:
        if len(self._drafts) == 1:
            return [self.path]
        return [self.path.with_name(f"{self.path.stem}-{n}.xlsx") for n in range(1, len(self._drafts) + 1)]

    def close(self) -> list[Path]:
        """The files as they will be called, none of which may exist."""
        if self._book is None:
            raise DomainError("workbook/nothing", title=self.kind.title)
        self._book.close()
        for file in self._files:
            if file.exists():
                raise DomainError("workbook/exists", file=file.name)
        return self._files

    def publish(self) -> None:
        for draft, file in zip(self._drafts, self._files, strict=True):
            draft.replace(file)

    def discard(self) -> None:
        for draft in self._drafts:
            draft.unlink(missing_ok=True)
