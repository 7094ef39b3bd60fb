"""A reference says nothing of what others did."""

from hypothesis import given
from hypothesis import strategies as st

from core.pushes.models import Target
from core.pushes.numbers import DRAWN, draw, ordinals

GROUPS = [Target("qq", "group", str(700100200 + n)) for n in range(3)]
PEOPLE = st.lists(st.integers(10_000, 99_999_999).map(lambda n: Target("qq", "private", str(n))), unique=True)
ANNA = Target("qq", "private", "300400600")


def test_groups_are_counted() -> None:
    taken: set[int] = set()
    assert list(ordinals(GROUPS, taken)) == [1, 2, 3]


@given(PEOPLE)
def test_groups_are_counted_whoever_else_is_told(people: list[Target]) -> None:
    taken: set[int] = set()
    for person in people:
        next(ordinals([person], taken))
    assert next(ordinals([GROUPS[0]], taken)) == 1


@given(PEOPLE)
def test_a_persons_number_is_the_same_whoever_else_is_told(people: list[Target]) -> None:
    taken = {next(ordinals([person], set())) for person in people if person != ANNA}
    alone = next(ordinals([ANNA], set()))
    assert next(ordinals([ANNA], taken - {alone})) == alone


@given(st.lists(st.text(), max_size=40))
def test_no_number_is_given_twice(seeds: list[str]) -> None:
    taken: set[int] = set()
    found = [draw(seed, taken) for seed in seeds]
    assert len(set(found)) == len(seeds)
    assert all(number >= DRAWN for number in found)
