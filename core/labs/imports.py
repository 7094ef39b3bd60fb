"""Judging the workbooks `labs` and `applications`."""

from core.labs.names import unit_key
from core.retention import ERASED
from core.workbooks.cells import bare_code
from core.workbooks.judged import (
    Judged,
    Known,
    Values,
    blank_text,
    refuse,
    refuse_second,
    rows_as_values,
    sort_out,
)
from core.workbooks.tables import Table

_ZEROS = "请把该列设为文本格式，按名录中的编码重填"
_SETTLED = "已分配编码的申请不能改 QQ；请核实后让该单位用绑定码绑定"
_CALLED = ("contact", "phone")
_APPLICANT = (*_CALLED, "email", "qq")  # not taken again of somebody who was forgotten
_TEXTS = ("city", "county", "contact", "phone", "email", "qq")


def judge_labs(table: Table, known: Known) -> Judged:
    """By lab code. What is new becomes known to the workbooks judged after this one."""
    judged = Judged(table, refused=list(table.refused))
    alike: dict[str, str] = {bare_code(code): code for code in known.labs}
    for number, row in rows_as_values(table):
        values = blank_text(row, *_TEXTS)
        code: str = values.pop("code")
        other = alike.setdefault(bare_code(code), code)
        if other != code:
            refuse(judged, number, "实验室编码", code, f"与名录中的 {other} 只差开头的 0 或大小写", _ZEROS)
        else:
            old = known.labs.get(code)
            _keep_names(values, old)
            _keep_called(values, old)
            sort_out(judged, (code,), values, old)
    for change in (*judged.new, *judged.changed):
        known.labs[change.key[0]] = {**(change.old or {}), **change.values}
    return judged


def _keep_names(values: Values, old: Values | None) -> None:
    """A name once borne is never forgotten: people go on asking by it, and would apply a second time."""
    if not old:
        return
    renamed = unit_key(old["name"]) != unit_key(values["name"])
    if renamed or "former_names" in values:
        borne = [
            *old.get("former_names", ()),
            *values.get("former_names", ()),
            *([old["name"]] if renamed else []),
        ]
        values["former_names"] = list(dict.fromkeys(borne))


def _keep_called(values: Values, old: Values | None) -> None:
    """An empty cell leaves whom to call: else a contact could be blanked first and replaced later unnoticed."""
    for name in _CALLED:
        if old and values.get(name) == "":
            del values[name]


def judge_applications(table: Table, known: Known) -> Judged:
    """By unit, place and day: the same unit on another day is a further application, shown to staff as a
    suspected duplicate and never refused by the machine (domain §3)."""
    judged = Judged(table, refused=list(table.refused))
    for number, row in rows_as_values(table):
        values = blank_text(row, *_TEXTS)
        day = values.get("submitted_on") or ""
        key = (unit_key(values["unit"]), values.get("city", ""), values.get("county", ""), day)
        old = known.applications.get(key)
        if old and old.get("qq") == ERASED:
            values = {name: value for name, value in values.items() if name not in _APPLICANT}
        if old and key in known.settled and values.get("qq", old["qq"]) != old["qq"]:
            refuse(judged, number, "QQ", values["qq"], "与分配编码时的 QQ 不同", _SETTLED)
        elif not refuse_second(judged, key, number, "单位名称", values["unit"]):
            sort_out(judged, key, values, old)
    for change in (*judged.new, *judged.changed):
        known.applications[change.key] = {**(change.old or {}), **change.values}
    return judged
