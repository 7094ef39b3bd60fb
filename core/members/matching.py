"""Which lab a member belongs to as the card says: for counting whom a push reached. It grants nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.members.judge import judge
from core.members.labs import LabIndex

_ROBOT = "robot"


@dataclass(frozen=True, slots=True)
class Card:
    """`lab_id`: what the card was matched to before."""

    account: str
    card: str = field(repr=False)
    role: str
    lab_id: int | None


class CardLabs:
    """Of an official name that several labs bear nobody can say which is meant: it is none."""

    def __init__(self, names: Sequence[tuple[str, str, int]]) -> None:
        """`names` are (unit_key, official name, id) of every official, short and former name."""
        self._index = LabIndex((key, official) for key, official, _ in names)
        bearers: dict[str, set[int]] = defaultdict(set)
        for _, official, ident in names:
            bearers[official].add(ident)
        self._ids = {official: min(labs) for official, labs in bearers.items() if len(labs) == 1}

    def changed(self, cards: Sequence[Card]) -> list[tuple[Card, int | None]]:
        """Those to be matched anew. Some 50 µs a card, so a large group belongs into a thread."""
        found = [(one, self._lab(one)) for one in cards]
        return [(one, ident) for one, ident in found if ident != one.lab_id]

    def _lab(self, one: Card) -> int | None:
        """Owners and admins of a group work in labs, too."""
        if one.role == _ROBOT or not one.card:
            return None
        return self._ids.get(judge(one.card, labs=self._index).lab)
