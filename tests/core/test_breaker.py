"""A channel that fails on everything is left alone for a while."""

from datetime import timedelta

from core.pushes.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker
from core.pushes.models import Target
from core.pushes.states import Outcome
from tests.cast import MORNING

A, B = Target("qq", "group", "1"), Target("qq", "group", "2")
SECOND = timedelta(seconds=1)


def failing(*targets: Target, outcome: Outcome = Outcome.NOT_SENT) -> Breaker:
    breaker = Breaker()
    for target in targets:
        breaker.note(outcome, target, MORNING)
    return breaker


def test_it_opens_after_failures_at_several_targets() -> None:
    assert failing(*[A, B] * 2).allows(MORNING)
    opened = failing(*[A, B] * 2, A)
    assert FAILURES == 5
    assert not opened.allows(MORNING + FIRST_REST - SECOND)
    assert opened.allows(MORNING + FIRST_REST)


def test_one_dead_group_says_nothing_of_the_account() -> None:
    assert failing(*[A] * 20).allows(MORNING)


def test_what_is_unknown_is_a_failure_and_a_refusal_is_not() -> None:
    assert not failing(*[A, B] * 3, outcome=Outcome.UNKNOWN).allows(MORNING)
    assert failing(*[A, B] * 3, outcome=Outcome.REFUSED).allows(MORNING)


def test_a_success_closes_it() -> None:
    opened = failing(*[A, B] * 3)
    opened.note(Outcome.DELIVERED, A, MORNING + FIRST_REST)
    assert opened.allows(MORNING + FIRST_REST)
    opened.note(Outcome.NOT_SENT, A, MORNING + FIRST_REST)
    assert opened.allows(MORNING + FIRST_REST)


def test_each_failed_trial_makes_the_rest_longer() -> None:
    opened, moment, rests = failing(*[A, B] * 2, A), MORNING, []
    for _ in range(6):
        assert opened.until is not None
        rests.append(opened.until - moment)
        moment = opened.until
        opened.note(Outcome.UNKNOWN, B, moment)
    assert rests == [FIRST_REST * n for n in (1, 2, 4, 8)] + [LONGEST_REST] * 2
