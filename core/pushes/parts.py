"""A push as the messages it is sent in, each with the mark by which we know it again (architecture §4).

The mark is the whole 〔通知 …〕: a reference alone also stands in lists that staff ask for.
"""

import re

from core.words import pieces

PART = 1500  # characters a message (interfaces §2)
# WeCom's webhook takes 2,048 bytes, and no character has more than four.
SIZES = {"wecom": 500}
REHEARSED = "〔演练〕"  # before each message of a rehearsal
_MARK = re.compile(r"〔通知 (?P<reference>\d\d-\d{4,}-\d+)(?: (?P<part>\d+)/\d+)?〕")


def mark_of(reference: str, part: int = 1, parts: int = 1) -> str:
    """`〔通知 26-0317-2〕`; of several parts `〔通知 26-0317-2 1/3〕`."""
    return f"〔通知 {reference}〕" if parts == 1 else f"〔通知 {reference} {part}/{parts}〕"


def parts_of(body: str, reference: str, size: int = PART) -> list[str]:
    """The body, which ends with its mark, in messages of at most `size` characters; cut at line ends where
    possible. The same body gives the same parts, so that a later process goes on where one ended."""
    if len(body) <= size:
        return [body]
    whole = mark_of(reference)
    longest = len(mark_of(reference, 99, 99)) + 1
    cut = pieces(body.removesuffix(whole).rstrip("\n"), size - longest)
    return [f"{piece}\n{mark_of(reference, n, len(cut))}" for n, piece in enumerate(cut, 1)]


def marks_in(text: str) -> list[tuple[str, int]]:
    """(reference, number of the part) of each mark in a message."""
    return [(found["reference"], int(found["part"] or 1)) for found in _MARK.finditer(text)]


def unmarked(body: str) -> str:
    """A body to be quoted in a reply: without its mark, or the history would show the push where it never was."""
    return _MARK.sub("", body).rstrip("\n")
