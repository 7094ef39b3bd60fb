"""Values back into the words of a sheet, so that an export reads as the same values."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.activities.models import Reported
from core.activities.own import RECEIVED
from core.calendar import shanghai
from core.workbooks import moments, words
from core.workbooks.cells import as_written, shown
from core.workbooks.columns import Column
from core.workbooks.judged import Values
from core.workbooks.kind import Kind

Write = Callable[[Any], str]

_MOMENTS = (moments.deadline, moments.start)


def writer(column: Column) -> Write:
    """How this column's values are written; nothing is an empty cell."""
    if isinstance(column.parse, words.OneOf):
        said = {column.parse.words[choice]: choice for choice in column.choices}
        return lambda value: "" if value is None else said[value]
    if column.parse in _MOMENTS:
        return _moment
    return as_written if column.as_written else _plain


def _moment(value: str | None) -> str:
    """2026-03-27 17:00, Shanghai's clock."""
    if value is None:
        return ""
    local = shanghai(datetime.fromisoformat(value))
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(value)
    if isinstance(value, float):
        return f"{shown(value)}%" if 0 < value <= 1 else shown(value)  # a bare 0.8 would read as 80
    return "" if value is None else str(value)


class Sheet:
    """Rows of one kind as texts, in the order of its columns."""

    def __init__(self, kind: Kind) -> None:
        self._columns = [(column.ident, writer(column)) for column in kind.columns]

    def row(self, values: Values) -> list[str]:
        return [write(values.get(ident)) for ident, write in self._columns]


def fact_values(kind: str, who: Any, fact: tuple[Any, ...]) -> Values | None:
    """What one of `Known.facts` says, by ident; None for what no row can say: 不在名单中."""
    return _FACTS[kind](who, fact)


def _submission(code: str, fact: tuple[Any, ...]) -> Values | None:
    state, at = fact
    if state == Reported.UNLISTED:
        return None
    return {"lab_code": code, "reported": state == Reported.SUBMITTED, "reported_at": at}


def _receipt(code: str, fact: tuple[Any, ...]) -> Values:
    state, at, _ = fact
    return {"lab_code": code, "received_at": at if state == RECEIVED else None}


def _score(who: tuple[str, str], fact: tuple[Any, ...]) -> Values:
    names = ("verdict", "acceptable", "total", "pt", "remark", "conflict", "analyte")
    return {"lab_code": who[0], **dict(zip(names, fact, strict=True))}


def _member(account: str, fact: tuple[Any, ...]) -> Values:
    card, nickname, role, at = fact
    return {"account": account, "card": card, "nickname": nickname, "role": role, "joined_at": at}


_FACTS: dict[str, Callable[[Any, tuple[Any, ...]], Values | None]] = {
    "enrolments": lambda code, fact: {"lab_code": code, "state": fact[0]},
    "submissions": _submission,
    "receipts": _receipt,
    "scores": _score,
    "certificates": lambda code, fact: {"lab_code": code, "state": fact[0], "number": fact[1]},
    "members": _member,
}
