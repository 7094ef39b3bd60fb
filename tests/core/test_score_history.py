"""When a lab is unsuccessful, and when that is not known."""

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scores.history import Standing, standing
from core.scores.models import Verdict

GOOD, BAD = Verdict.SATISFACTORY, Verdict.UNSATISFACTORY
VERDICTS = st.sampled_from(list(Verdict))


def judged(*verdicts: Verdict | None) -> Standing:
    """Oldest first; the last one is 2026's second round."""
    rounds = [(2025, 2), (2026, 1), (2026, 2)][-len(verdicts) :]
    results = {at: verdict for at, verdict in zip(rounds, verdicts, strict=True) if verdict}
    return standing(results, {2025: 2, 2026: 2}, (2026, 2))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((GOOD, GOOD, GOOD), Standing.GOOD),
        ((GOOD, GOOD, BAD), Standing.GOOD),
        ((GOOD, BAD, BAD), Standing.UNSUCCESSFUL),
        ((BAD, GOOD, BAD), Standing.UNSUCCESSFUL),
        ((BAD, BAD, GOOD), Standing.UNSUCCESSFUL),
        ((BAD, Verdict.NOT_SCORED, GOOD), Standing.GOOD),
        ((None, BAD, BAD), Standing.UNSUCCESSFUL),  # two in a row, whatever was before
        ((BAD, None, BAD), Standing.UNSUCCESSFUL),  # two of three, whatever was between
        ((None, GOOD, GOOD), Standing.GOOD),
        ((None, GOOD, BAD), Standing.UNKNOWN),
        ((None, None, GOOD), Standing.UNKNOWN),
    ],
)
def test_two_in_a_row_or_two_of_three(verdicts: Sequence[Verdict | None], expected: Standing) -> None:
    assert judged(*verdicts) is expected


def test_the_round_before_the_first_of_a_year_is_the_last_of_the_year_before() -> None:
    results = {(2025, 3): BAD, (2025, 2): GOOD, (2026, 1): BAD}
    assert standing(results, {2025: 3, 2026: 2}, (2026, 1)) is Standing.UNSUCCESSFUL
    once_a_year = {(2024, 1): BAD, (2025, 1): GOOD, (2026, 1): BAD}
    assert standing(once_a_year, {2024: 1, 2025: 1, 2026: 1}, (2026, 1)) is Standing.UNSUCCESSFUL


@given(st.lists(st.one_of(st.none(), VERDICTS), min_size=3, max_size=3))
def test_an_answer_is_given_only_if_no_missing_result_could_change_it(verdicts: list[Verdict | None]) -> None:
    known = judged(*verdicts)
    holes = [[one] if one else list(Verdict) for one in verdicts]
    possible = {judged(*whole) for whole in product(*holes)}
    assert Standing.UNKNOWN not in possible
    assert known is (possible.pop() if len(possible) == 1 else Standing.UNKNOWN)


@given(VERDICTS, VERDICTS, VERDICTS, st.sampled_from([Verdict.NOT_SCORED, Verdict.NOT_APPLICABLE]))
def test_what_has_no_score_is_never_a_failure(a: Verdict, b: Verdict, c: Verdict, unscored: Verdict) -> None:
    if judged(a, b, c) is Standing.GOOD:
        assert judged(a, b, unscored) is Standing.GOOD
    assert judged(unscored, unscored, c) is Standing.GOOD
