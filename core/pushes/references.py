"""Numbers of pushes as people type or copy them: `26-0317-2`, `26—0317`, the mark as it stands under a message."""

import re
from typing import Final

from core.errors import DomainError
from core.words import fold

_DASH: Final = "[-\u2010-\u2015\u2212\ufe63]+"
_DASHES: Final = re.compile(rf"(?<=\d) ?{_DASH} ?(?=\d)")
_NUMBER: Final = r"(?P<reference>(?:20)?\d\d-\d{1,9}(?:-\d{1,9})?)(?![\d-]|\.\d)"
_MARK: Final = re.compile(rf"[〔【\[(「] ?(?:通知)? ?{_NUMBER}(?: \d+/\d+)? ?[〕】\])」]")
_BARE: Final = re.compile(rf"(?:通知|编号)?:? ?{_NUMBER}号?")
_ANOTHER: Final = re.compile(r"(?<![\d-])(?:20)?\d\d-\d{4,}")  # no date is written like that


def split_reference(text: str) -> tuple[str, list[str]]:
    """The number that stands first, in our own spelling, and the words behind it.

    DomainError: pushes/reference_form (none), pushes/one_reference (several).
    """
    plain = _DASHES.sub("-", fold(text))
    found = _MARK.match(plain) or _BARE.match(plain)
    if found is None:
        raise DomainError("pushes/reference_form", text=text)
    rest = plain[found.end() :]
    if _ANOTHER.search(rest):
        raise DomainError("pushes/one_reference")
    return _spelled(found["reference"]), rest.split()


def only_reference(text: str, *more: str) -> tuple[str, bool]:
    """The number, and whether one of `more` stands behind it; DomainError("pushes/only_reference") of others."""
    reference, rest = split_reference(text)
    if rest and (len(rest) > 1 or rest[0] not in more):
        raise DomainError("pushes/only_reference", reference=reference, word=rest[0])
    return reference, bool(rest)


def parse_reference(text: str) -> tuple[int, int, int | None]:
    """`26-0317-2` or `26-0317` as (year, number, ordinal). DomainError as `only_reference`."""
    year, number, *ordinal = map(int, only_reference(text)[0].split("-"))
    return 2000 + year, number, ordinal[0] if ordinal else None


def _spelled(reference: str) -> str:
    year, number, *ordinal = map(int, reference.split("-"))
    return "-".join((f"{year % 100:02d}", f"{number:04d}", *map(str, ordinal)))
