"""Which request is meant: 3, 3号, 申请3, 12号留言; and the words behind the number."""

import re
from typing import Final, Protocol

from core.errors import DomainError
from core.requests.models import Request

_KIND: Final = "(?:申请|留言|问题|退回申请|不能检测)"
_NUMBER: Final = re.compile(rf"(?:#|{_KIND})? ?(\d{{1,9}}) ?号?{_KIND}?")
_HEAD: Final = rf"\s*(?:[#＃]|{_KIND})?\s*(\d{{1,9}})(?:\s*号|(?!\w))(?:{_KIND}(?!\w))?"
_IN_FRONT: Final = re.compile(rf"{_HEAD}[\s:：,，、;；。]*")


class Tx(Protocol):
    async def request(self, number: int) -> Request | None: ...


def number_of(word: str) -> int:
    """DomainError requests/number."""
    match = _NUMBER.fullmatch(word)
    if match is None:
        raise DomainError("requests/number", text=word)
    return int(match[1])


def split_number(written: str) -> tuple[int, str] | None:
    """The number that a line begins with and what is written behind it, or None."""
    match = _IN_FRONT.match(written)
    return (int(match[1]), written[match.end() :]) if match else None


async def request_numbered(tx: Tx, number: int) -> Request:
    """DomainError requests/unknown."""
    found = await tx.request(number)
    if found is None:
        raise DomainError("requests/unknown", number=number)
    return found
