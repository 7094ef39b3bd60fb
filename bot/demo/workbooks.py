"""Workbooks as a person would hand them in: one sheet a kind, under the template's own headings."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from core.workbooks.kinds import KINDS

Rows = Sequence[Mapping[str, str]]
COMPLETE = dict.fromkeys(("submissions", "enrolments"), "（全量）")


def write_workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """`sheets`: rows by kind, cells by ident of the column; all as text, so that no leading zero is lost."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            kind = KINDS[name]
            sheet = book.add_worksheet(kind.title + COMPLETE.get(name, ""))
            for at, column in enumerate(kind.columns):
                sheet.write_string(0, at, column.heading)
                for number, row in enumerate(rows, start=1):
                    sheet.write_string(number, at, row.get(column.ident, ""))
    return path
