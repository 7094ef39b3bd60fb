"""The fake QQ as a driver that has no event loop sees it, and the verdict on what it showed."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.fakeqq.client import MAIN

TOKEN = "token-for-tests-only"
SHOWN = ("delivered", "observed")
_MARK = re.compile(r"〔通知 (\d\d-\d{4,}-\d+)(?: (\d+)/(\d+))?〕")


class FakeQQ:
    """A process of its own with a forward WebSocket at `url`; it ends with the driver."""

    def __init__(self, scene: Path) -> None:
        command = [sys.executable, str(MAIN), "--listen", "0", "--token", TOKEN, "--scene", str(scene)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([*command, "--heartbeat", "0", "--watch-stdin"], stdin=pipe, stdout=pipe)
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.url, self.control = f"ws://127.0.0.1:{ports['listen']}/", f"http://127.0.0.1:{ports['control']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def post(self, path: str, **body: Any) -> Any:
        return self._ask(
            Request(f"{self.control}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        )

    def get(self, path: str, **query: Any) -> Any:
        return self._ask(Request(f"{self.control}/{path}?{urlencode(query)}"))

    def _ask(self, request: Request) -> Any:
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def settle(self) -> None:
        """Until all that a dead bot had sent has become what it becomes."""
        until = time.monotonic() + 10
        while self.get("state")["connected"] or any(c["outcome"] == "pending" for c in self.get("calls")):
            assert time.monotonic() < until, "the fake QQ does not come to rest"
            time.sleep(0.003)


@dataclass(frozen=True)
class Row:
    """A delivery as the database has it in the end."""

    reference: str
    group: str
    state: str
    merged: bool


@dataclass
class Verdict:
    """What was wrong with one case; `lost`, `doubled` and `silent` are references or words of a message."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.lost or self.doubled or self.silent)


def judge(
    shown: Sequence[dict[str, Any]], rows: Sequence[Row], words: Sequence[tuple[str, str]], readable: bool
) -> Verdict:
    """`words`: (group, what one message there must say). Once each; where no history can be read, never twice,
    and what is not surely shown whole waits for staff."""
    marks = Counter(found for one in shown for found in _MARK.findall(one["text"]))
    verdict = Verdict(doubled=[mark[0] for mark, copies in marks.items() if copies > 1])
    for group, said in words:
        copies = sum(said in one["text"] for one in shown if one["conversation"] == f"group:{group}")
        verdict.doubled += [said] * (copies > 1)
        verdict.lost += [said] * (copies == 0 and readable)
    for row in rows:
        if row.state in SHOWN:
            verdict.lost += [row.reference] * (not _whole([mark for mark in marks if mark[0] == row.reference]))
        elif not _told(row, readable):
            verdict.silent.append(f"{row.reference} {row.state}")
    return verdict


def _told(row: Row, readable: bool) -> bool:
    """What was not shown by itself: it went along in another message, or staff are asked."""
    return row.merged if row.state == "superseded" else row.state == "needs_staff" and not readable


def _whole(marks: Sequence[tuple[str, str, str]]) -> bool:
    """One message, or each of several numbered ones."""
    if any(not part for _, part, _ in marks):
        return len(marks) == 1
    numbers, totals = {int(part) for _, part, _ in marks}, {int(total) for _, _, total in marks}
    return len(totals) == 1 and numbers == set(range(1, max(totals) + 1))
