"""The throw-away centre: a database in a temporary folder, the real door, tick and deliverer, a clock that
stands still until it is moved, and everything imported through the real path."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from bot.answers import Attachment, Picture, Recall, Said
from bot.app import App, build, load_plugins
from bot.channels.terminal import TerminalChannel
from bot.demo import reports
from bot.demo.alone import throw_away, wake_nonebot
from bot.demo.catalogue import ACTIVITIES, programme_rows, round_rows
from bot.demo.moments import at, clock_text
from bot.demo.people import BOT, GROUPS, PERSONS, PLATFORM, STAFF, Person, Place
from bot.demo.results import certificate_rows, enrolment_rows, score_rows
from bot.demo.roster import NEW, application_rows, lab_rows
from bot.demo.screen import Message, Screen
from bot.demo.words import line
from bot.demo.workbooks import Rows, write_workbook
from bot.dispatcher import OPERATOR
from bot.files.importing import preview, publish, read_all
from bot.incoming import Incoming, Job
from bot.texts import say
from core.access import Role
from core.calendar import shanghai
from core.clock import ManualClock
from core.pushes.models import Kind, PushState, Target
from core.pushes.states import State
from core.pushes.use import plan
from core.workbooks.kinds import KINDS
from db.migrate import upgrade
from db.unit import Unit

AHEAD = timedelta(days=400)
LIST_BEFORE = timedelta(minutes=30)  # before each reminder staff import a fresh list
MENTION = f"@{BOT}"
ENROLLED, CERTIFIED = at("2025-12-05 10:00"), at("2026-12-10 10:00")
EXPORTS = {
    ENROLLED: "2026年的报名名单和活动安排",
    **{activity.scored: f"第{activity.n}次的成绩" for activity in ACTIVITIES},
    CERTIFIED: "2026年的证书",
}


async def _enrol(tx: Unit, now: datetime) -> None:
    await tx.set_staff(STAFF.account, Role.OPERATOR, now, OPERATOR)
    for group in GROUPS:
        await tx.set_group(group, now, OPERATOR)


def _described(part: Attachment | Picture | Recall) -> str:
    """What a terminal can't show."""
    if isinstance(part, Picture):
        return part.text
    return line("stage.file", name=part.name) if isinstance(part, Attachment) else line("stage.recalled")


