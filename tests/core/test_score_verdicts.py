"""Verdicts: the official one wins, the arithmetic fills in, and what disagrees is shown to staff (domain §5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scores.models import Verdict
from core.scores.verdicts import disagree, rate, verdict_of

GOOD, BAD = Verdict.SATISFACTORY, Verdict.UNSATISFACTORY
NOT_SCORED, NOT_APPLICABLE = Verdict.NOT_SCORED, Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("acceptable", "total", "expected"),
    [(4, 5, 80.0), (0, 5, 0.0), (5, 5, 100.0), (0, 0, None), (None, 5, None), (4, None, None)],
)
def test_the_rate_is_acceptable_out_of_total(acceptable: int | None, total: int | None, expected: object) -> None:
    assert rate(acceptable, total) == expected


@pytest.mark.parametrize(
    ("official", "pt", "counted", "line", "expected"),
    [
        (GOOD, 40.0, 40.0, 80.0, GOOD),  # the official word wins
        (BAD, 100.0, 100.0, 80.0, BAD),
        (NOT_SCORED, 100.0, 100.0, 80.0, NOT_SCORED),
        (None, 80.0, None, 80.0, GOOD),
        (None, 79.9, None, 80.0, BAD),
        (None, 80.0, 80.0, 100.0, BAD),  # blood groups pass with all of them
        (None, 80.0, 40.0, 80.0, GOOD),  # the PT score before the arithmetic
        (None, None, 80.0, 80.0, GOOD),
        (None, None, 60.0, 80.0, BAD),
        (None, None, None, 80.0, NOT_SCORED),
    ],
)
def test_the_verdict(
    official: Verdict | None, pt: float | None, counted: float | None, line: float, expected: Verdict
) -> None:
    assert verdict_of(official, pt, counted, scored=True, pass_score=line) is expected


@given(st.sampled_from([None, *Verdict]), st.none() | st.floats(0, 100), st.none() | st.floats(0, 100))
def test_a_programme_that_is_not_scored_is_never_failed(
    official: Verdict | None, pt: float | None, counted: float | None
) -> None:
    verdict = verdict_of(official, pt, counted, scored=False, pass_score=80)
    assert verdict is (NOT_APPLICABLE if official is NOT_APPLICABLE else NOT_SCORED)


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_verdict_that_we_made_agrees_with_its_only_figure(figure: float, line: float) -> None:
    for pt, counted in ((figure, None), (None, figure)):
        verdict = verdict_of(None, pt, counted, scored=True, pass_score=line)
        assert not disagree(verdict, pt, counted, line)


@pytest.mark.parametrize(
    ("verdict", "pt", "counted", "conflict"),
    [
        (GOOD, 100.0, 100.0, False),
        (GOOD, 100.0, 60.0, True),
        (GOOD, 66.0, 66.7, True),  # within rounding of each other, yet below the line
        (BAD, 66.0, 66.7, False),
        (BAD, 66.0, 68.0, True),
        (GOOD, None, 60.0, True),
        (BAD, 100.0, None, True),
        (NOT_SCORED, None, 60.0, False),
        (NOT_SCORED, 100.0, 60.0, True),
        (NOT_APPLICABLE, None, None, False),
        (GOOD, None, None, False),
    ],
)
def test_what_disagrees(verdict: Verdict, pt: float | None, counted: float | None, conflict: bool) -> None:
    assert disagree(verdict, pt, counted, 80.0) is conflict
