"""Whether a list of members just read can be believed (domain §6); one that can't leaves the old one standing."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from core.members.judge import judge
from core.members.member import Member
from core.members.models import FLAGGED, Verdict

_FEW: Final = 3  # cards that went bad since yesterday: so many may be chance in a small group


class Void(StrEnum):
    """Why a list is not believed; for the log."""

    UNREADABLE = "not readable, or fields are missing"
    EMPTY = "nobody is on it, though we are in the group"
    SHRUNK = "more than half of the members are gone"
    FLAGGED = "more than half of the cards that were in form no longer are"


def why_void(new: Sequence[Member], old: Sequence[Member]) -> Void | None:
    """None if the list may replace the old one. Judges cards: up to some hundred ms in a large group."""
    if not new:
        return Void.EMPTY
    if len(new) * 2 < len(old):
        return Void.SHRUNK
    return Void.FLAGGED if _turned_bad(new, {one.account: one for one in old}) else None


def _turned_bad(new: Sequence[Member], old: dict[str, Member]) -> bool:
    changed = [one for one in new if one.account in old and one.card != old[one.account].card]
    worse = sum(1 for one in changed if _is_flagged(one) and _is_in_form(old[one.account]))
    return worse >= _FEW and worse * 2 > sum(map(_is_in_form, old.values()))


def _is_flagged(one: Member) -> bool:
    return judge(one.card, role=one.role).verdict in FLAGGED


def _is_in_form(one: Member) -> bool:
    return judge(one.card, role=one.role).verdict in (Verdict.OK, Verdict.OK_WARN)
