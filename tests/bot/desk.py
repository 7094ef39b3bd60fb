"""A desk to speak at: the real door with all commands, on a real database, without a platform."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import nonebot

from bot.answers import Attachment, Picture, Said
from bot.app import load_plugins
from bot.door import Door
from bot.files.importing import preview, publish
from bot.incoming import Incoming, Job
from bot.settings import Settings, load
from core.access import Account, ManagedGroup, PlaceKind, Principal, Role
from core.clock import ManualClock
from core.workbooks.tables import Table
from db.unit import Database

NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)  # 9 o'clock in Shanghai, a Friday
GROUP, OFFICE = "700100200", "700100299"
STAFF, VIEWER, APPLICANT, STRANGER = "300400001", "300400002", "300400500", "300400999"
CENTRE = Principal(Account("cli", "test"), Role.ADMIN)
_ids = count(1)


def table(kind: str, columns: str, *rows: Sequence[Any], scope: Any = None) -> Table:
    """A sheet as the reader hands it over."""
    names = tuple(columns.split())
    return Table(kind, names, [list(row) for row in rows], list(range(2, len(rows) + 2)), scope=scope, source="表")


LABS = table(
    "labs",
    "code name aliases",
    ["0340101", "合肥演示晴川医院", ["晴川医院"]],
    ["0340102", "芜湖演示云栖医院", []],
    ["0340103", "太和演示青禾卫生院", []],
)
PROGRAMMES = table(
    "programmes",
    "year code name aliases rounds scored plan_url",
    [2026, "A01", "凝血试验", ["凝血"], 2, True, "https://example.org/a01.pdf"],
    [2026, "A02", "糖化血红蛋白", ["糖化"], 2, True, ""],
    [2026, "B01", "感染性疾病血清学标志物A", ["感染", "感A"], 2, True, ""],
    [2026, "B02", "感染性疾病血清学标志物B", ["感染", "感B"], 2, False, ""],
)
ROUNDS = table(
    "rounds",
    "year n programme deadline sample_nos expected_on",
    [2026, 1, "A01", "2026-03-27T09:00:00Z", "202611-202615", "2026-03-21"],
    [2026, 1, "A02", "2026-03-27T09:00:00Z", "202611-202612", "2026-03-21"],
    [2026, 1, "B01", "2026-04-03T09:00:00Z", "", None],
)
SUBMISSIONS = table(
    "submissions",
    "year n programme lab_code reported",
    [2026, 1, "A01", "0340101", True],
    [2026, 1, "A01", "0340102", False],
    [2026, 1, "A01", "0340103", False],
)
APPLICATIONS = table(
    "applications",
    "unit city qq submitted_on",
    ["宣城演示望岳医院", "宣城市", APPLICANT, "2026-03-18"],
)
EVERYTHING = (LABS, PROGRAMMES, ROUNDS, SUBMISSIONS, APPLICATIONS)


def commands() -> Any:
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    return load_plugins()


class Desk:
    """`say` returns what is answered to one message; an empty text is silence."""

    def __init__(self, db: Database, settings: Settings | None = None) -> None:
        self.db, self.clock = db, ManualClock(NOW)
        self.door = Door(db, self.clock, commands(), settings or load(None))
        self.files: list[Attachment] = []
        self.pictures: list[Picture] = []

    async def open(self, *tables: Table) -> "Desk":
        for account, role in ((STAFF, Role.OPERATOR), (VIEWER, Role.VIEWER)):
            await self.db.write(lambda tx, a=account, r=role: tx.set_staff(Account("qq", a), r, NOW, CENTRE))  # type: ignore[misc]
        for group in (ManagedGroup("qq", GROUP, "一群"), ManagedGroup("qq", OFFICE, "办公室", staff=True)):
            await self.db.write(lambda tx, g=group: tx.set_group(g, NOW, CENTRE))  # type: ignore[misc]
        if tables:
            await self.bring(*tables)
        await self.door.refresh()
        return self

    async def bring(self, *tables: Table) -> None:
        judged = await preview(self.db, tables)
        assert not any(one.refused for one in judged), [one.refused for one in judged]
        await publish(self.db, CENTRE, judged, self.clock.now())

    def incoming(
        self,
        text: str,
        user: str = STRANGER,
        group: str = "",
        *,
        to_me: bool = False,
        place: PlaceKind | None = None,
        at: datetime | None = None,
        message_id: str = "",
        shared: str = "",
        quoted_marks: tuple[tuple[str, int], ...] = (),
        quotes_us: bool = False,
        pictures: bool = False,
        voice: bool = False,
    ) -> Incoming:
        where = place or (PlaceKind.GROUP if group else PlaceKind.PRIVATE)
        ident, when = message_id or str(next(_ids)), at or self.clock.real()
        more = {"shared": shared, "quoted_marks": quoted_marks, "quotes_us": quotes_us}
        more |= {"pictures": pictures, "voice": voice}
        return Incoming("qq", Account("qq", user), where, group, text, ident, when, to_me, **more)  # type: ignore[arg-type]

    async def say(self, text: str, user: str = STRANGER, group: str = "", **more: Any) -> str:
        message = self.incoming(text, user, group, **more)
        found = self.door.recognise(message)
        said: list[str] = []

        async def reply(part: Said) -> None:
            if isinstance(part, Attachment):
                self.files.append(part)
            if isinstance(part, Picture):
                self.pictures.append(part)
            said.append(part if isinstance(part, str) else f"〔{part}〕")

        if found is not None:
            await self.door.handle(Job(message, reply, *found))
        return "\n".join(said)
