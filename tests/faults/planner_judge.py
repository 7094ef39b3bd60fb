"""What must hold whatever happens: of every message at the moment it is shown, and of all pushes after a tick."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.pushes.models import Delivery, Kind, PushState, Target
from core.pushes.plan import plan_reminders, possible_keys
from core.pushes.references import parse_reference
from core.pushes.states import SHOWN, WAITING, State
from db.pushes import delivery, push
from db.unit import Unit
from tests.faults.planner_facts import NAMES, PERSONS
from tests.faults.planner_line import About, Shown
from tests.faults.planner_world import World

OPEN = {*WAITING, State.SENDING, State.UNCERTAIN}


async def judge(world: World, shown: Shown, seen: bool) -> None:
    """Asked for every attempt, before it is shown or not."""
    (one,) = await world.db.read(lambda tx: tx.deliveries_of(*parse_reference(shown.mark[0])))
    assert (one.state, one.target) == (State.SENDING, shown.target)
    assert one.expires_at > shown.now, f"late: {shown}"
    assert not world.rules.quiet.covers(shown.now) or one.push.facts.get("urgent"), f"in the quiet: {shown}"
    if one.push.kind is Kind.ALARM:  # at least once, so it may come twice
        return
    copies = [s for s in world.line.shown if (s.target, s.mark) == (shown.target, shown.mark)]
    assert len(copies) <= one.again, f"shown before: {shown}"
    assert not one.again or "如已收到请忽略" in shown.text
    if one.push.kind is Kind.REMINDER:
        for about in await _judge_reminder(world, one, shown):
            world.copies[about] += seen


async def _judge_reminder(world: World, one: Delivery, shown: Shown) -> list[About]:
    along = await world.db.read(lambda tx: _merged_into(tx, one.id))
    of = [(datetime.fromisoformat(f["deadline"]), f["stage"], shown.target) for f in (one.push.facts, *along)]
    for about in of:
        assert about[0] > shown.now, f"after the deadline: {shown}"
        assert world.copies[about] <= one.again, f"twice of one stage: {shown}"
    named = [code for code, name in NAMES.items() if f"· {name}" in shown.text]
    assert named, shown.text
    for code in named:
        assert code not in world.facts.cancelled, shown.text
        assert world.facts.deadlines[code] > shown.now, shown.text
        if shown.target.place == "group":
            assert shown.target.id in world.facts.groups
            assert not world.facts.finished(code), f"all have reported: {shown}"
        else:
            assert world.facts.to_remind(code, PERSONS[shown.target.id]), f"has reported: {shown}"
    return of


async def _merged_into(tx: Unit, ident: int) -> list[dict[str, Any]]:
    query = select(push.c.facts).join(delivery, delivery.c.push_id == push.c.id)
    return [row.facts for row in await tx._all(query.where(delivery.c.merged_into == ident))]


async def judge_plan(world: World) -> None:
    """After a tick with its sends."""
    now = world.clock.now()
    pushes, deliveries = await world.db.read(_all)
    standing = world.facts.standing(now)
    world.expected |= {planned.key for planned in plan_reminders(standing, world.rules, now)}
    world.expected &= possible_keys(standing, world.rules)  # moved away; or a new rest day merged two stages
    for key in world.expected:
        assert key in pushes, f"never planned: {key}"
        row = pushes[key]
        planned_ahead = row.state == PushState.PLANNED and row.due_at > now
        assert planned_ahead or row.state in (PushState.OUT, PushState.SKIPPED), (key, row.state)
    for row in pushes.values():
        assert row.kind != Kind.REMINDER or row.state != PushState.PLANNED or row.due_at > now, row.key
        _judge_groups(world, row, deliveries)
    by_id = {one.id: one for one in deliveries}
    for one in deliveries:
        _judge_delivery(world, one, now, by_id)


def _judge_groups(world: World, row: Any, deliveries: list[Any]) -> None:
    """Written for just the groups that were managed when it was due."""
    if row.kind == Kind.REMINDER and row.state == PushState.OUT and row.key not in world.out:
        world.out.add(row.key)
        told = {one.place_id for one in deliveries if one.push_id == row.id and one.place == "group"}
        assert told == world.facts.groups, row.key


def _judge_delivery(world: World, one: Any, now: datetime, by_id: dict[int, Any]) -> None:
    state, deadline = State(one.state), one.facts.get("deadline")
    looked_up_late = state is State.READY and one.attempts > 0  # absent, says this tick; the next one expires it
    assert state not in WAITING or one.expires_at > now or looked_up_late, f"waits past its time: {one.key}"
    assert state is not State.EXPIRED or one.expires_at <= world.latest, f"given up early: {one.key}"
    assert state is not State.CANCELLED or one.words
    if state is State.SUPERSEDED and one.merged_into is None and deadline:
        gone = not world.facts.stands(datetime.fromisoformat(deadline)) or one.expires_at <= now
        assert gone, f"put aside for good, but wanted again: {one.key} {one.place}"
    if state is State.SUPERSEDED and one.merged_into is not None and one.kind == Kind.REMINDER:
        leader = State(by_id[one.merged_into].state)
        assert leader in (*SHOWN, State.SENDING, State.UNCERTAIN, State.NEEDS_STAFF, State.PARTLY), (
            f"went along in nothing: {one.key}: {leader}"
        )


async def judge_end(world: World) -> None:
    """When all deadlines are past: nothing is under way, and nothing that people saw is unknown to us."""
    _, deliveries = await world.db.read(_all)
    under_way = [(one.key, one.place, one.state) for one in deliveries if State(one.state) in OPEN]
    assert not under_way, under_way
    seen = Counter((shown.target, shown.mark[0]) for shown in world.line.shown)
    for one in deliveries:
        target = Target(one.channel, one.place, one.place_id)
        mark = f"{one.year % 100:02d}-{one.number:04d}-{one.ordinal}"
        assert State(one.state) not in SHOWN or seen[target, mark], f"not shown: {one.key}"


async def _all(tx: Unit) -> tuple[dict[str, Any], list[Any]]:
    p = push.c
    pushes = {row.key: row for row in await tx._all(select(push))}
    columns = select(delivery, p.key, p.kind, p.year, p.number, p.facts)
    return pushes, list(await tx._all(columns.join(push, p.id == delivery.c.push_id)))
