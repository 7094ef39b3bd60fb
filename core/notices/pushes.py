"""What a free notice says, asked at the moment of sending."""

from datetime import datetime
from typing import Protocol

from core.notices.codes import code_candidates
from core.pushes.models import Body, Delivery, Stop
from core.pushes.states import State


class Tx(Protocol):
    async def holds_code(self, candidates: frozenset[str]) -> bool: ...


async def notice(tx: Tx, delivery: Delivery, now: datetime) -> Body | Stop:
    """A number in it may have become a lab's code since it was written."""
    text = delivery.push.facts["text"]
    candidates = code_candidates(text)
    if candidates and await tx.holds_code(candidates):
        return Stop(State.CANCELLED, "含有实验室编码")
    return Body("pushes/notice.free", {"text": text})
