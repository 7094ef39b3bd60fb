"""The edges of a delivery's life, as architecture §4 draws them."""

import pytest

from core.pushes.states import AFTER, CLAIMABLE, EDGES, FOR_STAFF, WAITING, IllegalEdge, Outcome, State, check_edge

LEGAL = """
planned     → ready needs_staff cancelled superseded expired
ready       → sending observed partly needs_staff cancelled superseded expired
sending     → delivered observed partly retry_wait failed uncertain
partly      → sending needs_staff cancelled superseded expired
retry_wait  → sending failed observed partly needs_staff cancelled superseded expired
uncertain   → observed partly ready needs_staff
needs_staff → ready partly cancelled observed
failed      → ready cancelled
superseded  → ready
"""
DRAWN = {
    (State(old), State(new))
    for line in LEGAL.strip().splitlines()
    for old, news in [[part.strip() for part in line.split("→")]]
    for new in news.split()
}
LAST = {State.DELIVERED, State.OBSERVED, State.CANCELLED, State.EXPIRED}


@pytest.mark.parametrize("old", State)
def test_just_the_drawn_edges_are_legal(old: State) -> None:
    for new in State:
        if (old, new) in DRAWN:
            check_edge(old, new)
        else:
            with pytest.raises(IllegalEdge, match=f"{old} -> {new}"):
                check_edge(old, new)


def test_every_state_has_its_line_and_can_be_reached() -> None:
    assert set(EDGES) == set(State)
    reached, fringe = {State.PLANNED}, [State.PLANNED]
    while fringe:
        new = EDGES[fringe.pop()] - reached
        reached |= new
        fringe += new
    assert reached == set(State)


def test_the_end_is_the_end() -> None:
    assert {state for state, after in EDGES.items() if not after} == LAST


def test_what_was_perhaps_shown_is_never_sent_again_without_a_look() -> None:
    """Neither a retry nor a fresh start leads out of `sending` when the outcome is unknown."""
    assert AFTER[Outcome.UNKNOWN] is State.UNCERTAIN
    assert State.READY not in EDGES[State.SENDING]
    assert State.SENDING not in EDGES[State.UNCERTAIN]
    assert State.RETRY_WAIT not in EDGES[State.UNCERTAIN]


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_is_a_legal_end_of_an_attempt(outcome: Outcome) -> None:
    check_edge(State.SENDING, AFTER[outcome])


def test_the_groups_of_states() -> None:
    assert all(State.SENDING in EDGES[state] for state in CLAIMABLE)
    assert all({State.CANCELLED, State.SUPERSEDED, State.EXPIRED} <= EDGES[state] for state in WAITING)
    assert not LAST.difference({State.EXPIRED}) & set(FOR_STAFF)
