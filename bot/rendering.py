"""From an answer to what is said, checked a second time; the first was the query."""

from datetime import date

from bot.answers import Answer, Recall, Said, Sketch
from bot.bearing import labs_in
from bot.texts import say
from core.access import PlaceKind, Principal


def rendered(answer: Answer, place: PlaceKind, who: Principal, today: date) -> list[Said]:
    """Private data only in private, only to its owners, of no other lab than the handler says, and none that it
    did not speak of; PermissionError is a defect of the handler."""
    _check(answer, place, who)
    said: list[Said] = [Recall()] if answer.recall else []
    said.append(say(answer.template, {"today": today, **answer.view}))
    return [*said, *(one for one in (answer.picture, answer.file) if one and not isinstance(one, Sketch))]


def _check(answer: Answer, place: PlaceKind, who: Principal) -> None:
    seen = all(map(who.may_see, answer.private)) and all(map(who.may_see_code, answer.codes))
    if (answer.private or answer.codes or answer.file or answer.picture) and not (
        seen and place is PlaceKind.PRIVATE
    ):
        raise PermissionError("private answer at the wrong door")
    borne = labs_in(answer.view)
    if answer.private and not answer.private | answer.codes >= borne:
        raise PermissionError("private answer of another lab")
    if not (who.is_staff or all(map(who.may_see_code, borne))):
        raise PermissionError("private answer that was not declared")
