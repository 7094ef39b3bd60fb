"""What is made of a group card (domain §6)."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`ok_warn`: in form, but shows a number, or a unit outside the province."""

    OK = "ok"
    OK_WARN = "ok_warn"
    MISSING_NAME = "missing_name"
    INCOMPLETE_NAME = "incomplete_name"
    MISSING_UNIT = "missing_unit"
    JUNK = "junk"
    EMPTY = "empty"
    REVIEW = "review"
    SKIP = "skip"


# What members are reminded of; incomplete names and warnings get a private hint at most.
FLAGGED = (Verdict.EMPTY, Verdict.JUNK, Verdict.MISSING_UNIT, Verdict.MISSING_NAME)
SKIPPED_ROLES = frozenset({"owner", "admin", "robot"})


class Reason(StrEnum):
    """Keys of the short sentences in bot/texts/members/reason.j2."""

    NONE = ""
    SKIPPED = "skipped"
    EMPTY = "empty"
    DIGITS = "digits"
    SIGNS = "signs"
    TEMPLATE = "template"
    NICKNAME = "nickname"
    NO_NAME = "no_name"
    NAME_INCOMPLETE = "name_incomplete"
    NAME_UNSURE = "name_unsure"
    NO_UNIT = "no_unit"
    UNIT_GENERAL = "unit_general"
    UNIT_PLACEHOLDER = "unit_placeholder"
    UNIT_UNSURE = "unit_unsure"
    UNIT_OR_NAME = "unit_or_name"
    VENDOR = "vendor"
    SHOWS_CODE = "shows_code"
    SHOWS_PHONE = "shows_phone"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`unit` and `person` as read from the card, without any number; `lab` the official name of the lab that
    the unit is, which grants nothing."""

    verdict: Verdict
    unit: str = ""
    person: str = ""
    lab: str = ""
    reason: Reason = Reason.NONE
