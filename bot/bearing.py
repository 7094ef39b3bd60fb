"""Whose data an answer bears, found in the answer itself and not only as its handler declared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from core.labs.models import Lab


def labs_in(view: Any) -> Iterator[int]:
    """Ids of all labs of which something stands anywhere in the view."""
    if isinstance(view, Lab):
        yield view.id
    if (ident := getattr(view, "lab_id", None)) is not None:
        yield ident
    for part in _parts(view):
        yield from labs_in(part)


def _parts(view: Any) -> Iterable[Any]:
    if is_dataclass(view):
        return (getattr(view, field.name) for field in fields(view))
    if isinstance(view, Mapping):
        return view.values()
    return view if isinstance(view, tuple | list | set | frozenset) else ()
