"""What becomes of an attempt whose outcome nobody knows (architecture §4)."""

from datetime import timedelta

import pytest

from core.pushes.doubt import PATIENCE, Sighting, after_looking, is_last_stage
from core.pushes.models import Delivery, Kind, Push, Target
from core.pushes.states import State
from tests.cast import DEADLINE, MORNING

UNSURE = timedelta(seconds=60)
LONG = "\n".join("很长的一行" * 20 for _ in range(20))


def doubtful(kind: Kind = Kind.NOTICE, place: str = "group", body: str = "短", part: int = 0) -> Delivery:
    push = Push(1, kind, 317, 2026, {"deadline": DEADLINE.isoformat()})
    times = {"due_at": MORNING, "expires_at": DEADLINE, "claimed_at": MORNING}
    return Delivery(1, push, Target("qq", place, "1"), 2, State.UNCERTAIN, 1, 1, **times, body=body, part=part)


@pytest.mark.parametrize(
    ("delivery", "sighting", "waited", "then"),
    [
        (doubtful(), Sighting.FOUND, 1, State.OBSERVED),
        (doubtful(body=LONG), Sighting.FOUND, 1, State.PARTLY),
        (doubtful(body=LONG, part=1), Sighting.FOUND, 1, State.OBSERVED),
        (doubtful(), Sighting.ABSENT, 1, State.READY),
        (doubtful(), Sighting.UNCLEAR, PATIENCE - 1, None),
        (doubtful(), Sighting.UNCLEAR, PATIENCE, State.NEEDS_STAFF),
        (doubtful(place="private"), Sighting.UNCLEAR, 1, State.NEEDS_STAFF),
    ],
)
def test_after_a_look(delivery: Delivery, sighting: Sighting, waited: int, then: State | None) -> None:
    decided = after_looking(delivery, sighting, MORNING + UNSURE * waited, UNSURE)
    assert (decided and decided[0]) == then


def test_an_alarm_goes_again_three_times_after_ever_longer_waits() -> None:
    for doubted, minutes in ((1, 1), (2, 10), (3, 60)):
        for waited, then in ((minutes * 60 - 1, None), (minutes * 60, State.READY)):
            real = MORNING + timedelta(seconds=waited)
            decided = after_looking(doubtful(Kind.ALARM), Sighting.UNCLEAR, real, UNSURE, doubted)
            assert (decided and decided[0]) == then
    real = MORNING + UNSURE * PATIENCE
    decided = after_looking(doubtful(Kind.ALARM), Sighting.UNCLEAR, real, UNSURE, 4)
    assert decided == (State.NEEDS_STAFF, "无法核对是否已送达")


def test_the_last_stage_lasts_until_the_deadline() -> None:
    assert is_last_stage(doubtful(Kind.REMINDER))
    assert not is_last_stage(doubtful(Kind.NOTICE))
    earlier = doubtful(Kind.REMINDER)
    push = Push(1, Kind.REMINDER, 317, 2026, {"deadline": (DEADLINE + timedelta(hours=1)).isoformat()})
    assert not is_last_stage(Delivery(1, push, *(getattr(earlier, name) for name in _REST)))


_REST = ("target", "ordinal", "state", "fence", "attempts", "due_at", "expires_at")
