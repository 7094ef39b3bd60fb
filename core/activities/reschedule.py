"""改期: deadlines moved, samples put off, their numbers changed, a round cancelled; announced as old → new."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.access import Principal
from core.activities.changes import Line, Move, TellTx, announce, as_told, concerns_labs, lines
from core.activities.models import Round, RoundState, RoundView
from core.activities.use import ALL, choose, local_day
from core.activities.wish import Wish, parse_wish
from core.calendar import shanghai
from core.errors import DomainError
from core.pushes.models import Kind, PushState
from core.pushes.plan import Deadline, Rules, plan_reminders, possible_keys

AT_MOST = timedelta(days=180)  # further off the year is more likely a slip


class ProposeTx(TellTx, Protocol):
    async def all_rounds(self, year: int, n: int) -> list[Round]: ...

    async def rounds_closing(self, since: datetime) -> list[RoundView]: ...

    async def push_states(self, kind: Kind, now: datetime) -> dict[str, PushState]: ...


class RescheduleTx(ProposeTx, Protocol):
    async def change_round(self, new: Round) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Reminders:
    """Planned ones that a change withdraws, and when those to come in their place are due."""

    withdrawn: int
    due: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Reschedule:
    """What 改期 would do. `same`: programmes that stand so already. `news`: the moves as labs hear them; none
    where only what they were never told is put right. `told`: whether they hear of it."""

    year: int
    n: int
    moves: tuple[Move, ...]
    same: tuple[str, ...]
    news: tuple[Move, ...]
    reminders: Reminders
    told: bool

    @property
    def lines(self) -> list[Line]:
        return lines({move.old.id: move.was for move in self.moves}, [move.new for move in self.moves])


async def propose(
    tx: ProposeTx, year: int, n: int, words: Sequence[str], rules: Rules, now: datetime
) -> Reschedule:
    """DomainError: ask/missing, activities/activity_unknown, and activities/change_…: form, past, cancelled,
    not_cancelled, closed, same, order, far; those of `choose`."""
    wish = parse_wish(tuple(words), year, n, local_day(now))
    if not wish.words:
        raise DomainError("ask/missing", slot="项目", example=f"改期 {year} 第{n}次 凝血 3月30日 17:00，或写 全部")
    rounds = await tx.all_rounds(year, n)
    if not rounds:
        raise DomainError("activities/activity_unknown", year=year, n=n)
    _check_future(wish, now)
    chosen = _chosen(rounds, wish, now)
    all_moves = [Move(one, _moved(one, wish)) for one in chosen]
    moves = tuple(move for move in all_moves if move.was)
    if not moves:
        raise DomainError("activities/change_same", names=[one.programme.name for one in chosen])
    for move in moves:
        _check_order(move.new)
        _check_near(move)
    same = tuple(move.old.programme.name for move in all_moves if not move.was)
    news = tuple(await as_told(tx, moves))
    told = any([not wish.cancel or await concerns_labs(tx, move, now) for move in news])
    return Reschedule(year, n, moves, same, news, await _reminders(tx, moves, rules, now), told)


def _check_future(wish: Wish, now: datetime) -> None:
    for field, value in wish.values.items():
        if field == "deadline" and value <= now:
            raise DomainError("activities/change_past", at=shanghai(value), day=None)
        if isinstance(value, date) and not isinstance(value, datetime) and value < local_day(now):
            raise DomainError("activities/change_past", at=value, day=value)


def _chosen(rounds: Sequence[Round], wish: Wish, now: datetime) -> list[Round]:
    """By name also what has closed, which a new deadline opens again; by 全部 only what is open. What was
    cancelled only by 恢复, which means nothing else."""
    if ALL in wish.words:
        found = [one for one in rounds if _is_gone(one) is wish.restore and one.deadline > now]
    else:
        wanted = {programme.id for programme in choose(wish.words, [one.programme for one in rounds])}
        found = [one for one in rounds if one.programme.id in wanted]
    other = [one.programme.name for one in found if _is_gone(one) is not wish.restore]
    if other:
        key = "activities/change_not_cancelled" if wish.restore else "activities/change_cancelled"
        raise DomainError(key, names=other, year=rounds[0].year, n=rounds[0].n)
    closed = [one.programme.name for one in found if one.deadline <= now and "deadline" not in wish.values]
    if closed or not found:
        raise DomainError("activities/change_closed", names=closed)
    return found


def _is_gone(one: Round) -> bool:
    return one.state is RoundState.CANCELLED


def _moved(one: Round, wish: Wish) -> Round:
    """Samples sent later arrive later by as many days, unless the arrival is said."""
    if wish.cancel:
        return replace(one, state=RoundState.CANCELLED)
    values: dict[str, Any] = dict(wish.values)
    sent: date | None = values.get("dispatch_on")
    if sent and one.dispatch_on and one.expected_on and "expected_on" not in values:
        values["expected_on"] = one.expected_on + (sent - one.dispatch_on)
    return replace(one, **values, state=RoundState.PLANNED if wish.restore else one.state)


def _check_order(new: Round) -> None:
    days = [day for day in (new.dispatch_on, new.expected_on, local_day(new.deadline)) if day]
    if days != sorted(days):
        raise DomainError("activities/change_order", round=new)


def _check_near(move: Move) -> None:
    if abs(move.new.deadline - move.old.deadline) > AT_MOST:
        raise DomainError("activities/change_far", move=move, most=AT_MOST.days)


async def _reminders(tx: ProposeTx, moves: Sequence[Move], rules: Rules, now: datetime) -> Reminders:
    """What the next tick will withdraw and plan."""
    moved = {move.old.id for move in moves}
    alive = [move.new for move in moves if move.new.state is not RoundState.CANCELLED]
    rounds = [view.round for view in await tx.rounds_closing(now) if view.round.id not in moved] + alive
    deadlines = {Deadline(one.year, one.n, one.deadline) for one in rounds if one.deadline > now}
    stand = await tx.push_states(Kind.REMINDER, now)
    possible = possible_keys(deadlines, rules)
    gone = sum(state is PushState.PLANNED and key not in possible for key, state in stand.items())
    fresh = {Deadline(one.year, one.n, one.deadline) for one in alive}
    wanted = plan_reminders(sorted(fresh, key=lambda one: one.at), rules, now)
    to_come = [one.due_at for one in wanted if stand.get(one.key) in (None, PushState.WITHDRAWN)]
    return Reminders(gone, tuple(sorted(to_come)))


async def reschedule(tx: RescheduleTx, who: Principal, proposal: Reschedule, now: datetime) -> None:
    """Rounds, audit row and announcement commit together; reminders follow at the next tick."""
    for move in proposal.moves:
        await tx.change_round(move.new)
    was = {str(move.old.id): move.was for move in proposal.moves}
    now_is = {str(move.new.id): Move(move.new, move.old).was for move in proposal.moves}
    subject = f"activity:{proposal.year}:{proposal.n}"
    await tx.audit(who, "activities.reschedule", subject, {"was": was, "now": now_is}, now)
    if proposal.told:
        await announce(tx, proposal.news, now.isoformat(), now)
