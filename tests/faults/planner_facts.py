"""What is true in the state machine of the planner, kept apart from the product: rounds, lists, own words."""

from dataclasses import dataclass, field
from datetime import datetime

from core.pushes.plan import Deadline
from tests.cast import CODES

YEAR, N = 2026, 1
NAMES = {"A01": "凝血试验", "A02": "糖化血红蛋白", "B02": "感染性疾病血清学标志物B"}
PERSONS = {"500100001": "0340101", "500100002": "0340102"}  # who is bound to which lab


@dataclass
class Facts:
    """All four labs have applied for all programmes. `rows`: (programme, lab) → reported; None: fell off a
    complete list. `said`: 已报."""

    deadlines: dict[str, datetime] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    rows: dict[tuple[str, str], bool | None] = field(default_factory=dict)
    as_of: dict[str, datetime] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    said: dict[tuple[str, str], datetime] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)

    def standing(self, now: datetime) -> list[Deadline]:
        """Deadlines still to come of rounds that are not cancelled."""
        alive = {at for code, at in self.deadlines.items() if code not in self.cancelled}
        return [Deadline(YEAR, N, at) for at in sorted(alive) if at > now]

    def stands(self, deadline: datetime) -> bool:
        return any(at == deadline for code, at in self.deadlines.items() if code not in self.cancelled)

    def note_list(self, code: str, reported: set[str], silent: set[str], full: bool, now: datetime) -> None:
        if full:
            for lab in CODES:
                if (code, lab) in self.rows:
                    self.rows[code, lab] = None
            self.full.add(code)
        self.rows |= {(code, lab): lab in reported for lab in reported | silent}
        self.as_of[code] = now

    def finished(self, code: str) -> bool:
        """Nobody needs a reminder: a complete list, and all have reported."""
        return code in self.full and all(self.rows.get((code, lab)) for lab in CODES)

    def to_remind(self, code: str, lab: str) -> bool:
        """Unreported or not known, and not silenced since the last list."""
        said = self.said.get((code, lab))
        if said is not None and (code not in self.as_of or said >= self.as_of[code]):
            return False
        if (code, lab) not in self.rows:
            return code not in self.full
        return self.rows[code, lab] is False
