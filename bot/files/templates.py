"""Empty workbooks to fill in: headings, one example row, a sheet of explanations."""

import io
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from bot.files.limits import ROWS
from core.errors import DomainError
from core.workbooks.kinds import KINDS, Column, Kind

EXPLAINED = ("列名", "是否必填", "填写要求", "也可写作")
HEADING = {"bold": True, "num_format": "@", "border": 1}
WIDTHS = (16, 10, 60, 60)
MADE = datetime(2026, 1, 1, tzinfo=UTC)  # the same template is the same file
REMARKS = (
    "第 2 行是示例，请改成真实数据或删去；原样保留时导入会跳过它。",
    "列的次序可以调整，也可以增加别的列；多余的列不会导入。",
    "编码、电话、QQ 号所在的列已设为文本格式，请勿改动，以免丢失开头的 0。",
)


def write_template(kind: str, path: Path) -> None:
    """Writes an .xlsx for `kind` at once or not at all. DomainError("workbook/kind", kind, known)."""
    if kind not in KINDS:
        raise DomainError("workbook/kind", kind=kind, known=list(KINDS))
    _replace(path, _content(KINDS[kind]))


def _content(kind: Kind) -> bytes:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    book.set_properties({"title": kind.title, "created": MADE})
    sheet = book.add_worksheet(kind.title)
    write_headings(book, sheet, kind)
    example = book.add_format({"num_format": "@", "italic": True, "font_color": "#7F7F7F"})
    for at, column in enumerate(kind.columns):
        sheet.write_string(1, at, column.example, example)
        _offer_choices(sheet, at, column)
    _explain(book, kind.columns)
    book.close()
    return memory.getvalue()


def write_headings(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, kind: Kind) -> None:
    """The first row, and every column as text, so that Excel keeps leading zeros."""
    needed = book.add_format({**HEADING, "bg_color": "#FCE4D6"})
    plain = book.add_format({**HEADING, "bg_color": "#DDEBF7"})
    text = book.add_format({"num_format": "@"})
    for at, column in enumerate(kind.columns):
        sheet.set_column(at, at, _width(column), text)
        sheet.write_string(0, at, column.heading, needed if column.required_heading else plain)
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{ROWS}"})


def _width(column: Column) -> int:
    """In characters; a Chinese one takes two."""
    return max(10, *(sum(1 + (c > "\u2e80") for c in said) + 3 for said in (column.heading, column.example)))


def _offer_choices(sheet: xlsxwriter.worksheet.Worksheet, at: int, column: Column) -> None:
    if column.choices:
        offer = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
        sheet.data_validation(
            1, at, ROWS, at, {**offer, "error_title": column.heading, "error_message": column.note}
        )


def _explain(book: xlsxwriter.Workbook, columns: Sequence[Column]) -> None:
    sheet = book.add_worksheet("说明")
    head = book.add_format({**HEADING, "bg_color": "#DDEBF7"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    for at, (heading, width) in enumerate(zip(EXPLAINED, WIDTHS, strict=True)):
        sheet.set_column(at, at, width, body)
        sheet.write_string(0, at, heading, head)
    for row, column in enumerate(columns, start=1):
        must = "必填" if column.required_value else "可不填"
        for at, said in enumerate((column.heading, must, column.note, "、".join(column.others))):
            sheet.write_string(row, at, said)
    for row, remark in enumerate(REMARKS, start=len(columns) + 2):
        sheet.write_string(row, 0, remark)
    sheet.freeze_panes(1, 0)


def _replace(path: Path, content: bytes) -> None:
    """A reader sees the old file or the whole new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
