"""Lists of labs with their telephones, for staff: who has to be called up."""

import io
from collections.abc import Sequence

import xlsxwriter  # type: ignore[import-untyped]

from core.notices.phone import UNBOUND, Call
from core.pushes.reach import Unreached
from core.words import say_when, sound

_ROSTER = (("地市", 12), ("县区", 12), ("单位名称", 36), ("联系人", 12), ("电话", 18))
_PHONE = (*_ROSTER, ("未报或未知的项目", 50), ("截止时间", 26), ("原因", 28))
_UNREACHED = (*_ROSTER, ("原因", 36))
_WHY = {True: "没有账号绑定", False: "已绑定，私聊提醒没有送达"}


def phone_workbook(calls: Sequence[Call]) -> bytes:
    rows = [(*_known(one), _programmes(one), say_when(one.deadline), _WHY[one.why == UNBOUND]) for one in calls]
    return _workbook("电话单", _PHONE, rows)


def _programmes(one: Call) -> str:
    return "、".join([*one.unreported, *(f"{name}（未知）" for name in one.unknown)])


def unreached_workbook(labs: Sequence[Unreached], cards_known: bool) -> bytes:
    """`cards_known`: of at least one group it is known whose cards are in it."""
    why = "没有账号绑定，群里没有其名片" if cards_known else "没有账号绑定，群里有没有其名片未知"
    return _workbook("未触达单位", _UNREACHED, [(*_known(one), why) for one in labs])


def _known(one: Call | Unreached) -> tuple[str, ...]:
    return one.city, one.county, one.name, one.contact, one.phone


def _workbook(title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> bytes:
    """Text cells only: what begins with = + - @ is no formula, a telephone keeps its zeros."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    book.set_properties({"title": title})
    head = book.add_format({"bold": True, "num_format": "@", "bg_color": "#DDEBF7", "border": 1})
    text = book.add_format({"num_format": "@", "border": 1, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(title)
    for at, (heading, width) in enumerate(columns):
        sheet.set_column(at, at, width, text)
        sheet.write_string(0, at, heading, head)
    for row, said in enumerate(rows, start=1):
        for at, cell in enumerate(said):
            if cell:
                sheet.write_string(row, at, sound(cell), text)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    book.close()
    return memory.getvalue()
