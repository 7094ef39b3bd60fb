"""Judging the workbooks `labs` and `applications`."""

from core.labs.names import unit_key
from core.workbooks.judged import Judged, Known, blank_text, refuse, refuse_second, rows_as_values, sort_out
from core.workbooks.tables import Table

_ZEROS = "请把该列设为文本格式，按名录中的编码重填"
_TEXTS = ("city", "county", "contact", "phone", "email", "qq")


def _bare(code: str) -> str:
    """What Excel leaves of a code."""
    return code.lstrip("0").casefold()


def judge_labs(table: Table, known: Known) -> Judged:
    """By lab code. What is new becomes known to the workbooks judged after this one."""
    judged = Judged(table, refused=list(table.refused))
    alike: dict[str, str] = {_bare(code): code for code in known.labs}
    for number, row in rows_as_values(table):
        values = blank_text(row, *_TEXTS)
        code: str = values.pop("code")
        other = alike.get(_bare(code), code)
        if other != code and unit_key(known.labs[other].get("name", "")) == unit_key(values["name"]):
            refuse(judged, number, "实验室编码", code, f"与名录中的 {other} 只差开头的 0 或大小写", _ZEROS)
        else:
            sort_out(judged, (code,), values, known.labs.get(code))
    for change in (*judged.new, *judged.changed):
        known.labs[change.key[0]] = {**(change.old or {}), **change.values}
    return judged


def judge_applications(table: Table, known: Known) -> Judged:
    """By unit, place and day: the same unit on another day is a further application, shown to staff as a
    suspected duplicate and never refused by the machine (domain §3)."""
    judged = Judged(table, refused=list(table.refused))
    for number, row in rows_as_values(table):
        values = blank_text(row, *_TEXTS)
        day = values.get("submitted_on") or ""
        key = (unit_key(values["unit"]), values.get("city", ""), values.get("county", ""), day)
        if not refuse_second(judged, key, number, "单位名称", values["unit"]):
            sort_out(judged, key, values, known.applications.get(key))
    for change in (*judged.new, *judged.changed):
        known.applications[change.key] = {**(change.old or {}), **change.values}
    return judged
