"""How a channel without an account is, out of what became of its messages: nothing else tells."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.channels import Health, Sent
from core.pushes.states import Outcome


@dataclass
class Ways:
    """Keeps a `Health`: a way that was refused is dead until a message goes through it again. A channel may have
    several (a webhook a group, several mailboxes); what is said is of the one that is dead longest."""

    health: Health
    _dead: dict[str, tuple[datetime, Sent]] = field(default_factory=dict)

    def note(self, way: str, sent: Sent, real: datetime, *, of_message: bool = False) -> None:
        """`of_message`: the refusal is of what was sent, not of the way. A doubtful outcome tells nothing."""
        if sent.outcome is Outcome.DELIVERED:
            self.health.sent_at = real
            self._dead.pop(way, None)
        elif sent.outcome is not Outcome.UNKNOWN and not of_message:
            since = self._dead[way][0] if way in self._dead else real
            self._dead[way] = since, sent
        longest = min(self._dead.values(), key=lambda one: one[0], default=None)
        self.health.lost_at, self.health.why = (longest[0], longest[1].words) if longest else (None, "")
        self.health.told = any(one.outcome is Outcome.REFUSED for _, one in self._dead.values())
