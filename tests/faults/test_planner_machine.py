"""Whatever happens at the centre and to the machine: no reminder is lost, doubled, late, or told to the wrong."""

import os
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.pushes.models import Kind, PushState
from tests.cast import CODES
from tests.faults.planner_facts import NAMES, PERSONS
from tests.faults.planner_judge import judge, judge_end, judge_plan
from tests.faults.planner_line import Fate
from tests.faults.planner_world import GROUPS, MOMENTS, World

EXAMPLES, STEPS = (int(n) for n in os.environ.get("EQABOT_MACHINE", "25,30").split(","))
SHRINK = bool(os.environ.get("EQABOT_MACHINE_SHRINK"))
HOUR = timedelta(hours=1)
codes, moments = st.sampled_from(sorted(NAMES)), st.sampled_from(MOMENTS)
waits = st.sampled_from(
    [timedelta(seconds=90), timedelta(minutes=20), HOUR, 3 * HOUR, 9 * HOUR, 24 * HOUR, 60 * HOUR]
)
fates = st.lists(st.sampled_from(Fate), max_size=6)


class Planner(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World(judge)

    @initialize(moments=st.lists(moments, min_size=1, max_size=3))
    def schedule(self, moments: list[datetime]) -> None:
        for code, moment in zip(sorted(NAMES), moments, strict=False):
            self.world.do(self.world.set_deadline(code, moment))

    @rule(code=codes, moment=moments)
    def deadline(self, code: str, moment: datetime) -> None:
        """Set for the first time, moved earlier or later, moved back, set again after a cancel."""
        self.world.do(self.world.set_deadline(code, moment))

    @precondition(lambda self: self.world.facts.deadlines)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.world.do(self.world.cancel(data.draw(st.sampled_from(sorted(self.world.facts.deadlines)))))

    @precondition(lambda self: self.world.facts.deadlines)
    @rule(
        data=st.data(),
        labs=st.lists(st.sampled_from(CODES), unique=True),
        full=st.booleans(),
        split=st.integers(0, 4),
    )
    def report(self, data: st.DataObject, labs: list[str], full: bool, split: int) -> None:
        code = data.draw(st.sampled_from(sorted(self.world.facts.deadlines)))
        if labs:
            self.world.do(self.world.report(code, set(labs[:split]), set(labs[split:]), full))

    @precondition(lambda self: self.world.facts.deadlines)
    @rule(data=st.data())
    def all_report(self, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(sorted(self.world.facts.deadlines)))
        self.world.do(self.world.report(code, set(CODES), set(), True))

    @precondition(lambda self: self.world.facts.deadlines)
    @rule(data=st.data(), account=st.sampled_from(sorted(PERSONS)))
    def say_reported(self, data: st.DataObject, account: str) -> None:
        code = data.draw(st.sampled_from(sorted(self.world.facts.deadlines)))
        if code not in self.world.facts.cancelled:
            self.world.do(self.world.say_reported(code, account))

    @rule(ident=st.sampled_from(sorted(GROUPS)), managed=st.booleans())
    def group(self, ident: str, managed: bool) -> None:
        self.world.do(self.world.set_group(ident, managed))

    @rule(data=st.data(), skip=st.booleans(), hours=st.integers(-30, 30))
    def staff_change_a_push(self, data: st.DataObject, skip: bool, hours: int) -> None:
        """跳过, 提前, 推迟: never into the past nor past its time, as staff are refused that."""
        now = self.world.clock.now()
        coming = self.world.do(self.world.db.read(lambda tx: tx.coming(now + timedelta(days=30))))
        coming = [one for one in coming if one.push.kind is Kind.REMINDER and one.state is PushState.PLANNED]
        if not coming:
            return
        one = data.draw(st.sampled_from(coming))
        new = PushState.SKIPPED if skip else PushState.PLANNED
        due = one.due_at if skip else one.due_at + hours * HOUR
        if now < due < one.expires_at and not self.world.rules.quiet.covers(due):
            self.world.do(self.world.db.write(lambda tx: tx.set_push(one.push.id, one.state, new, due)))

    @rule(day=st.integers(0, 24), works=st.booleans())
    def working_days_published(self, day: int, works: bool) -> None:
        """Known from the next start on."""
        self.world.rest_days[date(2026, 12, 14) + timedelta(days=day)] = works
        self.world.restart()

    @rule()
    def restart(self) -> None:
        self.world.restart()

    @rule(readable=st.booleans())
    def history(self, readable: bool) -> None:
        self.world.line.readable = readable

    @rule(online=st.booleans())
    def account(self, online: bool) -> None:
        self.world.line.online = online

    @rule(wait=waits, fates=fates)
    def pass_time(self, wait: timedelta, fates: list[Fate]) -> None:
        self.world.clock.jump(wait, wait)
        self.turn(fates)

    @rule(days=st.integers(0, 3), hour=st.sampled_from([8, 9, 12, 17, 18, 20]), fates=fates)
    def until(self, days: int, hour: int, fates: list[Fate]) -> None:
        """To a full hour, when stages fall due; the small hours between are ticked through."""
        for _ in range(days * 24 + (hour - self.world.local_hour) % 24):
            self.world.clock.jump(HOUR, HOUR)
            if self.world.local_hour in (8, 14, 17):
                self.turn(fates)
        self.turn(fates)

    @rule(back=st.sampled_from([timedelta(minutes=3), timedelta(minutes=40), 5 * HOUR]), rehearsal=st.booleans())
    def run_back(self, back: timedelta, rehearsal: bool) -> None:
        """NTP sets both clocks; a rehearsal that starts again only the business clock."""
        self.world.clock.jump(-back, timedelta(0) if rehearsal else -back)
        self.turn([])

    def turn(self, fates: list[Fate]) -> None:
        self.world.line.fates = list(fates)
        self.world.do(self.world.turn())
        self.world.do(judge_plan(self.world))

    def teardown(self) -> None:
        try:
            self.world.restart()
            for days in (1, 1, 3, 30, 1):
                self.world.clock.jump(days * 24 * HOUR, days * 24 * HOUR)
                self.turn([])
            self.world.do(judge_end(self.world))
        finally:
            self.world.close()


Planner.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if SHRINK else [])],
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestPlanner = Planner.TestCase
