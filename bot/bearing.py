"""Whose data an answer bears, found in the answer itself and not only as its handler declared."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from core.labs.models import Lab

_PLAIN = frozenset({int, float, str, bool, datetime, date, type(None)})


def labs_in(view: Any) -> set[int]:
    """Ids of all labs of which something stands anywhere in the view. An iterator is a defect: looking at it
    would use it up."""
    found: set[int] = set()
    waiting = [view]
    while waiting:
        one = waiting.pop()
        if type(one) in _PLAIN:
            continue
        if isinstance(one, Lab):
            found.add(one.id)
        elif names := _names(type(one)):
            found.update(getattr(one, name) for name in names if name == "lab_id")
            waiting += [getattr(one, name) for name in names]
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, Iterator):
            raise TypeError("an iterator in a view")
        elif isinstance(one, Collection) and not isinstance(one, str | bytes):
            waiting += one
    return found - {None}


_FIELDS: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    """Fields of a dataclass or a named tuple; none for anything else. Looked up once, for answers are full of
    them."""
    if kind not in _FIELDS:
        named = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        _FIELDS[kind] = named or getattr(kind, "_fields", ())
    return _FIELDS[kind]
