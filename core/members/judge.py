"""The judge of group cards (domain §6): never strict where people would disagree."""

from typing import Final

from core.members.clean import Cleaned, clean
from core.members.duties import TEMPLATE, VENDOR
from core.members.labs import LabIndex
from core.members.lists import SURNAMES
from core.members.models import SKIPPED_ROLES, Judgement, Reason, Verdict
from core.members.people import Read, Sort, best_person, read_piece
from core.members.places import is_at_home, is_away, is_elsewhere
from core.members.units import Cut, Sure, cut_unit, reversed_parts

NOBODY: Final = LabIndex()


def judge(card: str, *, role: str = "member", labs: LabIndex = NOBODY) -> Judgement:
    """What a member's card is. The nickname never stands in for an empty one."""
    if role in SKIPPED_ROLES:
        return Judgement(Verdict.SKIP, reason=Reason.SKIPPED)
    cleaned = clean(card)
    if not cleaned.seen:
        return Judgement(Verdict.EMPTY, reason=Reason.EMPTY)
    if not cleaned.pieces:
        return Judgement(Verdict.JUNK, reason=Reason.DIGITS if cleaned.phone or cleaned.code else Reason.SIGNS)
    cut = cut_unit(cleaned.pieces, labs)
    if cut.sure < Sure.YES and VENDOR.search(cleaned.seen) and "医院" not in cleaned.seen:
        return Judgement(Verdict.REVIEW, reason=Reason.VENDOR)
    person = best_person(cut.rest)
    return _with_unit(cleaned, cut, person, labs) if cut.sure else _without_unit(cleaned, cut, person)


def _with_unit(cleaned: Cleaned, cut: Cut, person: Read, labs: LabIndex) -> Judgement:
    unit = cut.unit
    if person.sort < Sort.CALLED:
        unit, person = _turned(unit, person, labs)
    lab = labs.name_of(unit)
    if person.sort >= Sort.NAME and cut.sure is Sure.YES:
        warning = _warning(cleaned, unit)
        return Judgement(Verdict.OK_WARN if warning else Verdict.OK, unit, person.text, lab, warning)
    verdict, reason = _lacking(person, unit)
    return Judgement(verdict, unit, person.text, lab, reason)


def _turned(unit: str, person: Read, labs: LabIndex) -> tuple[str, Read]:
    """A reversed card without a separator taken apart: 张三合肥市第一人民医院."""
    for name, home in reversed_parts(unit, labs):
        found = read_piece(name)
        if found.sort >= Sort.NAME and found.text == name and (name[0] in SURNAMES or found.sort is Sort.SURNAMED):
            return home, found
    return unit, person


def _lacking(person: Read, unit: str) -> tuple[Verdict, Reason]:
    if person.sort >= Sort.NAME:
        return Verdict.REVIEW, Reason.UNIT_UNSURE
    if person.sort is Sort.UNSURE:
        return Verdict.REVIEW, Reason.NAME_UNSURE
    if person.sort >= Sort.NICKNAME:
        return Verdict.INCOMPLETE_NAME, Reason.NAME_INCOMPLETE
    if len(unit) == 3 and unit.endswith("医院") and unit[0] in SURNAMES:
        return Verdict.REVIEW, Reason.UNIT_OR_NAME
    return Verdict.MISSING_NAME, Reason.NO_NAME


def _without_unit(cleaned: Cleaned, cut: Cut, person: Read) -> Judgement:
    if (cut.placeholder and person.sort < Sort.SURNAMED) or _is_template(cleaned.pieces):
        return Judgement(Verdict.JUNK, reason=Reason.TEMPLATE)
    if person.sort is Sort.SURNAMED or person.duty or cut.unit:
        reason = (
            Reason.UNIT_PLACEHOLDER if cut.placeholder else Reason.UNIT_GENERAL if cut.unit else Reason.NO_UNIT
        )
        return Judgement(Verdict.MISSING_UNIT, person=person.text, reason=reason)
    return Judgement(Verdict.JUNK, reason=Reason.NICKNAME)


def _is_template(pieces: tuple[str, ...]) -> bool:
    return all(TEMPLATE.fullmatch(piece) for piece in pieces)


def _warning(cleaned: Cleaned, unit: str) -> Reason:
    if cleaned.code:
        return Reason.SHOWS_CODE
    if cleaned.phone:
        return Reason.SHOWS_PHONE
    away = is_elsewhere(unit) or (not is_at_home(unit) and any(map(is_away, cleaned.pieces)))
    return Reason.ELSEWHERE if away else Reason.NONE
