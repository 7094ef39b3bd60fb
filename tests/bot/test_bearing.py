"""The door looks for itself whose data an answer bears."""

from datetime import date
from typing import Any

import pytest

from bot.answers import Answer
from bot.bearing import labs_in
from bot.rendering import rendered
from core.access import Account, PlaceKind, Principal
from core.labs.models import Lab
from core.scores.models import Score, Verdict

TODAY = date(2026, 3, 24)
ANNA = Principal(Account("qq", "300400600"), labs=frozenset({1}))
OWN, OTHERS = (Score(lab, 7, "", Verdict.SATISFACTORY, pt=100.0) for lab in (1, 2))


@pytest.mark.parametrize(
    ("view", "labs"),
    [
        ({"found": OWN}, {1}),
        ({"found": (OWN, [OTHERS])}, {1, 2}),
        ({"found": {"a": {"b": OTHERS}}, "named": True}, {2}),
        ({"lab": Lab(3, "0340103", "太和演示青禾卫生院")}, {3}),
        ({"n": 1, "text": "成绩"}, set()),
    ],
)
def test_labs_are_found_wherever_they_stand(view: Any, labs: set[int]) -> None:
    assert set(labs_in(view)) == labs


@pytest.mark.parametrize(
    "answer",
    [
        Answer("scores/mine", {"found": (OWN, OTHERS)}, private=frozenset({1})),
        Answer("scores/mine", {"found": OWN}, private=frozenset({2})),
        Answer("scores/mine", {"found": OTHERS}, private=frozenset({1, 2})),
    ],
)
def test_an_answer_with_another_labs_data_is_a_defect(answer: Answer) -> None:
    with pytest.raises(PermissionError):
        rendered(answer, PlaceKind.PRIVATE, ANNA, TODAY)


@pytest.mark.parametrize("place", [PlaceKind.GROUP, PlaceKind.TEMPORARY])
def test_private_data_never_leaves_private_chat(place: PlaceKind) -> None:
    with pytest.raises(PermissionError):
        rendered(Answer("scores/mine", {"found": OWN}, private=frozenset({1})), place, ANNA, TODAY)
