"""A database that came back out of a backup: held; nothing in it goes out or is numbered twice (interfaces §1)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update

from core.calendar import SHANGHAI
from core.pushes.models import Kind, PushState
from core.pushes.numbers import RESTORED, RESUMED
from core.pushes.states import CLAIMABLE, WAITING, State
from db.expansion import COUNTED
from db.pushes import delivery, hold, instance, push
from db.timetable import MAYBE_SENT
from db.unit import Unit

GAP = 1000  # numbers that the lost program may have issued since the backup
STEP = 4  # seconds of the year for a number
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
Numbers = Mapping[int, int]


async def numbers(tx: Unit) -> Numbers:
    """The highest counted number of each year."""
    highest = select(push.c.year, func.max(push.c.number)).where(COUNTED).group_by(push.c.year)
    return {row[0]: row[1] for row in await tx._all(highest)}


async def start_held(tx: Unit, copied: datetime, real: datetime, lost: Numbers) -> None:
    """`copied`: when the copy was made, where it does not show it by itself. `lost`: the numbers of the database
    that is put aside, as far as it can be read."""
    seen = (await tx._one(select(func.max(instance.c.seen_at))))[0]
    await _doubt(tx)
    await _leave_gap(tx, real, lost)
    await tx._run(delete(instance))  # all dead: what they were sending is looked for in the history
    await tx._run(delete(hold))
    values = {"id": 1, "since": real, "by": "cli:restore", "backup_at": seen or copied, "reason": "从备份恢复"}
    await tx._run(hold.insert().values(**values))


async def _doubt(tx: Unit) -> None:
    """Whatever was due, or waited for staff's word, may have been sent after the copy was made; alarms of then
    are no news now. Without `doubt_at` nobody's silence sends it."""
    alarms = select(push.c.id).where(push.c.kind == str(Kind.ALARM))
    stale = (delivery.c.push_id.in_(alarms), delivery.c.state.in_([str(s) for s in WAITING]))
    values = {"state": str(State.CANCELLED), "words": "恢复备份之前的工作提醒"}
    await tx._run(update(delivery).where(*stale).values(**values))
    planned = (push.c.kind == str(Kind.ALARM), push.c.state == str(PushState.PLANNED))
    await tx._run(update(push).where(*planned).values(state=str(PushState.WITHDRAWN)))
    due = delivery.c.state.in_([str(s) for s in (*CLAIMABLE, State.NEEDS_STAFF)])
    doubtful = {"state": str(State.NEEDS_STAFF), "words": MAYBE_SENT, "told": False}
    await tx._run(update(delivery).where(due).values(**doubtful, retry_at=None, doubt_at=None))


async def _leave_gap(tx: Unit, real: datetime, lost: Numbers) -> None:
    """Marks that hold the place of numbers which may stand in groups already; two a year, never sent.

    Counted ones go on behind all that is known of, and behind RESUMED and one for every four seconds of the year:
    31,622,400 s make 7,905,600 of the 9,000,000 that there are below RESTORED. So each restore of one backup
    begins behind what came of the one before, unless that issued fifteen a minute ever since. What is drawn
    afterwards is drawn otherwise (core/pushes/numbers.py).
    """
    known, local = await numbers(tx), real.astimezone(SHANGHAI)
    elapsed = local - datetime(local.year, 1, 1, tzinfo=SHANGHAI)
    floor = RESUMED + int(elapsed.total_seconds()) // STEP
    drawn = RESTORED + int((real - _EPOCH).total_seconds())
    for year in {*known, *lost, local.year}:
        counted = max(known.get(year, 0) + GAP, lost.get(year, 0) + GAP, floor)
        await tx._run(push.insert(), [_mark(year, number, real) for number in (counted, drawn)])


def _mark(year: int, number: int, real: datetime) -> dict[str, object]:
    moments = {"due_at": real, "expires_at": real, "created_at": real}
    what = {"kind": str(Kind.ALARM), "key": f"restored:{year}:{number}", "facts": {"about": "restored"}}
    to = {"groups": False, "targets": [], "state": str(PushState.WITHDRAWN)}
    return {**what, **moments, **to, "year": year, "number": number}
