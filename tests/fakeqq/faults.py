"""What goes wrong, when, and how often: a queue of faults per conversation, used up one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakeqq.wire import REFUSED, TIMEOUT, Json

ANY = "*"


@dataclass(frozen=True)
class Way:
    """How a send ends. ``late``: shown only after the fault's delay, not before it."""

    shown: bool = True
    error: str | None = None
    replies: int = 1
    drop: bool = False
    late: bool = False


SENDS = {
    "ok": Way(),
    "refused": Way(shown=False, error=REFUSED),
    "timeout_shown": Way(error=TIMEOUT),
    "timeout_hidden": Way(shown=False, error=TIMEOUT),
    "silent_shown": Way(replies=0),
    "silent_hidden": Way(shown=False, replies=0),
    "drop_before": Way(shown=False, replies=0, drop=True),
    "drop_after": Way(replies=0, drop=True),
    "slow": Way(late=True),
    "double_echo": Way(replies=2),
}
HISTORY = ("history_off", "history_frozen")
MEMBERS = ("members_stale",)
KINDS = (*SENDS, *HISTORY, *MEMBERS)


@dataclass
class Fault:
    """``times`` < 0: for ever. ``delay`` in seconds before the answer; < 0: no answer at all.

    ``snapshot``: what a frozen history or a stale member list goes on saying, by conversation.
    """

    conversation: str
    kind: str
    times: int = 1
    delay: float = 0.0
    snapshot: dict[str, list[Json]] | None = None

    def json(self) -> Json:
        return {"conversation": self.conversation, "kind": self.kind, "times": self.times, "delay": self.delay}


Freeze = Callable[[str, str], dict[str, list[Json]]]


class Faults:
    """``freeze(kind, conversation)`` takes the snapshot a new fault needs."""

    def __init__(self, freeze: Freeze) -> None:
        self._freeze = freeze
        self._queue: list[Fault] = []

    def add(self, item: dict[str, Any]) -> Fault:
        fault = Fault(**item)
        if fault.kind not in KINDS:
            raise ValueError(f"kind {fault.kind!r} is none of clear, {', '.join(KINDS)}")
        if fault.conversation != ANY and not fault.conversation.startswith(("group:", "private:")):
            raise ValueError("conversation is group:ID, private:ID or *")
        if fault.kind in ("history_frozen", *MEMBERS):
            fault.snapshot = self._freeze(fault.kind, fault.conversation)
        self._queue.append(fault)
        return fault

    def clear(self, conversation: str = ANY) -> None:
        self._queue = [fault for fault in self._queue if conversation not in (ANY, fault.conversation)]

    def take(self, conversation: str, kinds: tuple[str, ...], use: bool = True) -> Fault | None:
        """The next fault of these kinds, the conversation's own before those for all; uses it once."""
        for name in (conversation, ANY):
            for fault in self._queue:
                if fault.conversation == name and fault.kind in kinds:
                    if use:
                        self._use(fault)
                    return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times < 0:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._queue.remove(fault)

    def json(self) -> list[Json]:
        return [fault.json() for fault in self._queue]
