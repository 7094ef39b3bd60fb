"""The life of one delivery and its legal edges (architecture §4)."""

from enum import StrEnum


class State(StrEnum):
    PLANNED = "planned"
    READY = "ready"
    SENDING = "sending"
    DELIVERED = "delivered"
    PARTLY = "partly"  # of several numbered parts some were shown, the next one waits
    RETRY_WAIT = "retry_wait"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    OBSERVED = "observed"
    NEEDS_STAFF = "needs_staff"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


_STOPPED = {State.CANCELLED, State.SUPERSEDED, State.EXPIRED}
_SHOWN_LATE = {State.OBSERVED, State.PARTLY}  # the platform tells of an attempt that seemed lost

EDGES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.READY, State.NEEDS_STAFF, *_STOPPED}),
    State.READY: frozenset({State.SENDING, State.NEEDS_STAFF, *_SHOWN_LATE, *_STOPPED}),
    State.SENDING: frozenset(
        {State.DELIVERED, State.OBSERVED, State.PARTLY, State.RETRY_WAIT, State.FAILED, State.UNCERTAIN}
    ),
    State.PARTLY: frozenset({State.SENDING, State.NEEDS_STAFF, *_STOPPED}),
    State.RETRY_WAIT: frozenset({State.SENDING, State.FAILED, State.NEEDS_STAFF, *_SHOWN_LATE, *_STOPPED}),
    State.UNCERTAIN: frozenset({State.OBSERVED, State.PARTLY, State.READY, State.NEEDS_STAFF}),
    State.NEEDS_STAFF: frozenset({State.READY, State.PARTLY, State.CANCELLED, State.OBSERVED}),
    State.FAILED: frozenset({State.READY, State.CANCELLED}),
    State.DELIVERED: frozenset(),
    State.OBSERVED: frozenset(),
    State.CANCELLED: frozenset(),
    State.SUPERSEDED: frozenset({State.READY}),  # merged into a message that was surely not shown
    State.EXPIRED: frozenset(),
}

CLAIMABLE = (State.READY, State.PARTLY, State.RETRY_WAIT)
WAITING = (State.PLANNED, *CLAIMABLE)
SHOWN = (State.DELIVERED, State.OBSERVED)
NOT_SHOWN = (State.RETRY_WAIT, State.FAILED, State.READY)  # if it comes after an attempt
FOR_STAFF = (State.NEEDS_STAFF, State.FAILED, State.EXPIRED)


class IllegalEdge(RuntimeError):
    """A delivery was to take an edge that is not in the table: a defect, never a user's fault."""


def check_edge(old: State, new: State) -> None:
    """Raise IllegalEdge unless `old` may become `new`."""
    if new not in EDGES[old]:
        raise IllegalEdge(f"{old} -> {new}")


class Outcome(StrEnum):
    """What one attempt came to, as far as the channel can tell."""

    DELIVERED = "delivered"
    NOT_SENT = "not_sent"  # surely not shown, may be tried again
    REFUSED = "refused"  # surely not shown, and never will be
    UNKNOWN = "unknown"  # may have been shown


AFTER: dict[Outcome, State] = {
    Outcome.DELIVERED: State.DELIVERED,
    Outcome.NOT_SENT: State.RETRY_WAIT,
    Outcome.REFUSED: State.FAILED,
    Outcome.UNKNOWN: State.UNCERTAIN,
}
