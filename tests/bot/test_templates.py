"""Templates: filled in, they read back without a refusal."""

from pathlib import Path

import openpyxl
import pytest

from bot.files.reader import read_workbook
from bot.files.templates import write_template
from core.errors import DomainError
from core.workbooks.kinds import KINDS


@pytest.fixture(params=KINDS)
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"{request.param}.xlsx"
    write_template(request.param, path)
    return path


async def test_a_filled_template_is_read_without_a_refusal(template: Path) -> None:
    kind = KINDS[template.stem]
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    place = [column.ident for column in kind.columns].index(kind.telling.ident) + 1
    codes = ["00340001", "00340002"] if kind.name != "members" else ["10000001", "10000002"]
    for row, own in zip((2, 3), codes, strict=True):
        for at, column in enumerate(kind.columns, start=1):
            sheet.cell(row, at, column.example)
        sheet.cell(row, place, own)
    book.save(template)
    (table,) = await read_workbook(template)
    assert (table.kind, table.refused, table.ignored, table.row_numbers) == (kind.name, [], [], [2, 3])
    assert [row[place - 1] for row in table.rows] == codes
    assert all(value is not None for row in table.rows for value in row)


async def test_an_untouched_template_says_nothing(template: Path) -> None:
    with pytest.raises(DomainError) as caught:
        await read_workbook(template)
    assert caught.value.key == "workbook/empty"


def test_a_template_keeps_what_is_typed(template: Path) -> None:
    sheet = openpyxl.load_workbook(template).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    columns = list(sheet.column_dimensions.values())
    assert {column.number_format for column in columns} == {"@"}
    assert sum(1 + (column.max or 0) - (column.min or 0) for column in columns) == sheet.max_column
    assert {cell.number_format for cell in (*sheet[1], *sheet[2])} == {"@"}


def test_a_template_explains_each_column(template: Path) -> None:
    kind = KINDS[template.stem]
    rows = list(openpyxl.load_workbook(template)["说明"].iter_rows(values_only=True))
    assert rows[0] == ("列名", "是否必填", "填写要求", "也可写作")
    assert [(row[0], row[1]) for row in rows[1 : len(kind.columns) + 1]] == [
        (column.heading, "必填" if column.required_value else "可不填") for column in kind.columns
    ]


def test_the_same_template_is_the_same_file(template: Path) -> None:
    before = template.read_bytes()
    write_template(template.stem, template)
    assert template.read_bytes() == before
    assert [path.name for path in template.parent.iterdir()] == [template.name]


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as caught:
        write_template("lab", tmp_path / "a.xlsx")
    assert (caught.value.key, caught.value.params["known"]) == ("workbook/kind", list(KINDS))
    assert list(tmp_path.iterdir()) == []
