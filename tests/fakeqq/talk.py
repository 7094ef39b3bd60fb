"""What was said: history per conversation, and the record of everything the bot got shown."""

import asyncio
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tests.fakeqq.segments import plain_text
from tests.fakeqq.wire import Json

FIRST_SEQ = 4711


@dataclass
class Line:
    """``recalled``: by whom, once it is gone."""

    conversation: str
    event: Json
    recalled: int | None = None


class Talk:
    """Conversations are named ``group:ID`` and ``private:ID``."""

    def __init__(self, journal: Path | None) -> None:
        self._journal = journal
        self._changed = asyncio.Event()
        self.lines: dict[str, list[Line]] = {}
        self.by_id: dict[int, Line] = {}
        self.shown: list[Json] = []

    def new_id(self) -> int:
        """NapCat's ids are hashes: positive, 31 bits, in no order."""
        while (message_id := secrets.randbelow(2**31 - 1) + 1) in self.by_id:
            pass
        return message_id

    def next_seq(self, conversation: str) -> int:
        return FIRST_SEQ + len(self.lines.get(conversation, []))

    def add(self, conversation: str, event: Json) -> None:
        line = Line(conversation, event)
        self.lines.setdefault(conversation, []).append(line)
        self.by_id[event["message_id"]] = line

    def show(self, conversation: str, event: Json, segments: list[Json], as_string: bool, now: float) -> Json:
        """Records a message of the bot as seen by people; ``segments`` as the bot sent them."""
        self.add(conversation, event)
        entry: Json = {
            "n": len(self.shown) + 1,
            "at": now,
            "conversation": conversation,
            "text": plain_text(segments),
            "segments": segments,
            "message_id": event["message_id"],
            "as_string": as_string,
            "self": True,
        }
        self.shown.append(entry)
        self._write(entry)
        self.wake()
        return entry

    def wake(self) -> None:
        """Everybody in ``changed`` looks again."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _write(self, entry: Json) -> None:
        """On the disk before the bot hears of it, so that a kill of either side can't lose it."""
        if self._journal is None:
            return
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    async def changed(self) -> None:
        await self._changed.wait()

    def recall(self, line: Line, operator: int) -> None:
        """QQ leaves a grey line which NapCat doesn't return: the message is gone from history."""
        line.recalled = operator
        for entry in self.shown:
            if entry["message_id"] == line.event["message_id"]:
                entry["recalled"] = True

    def history(self, conversation: str) -> list[Json]:
        """Oldest first."""
        return [line.event for line in self.lines.get(conversation, []) if not line.recalled]


def page(history: list[Json], seq: int | None, count: int, older: bool) -> list[Json]:
    """A page, oldest first. Without ``seq`` the newest ``count``; else from it on towards now, or with
    ``older`` up to it from the past, itself included (NapCat's issue #987). An unknown ``seq``: nothing."""
    if count < 1:
        return []
    if seq is None:
        return history[-count:]
    at = next((i for i, event in enumerate(history) if event["message_id"] == seq), None)
    if at is None:
        return []
    return history[max(0, at + 1 - count) : at + 1] if older else history[at : at + count]
