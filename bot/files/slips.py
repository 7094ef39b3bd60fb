"""A workbook of binding codes, one row a lab, to be cut up and put into the sample parcels."""

import io
from collections.abc import Sequence

import xlsxwriter  # type: ignore[import-untyped]

from core.access.issue import Slip
from core.words import say_when, sound

NAME = "绑定码.xlsx"
COLUMNS = (("地市", 12), ("县区", 12), ("单位名称", 36), ("绑定码", 18), ("有效期至", 24), ("怎么用", 60))


def slips_workbook(slips: Sequence[Slip]) -> bytes:
    """In the order given; text cells only, no lab codes."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    book.set_properties({"title": "绑定码"})
    head = book.add_format({"bold": True, "num_format": "@", "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"num_format": "@", "border": 1})
    code = book.add_format({"num_format": "@", "border": 1, "bold": True, "font_name": "Consolas"})
    sheet = book.add_worksheet("绑定码")
    for at, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(at, at, width, text)
        sheet.write_string(0, at, heading, head)
    for row, slip in enumerate(slips, start=1):
        for at, said in enumerate(_cells(slip)):
            sheet.write_string(row, at, sound(said), code if COLUMNS[at][0] == "绑定码" else text)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    book.close()
    return memory.getvalue()


def _cells(slip: Slip) -> tuple[str, ...]:
    lab, until = slip.lab, f"{slip.expires_at:%Y}年{say_when(slip.expires_at)}"
    how = f"加质评助手为QQ好友后，私聊发送：绑定 {slip.code}。只能用一次，请勿发到群里。"
    return lab.city, lab.county, lab.name, slip.code, until, how