class Centre:
    """`open` before use, `close` after it; the folder is the caller's."""

    def __init__(self, folder: Path, screen: Screen, start: datetime) -> None:
        self.folder, self.screen, self.clock = folder, screen, ManualClock(start)
        self.settings = throw_away(folder)
        self._numbers = count(1)
        self._app: App | None = None

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    @property
    def is_open(self) -> bool:
        return self._app is not None

    async def open(self, since: datetime) -> None:
        """The newest schema; staff, groups, roster, programmes and what the portal has given out by `since`."""
        wake_nonebot(self.folder, self.settings)
        channel = TerminalChannel(self._pushed, PLATFORM)
        self._app = build(self.settings, self.clock, [channel], load_plugins())
        await upgrade(self.app.db)
        await self.app.db.write(lambda tx: _enrol(tx, since))
        await self.bring("year", {"labs": lab_rows(), "programmes": programme_rows()}, since)
        for moment in EXPORTS:
            if moment <= since:
                await self._bring_export(moment, since)
        await self.app.start(None)

    async def close(self) -> None:
        if self._app is not None:
            await self._app.stop()

    async def bind(self, person: Person, code: str, now: datetime) -> None:
        """As if this person had used a code of the lab with this lab code some time ago."""

        async def work(tx: Unit) -> None:
            if lab := await tx.lab_with_code(code):
                await tx.bind(person.account, lab.id, "code", now)

        await self.app.db.write(work)

    # -- people

    async def hear(self, person: Person, place: Place, text: str) -> list[str]:
        """One message through the door; its replies, which are shown. Empty: the assistant kept silent.
        Whatever the message caused to be sent arrives after the reply."""
        replies: list[str] = []
        target = place.name if place.group else f"{person.name}（私聊）"

        async def reply(part: Said) -> None:
            said = part if isinstance(part, str) else _described(part)
            replies.append(said)
            self.screen.show(Message(self.now, BOT, target, said, place.group))

        incoming = self._incoming(person, place, text)
        if (found := self.app.door.recognise(incoming)) is not None:
            await self.app.door.handle(Job(incoming, reply, *found))
            await self.turn()
        return replies

    def _incoming(self, person: Person, place: Place, text: str) -> Incoming:
        to_me = bool(place.group) and text.startswith(MENTION)
        said = text.removeprefix(MENTION).lstrip() if to_me else text
        number, real = str(next(self._numbers)), self.clock.real()
        return Incoming(PLATFORM, person.account, place.kind, place.group, said, number, real, to_me)

    def _pushed(self, target: Target, text: str) -> None:
        if target.place == "private":
            person = next(person for person in PERSONS if person.account.id == target.id)
            self.screen.show(Message(self.now, BOT, f"{person.name}（私聊）", text, pushed=True))
            return
        name = next(group.name for group in GROUPS if group.id == target.id)
        self.screen.show(Message(self.now, BOT, name, text, target.id, pushed=True))

    # -- time

    async def turn(self) -> None:
        """One tick, and everything due goes out."""
        await self.app.tick.once()
        for deliverer in self.app.deliverers:
            await deliverer.deliver_due()

    async def forward(self, to: datetime) -> None:
        """Business time to `to`, from one moment at which something is due to the next."""
        while self.now < to:
            due, reminder = await self.next_due(), await self.next_due(Kind.REMINDER)
            listing = reminder - LIST_BEFORE if reminder else None
            moments = [m for m in (due, listing, self._calm(), *EXPORTS) if m and m > self.now]
            self.clock.move_to(min([*moments, to]))
            if self.now == listing and await self.bring_lists():
                self.screen.narrate(line("stage.lists", at=clock_text(self.now)))
            if self.now in EXPORTS:
                await self._bring_export(self.now, self.now)
                self.screen.narrate(line("stage.export", at=clock_text(self.now), what=EXPORTS[self.now]))
            await self.turn()

    async def next_due(self, kind: Kind | None = None) -> datetime | None:
        """The next moment at which something that was planned is due, or something of that kind."""
        await self.app.db.write(lambda tx: plan(tx, self.settings.rules, self.now))
        coming = await self.app.db.read(lambda tx: tx.coming(self.now + AHEAD))
        wanted = (one for one in coming if one.state is PushState.PLANNED and kind in (None, one.push.kind))
        return min((one.due_at for one in wanted if one.due_at > self.now), default=None)

    def _calm(self) -> datetime:
        """The end of the quiet hours, when what waited goes out; `now` outside of them."""
        return self.settings.rules.quiet.next_calm(self.now)

    async def held_until(self) -> datetime | None:
        """When the quiet hours end, if something waits for that."""
        counts = await self.app.db.read(lambda tx: tx.state_counts())
        return self._calm() if counts.get(State.READY) and self._calm() > self.now else None

    # -- files

    async def bring_applications(self, now: datetime) -> str:
        sheets = {"applications": application_rows(shanghai(now).date().isoformat())}
        return await self.bring("applications", sheets, now)

    async def _bring_export(self, moment: datetime, now: datetime) -> None:
        """What the portal gives out in the course of a year."""
        new = await self._has_new_lab()
        if moment == ENROLLED:
            await self.bring("enrolled", {"rounds": round_rows(), "enrolments": enrolment_rows(new)}, now)
        elif moment == CERTIFIED:
            await self.bring("certificates", {"certificates": certificate_rows(new)}, now)
        for activity in ACTIVITIES:
            if moment == activity.scored:
                await self.bring(f"scores-{activity.n}", {"scores": score_rows(activity, new)}, now)

    async def _has_new_lab(self) -> bool:
        return await self.app.db.read(lambda tx: tx.lab_with_code(NEW)) is not None

    async def bring_lists(self) -> str:
        """The portal's lists as they are at this moment; empty if nothing can be reported to."""
        said = ""
        for activity in reports.open_at(self.now):
            sheets = {"submissions": reports.listed(activity, self.now, await self._has_new_lab())}
            said = await self.bring(f"submissions-{activity.n}", sheets, self.now)
        return said

    async def bring(self, name: str, sheets: Mapping[str, Rows], now: datetime) -> str:
        """A workbook, handed in and imported as `eqabot import` does; what the program says of it."""
        path = write_workbook(self.folder / f"{name}.xlsx", sheets)
        tables = await read_all([path], None, self.settings.lab_code_pattern)
        judged = await preview(self.app.db, tables)
        blocked = any(one.refused for one in judged)
        phone = self.settings.centre_phone
        written = None if blocked else await publish(self.app.db, OPERATOR, judged, now, phone)
        view = {"judged": judged, "written": written, "blocked": blocked, "kinds": KINDS}
        return say("workbooks/imported", view)
