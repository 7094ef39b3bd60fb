"""A list of members that can't be right leaves the old one standing (domain §6)."""

from core.members.member import Member
from core.members.reading import Void, why_void


def people(*cards: str) -> list[Member]:
    return [Member(str(number), card) for number, card in enumerate(cards)]


GOOD = [f"合肥演示晴川医院+张{name}" for name in "一二三四五六七八"]


def test_a_first_list_and_an_unchanged_one_are_believed() -> None:
    assert why_void(people(*GOOD), []) is None
    assert why_void(people(*GOOD), people(*GOOD)) is None


def test_a_list_without_anybody_is_void() -> None:
    assert why_void([], []) is Void.EMPTY


def test_a_list_shrunk_by_more_than_half_is_void() -> None:
    assert why_void(people(*GOOD[:4]), people(*GOOD)) is None
    assert why_void(people(*GOOD[:3]), people(*GOOD)) is Void.SHRUNK


def test_a_list_on_which_most_good_cards_went_bad_is_void() -> None:
    blank = people("", "", "", "", "", *GOOD[5:])
    assert why_void(blank, people(*GOOD)) is Void.FLAGGED
    assert why_void(people("", "", "", "", *GOOD[4:]), people(*GOOD)) is None


def test_cards_that_were_bad_before_or_belong_to_newcomers_do_not_count() -> None:
    bad = people(*([""] * 8))
    assert why_void(bad, bad) is None
    newcomers = [Member(f"n{number}") for number in range(20)]
    assert why_void([*people(*GOOD), *newcomers], people(*GOOD)) is None


def test_two_cards_in_a_tiny_group_may_go_bad() -> None:
    assert why_void(people("", ""), people(*GOOD[:2])) is None
