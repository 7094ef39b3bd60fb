"""A centre in real processes, spoken to by many; and a watch over everything it ever says to anybody."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from tests.e2e import year
from tests.e2e.process import TOKEN, Eqabot
from tests.e2e.scene import FIRST, OFFICE, SELF, STAFF
from tests.fakeqq.client import FakeQQ

NOT_HERE = "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「{}」。"
NOT_BOUND = (
    "您还没有绑定单位，无法查询。请在私聊中发送「绑定 绑定码」；没有绑定码的，发送「绑定 单位名称」申请，"
    "或致电 0551-62283619。"
)
FORBIDDEN = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
BAD_CODE = "绑定码不对或已失效。请核对后再试；每小时最多试 5 次。没有绑定码请向中心索取：0551-62283619"

MORNING = "2026-03-20T09:00:00+08:00x1"
GROUPS = {FIRST: ["一群"], OFFICE: ["办公室", "--staff"]}
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
_CONFIRM = re.compile(r"确认 \d{4}")
# Public numbers: references, what confirms, dates and times, the centre's telephone, years.
_PUBLIC = re.compile(r"〔通知 [\d-]+〕|确认 \d{4}|20\d\d(?=[年-])|\d+月\d+日|\d\d:\d\d|0551-62283619")
_STATE = re.compile("未报|已报|未上报|已上报|待签收|已签收|合格|PT成绩|不计分|已发放|未发放|暂停|未回报")
_FIGURE = re.compile(rf"(?<![\d.])(?:{'|'.join(map(str, year.FIGURES))})(?![\d.])")


@dataclass
class Centre:
    bot: Eqabot
    qq: FakeQQ
    said: list[str] = field(default_factory=list)  # by people
    codes: list[str] = field(default_factory=list)  # binding codes that were given out
    _bound: list[tuple[int, str, int, int]] = field(default_factory=list)  # account, lab, from, until

    async def ask(self, text: str, user: int, group: int | None = None, **more: Any) -> str:
        """What is answered to this message, there and then; pushes are no answers."""
        where = f"group:{group}" if group and "sub_type" not in more else f"private:{user}"
        before = await self.count()
        self.said.append(text)
        await self.qq.say(text, user=user, group=group, **more)
        count = 1
        while True:
            try:
                await self.qq.wait_shown(conversation=where, after=before, count=count)
            except TimeoutError:
                raise TimeoutError(f"{where}: no answer to {user}'s {text}") from None
            found = await self.qq.shown(conversation=where, after=before)
            if answers := [one for one in found if "〔通知" not in one["text"]]:
                return str(answers[0]["text"])
            count = len(found) + 1

    async def temporary(self, text: str, user: int) -> str:
        """The same in a temporary session out of a group."""
        return await self.ask(text, user, FIRST, sub_type="group")

    async def confirmed(self, text: str, user: int = STAFF, group: int | None = None) -> tuple[str, str]:
        """(preview, outcome)"""
        preview = await self.ask(text, user, group)
        found = _CONFIRM.search(preview)
        assert found, preview
        return preview, await self.ask(found[0], user, group)

    async def count(self) -> int:
        return len(await self.qq.shown())

    async def befriend(self, *users: int) -> None:
        for user in users:
            await self.qq.friend_request(user, "我是晴川医院的")
        await self.qq.wait_state(requests=[])

    async def settled(self, still: str, text: str, user: int, group: int | None = None) -> str:
        """The first answer that no longer says `still`, a pattern."""
        async with asyncio.timeout(20):
            while re.search(still, said := await self.ask(text, user, group)):
                await asyncio.sleep(0.1)
        return said

    async def asked_whether_member(self, user: int) -> int:
        """In how many groups the bot looked for this account."""
        calls = await self.qq.calls("get_group_member_info")
        return sum(str(call["params"].get("user_id")) == str(user) for call in calls)

    async def code_for(self, lab: str) -> str:
        """As staff get it in chat."""
        return self.note(await self.ask(f"绑定码 {year.CODES[lab]}", STAFF))

    def note(self, text: str) -> str:
        """The binding code in a text, remembered."""
        found = CODE.search(text)
        assert found, text
        self.codes.append(found[0])
        return found[0]

    async def slips(self) -> dict[str, str]:
        """Unit → code, out of the workbook that came to staff."""
        file = await self.qq.wait_file("绑定码", user=STAFF)
        sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
        assert sheet is not None
        head, *rows = sheet.iter_rows(values_only=True)
        unit, code = head.index("单位名称"), head.index("绑定码")
        return {str(row[unit]): self.note(str(row[code])) for row in rows}

    async def bind(self, user: int, lab: str, code: str) -> str:
        self._bound.append((user, lab, await self.count(), 10**9))
        return await self.ask(f"绑定 {code}", user)

    async def claimed(self, user: int, lab: str) -> None:
        """From now on the account is bound; by staff's decision."""
        self._bound.append((user, lab, await self.count(), 10**9))

    async def unbound(self, user: int) -> None:
        """From now on it is not any more."""
        now = await self.count()
        self._bound = [
            (who, lab, since, min(until, now) if who == user else until) for who, lab, since, until in self._bound
        ]

    async def check(self) -> None:
        """Nothing of a lab was ever shown to anybody but its own and staff, nothing at all in the log."""
        shown, log = await self.qq.shown(), self.bot.log
        leaks = [leak for one in shown for leak in self._leaks(one)]
        assert not leaks, leaks
        assert not [one for one in shown if "处理时出错" in one["text"]], log[-3000:]
        elsewhere = {file.conversation for file in await self.qq.files()} - {f"private:{STAFF}"}
        assert not elsewhere, elsewhere
        logged = [word for word in self._unloggable() if word in log]
        assert not logged, logged

    def _unloggable(self) -> Iterable[str]:
        yield from (self.said)
        yield from (spelt for code in self.codes for spelt in (code, code.replace("-", "")))
        yield from (spelt for code in year.CODES.values() for spelt in (code, code.lstrip("0")))
        yield from ("PT成绩", *(secret for some in year.SECRETS.values() for secret in some))

    def _leaks(self, entry: dict[str, Any]) -> Iterable[str]:
        place, _, peer = str(entry["conversation"]).partition(":")
        if place == "private" and int(peer) == STAFF:
            return
        text = _PUBLIC.sub("", entry["text"])
        own = set() if place == "group" else {
            lab for who, lab, since, until in self._bound if who == int(peer) and since < entry["n"] <= until
        }  # fmt: skip
        if place == "group" and (figure := _FIGURE.search(text)):
            yield f"{peer} figure {figure[0]}: {entry['text']}"
        for lab in year.CODES.keys() - own:
            if found := next((part for part in _betraying(lab) if part in entry["text"]), None):
                yield f"{entry['conversation']} {found}: {entry['text']}"
            if digits := next((part for part in _parts(year.CODES[lab]) if part in text), None):
                yield f"{entry['conversation']} digits {digits}: {entry['text']}"
            if lab in text and (state := _STATE.search(text)):
                yield f"{entry['conversation']} {lab} {state[0]}: {entry['text']}"


def _betraying(lab: str) -> tuple[str, ...]:
    return year.SECRETS[lab]


def _parts(code: str) -> list[str]:
    """Every four digits in a row."""
    return [code[at : at + 4] for at in range(len(code) - 3)]


@asynccontextmanager
async def opened(folder: Path, database: str = "", *groups: int) -> AsyncIterator[Centre]:
    """Set up by the program's own commands, the year imported, started; members have asked to be friends."""
    bot = Eqabot(folder, database, LOG_LEVEL="DEBUG")
    await bot.cli("staff", "add", f"qq:{STAFF}", "--role", "operator")
    for number in groups or GROUPS:
        await bot.cli("group", "add", f"qq:{number}", "--name", *GROUPS[number])
    done = await bot.imported(*year.workbooks(folder))
    assert done["imported"], done
    async with bot, FakeQQ(bot.url, token=TOKEN, self_id=SELF, scene=year.people(folder / "people.json")) as qq:
        await bot.start("--clock", MORNING, "--really")
        await qq.wait_connected(20)
        centre = Centre(bot, qq)
        await centre.befriend(*year.FRIENDS)
        yield centre
