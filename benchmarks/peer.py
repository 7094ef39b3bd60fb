"""A small QQ client of our own, after the load generator's protocol: it reads what the answers say, so that
"busy" is told apart from an answer, and it can talk to two bots in turns."""

import asyncio
import itertools
import json
import time
from typing import Any

import aiohttp

SELF = 10000
ANSWER_WITHIN = 10.0
_ids = itertools.count(1_000_000)  # never the same twice: a number seen in a conversation is a repetition


def event(text: str, user: int, group: int | None) -> tuple[int, str]:
    """(message id, event as JSON)."""
    number = next(_ids)
    said: dict[str, Any] = {
        "time": int(time.time()),
        "self_id": SELF,
        "post_type": "message",
        "message_type": "group" if group else "private",
        "sub_type": "normal" if group else "friend",
        "message_id": number,
        "user_id": user,
        "message": [{"type": "text", "data": {"text": text}}],
        "raw_message": text,
        "font": 0,
        "sender": {"user_id": user, "nickname": f"user{user}", "card": "", "role": "member"},
    }
    return number, json.dumps({**said, **({"group_id": group} if group else {})}, ensure_ascii=False)


class Peer:
    """One connection. `heard` gets (message that is quoted or 0, text, moment) of whatever the bot says."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: asyncio.Queue[tuple[int, str, float]] = asyncio.Queue()

    async def __aenter__(self) -> "Peer":
        self._session = aiohttp.ClientSession()
        headers = {"X-Self-ID": str(SELF), "X-Client-Role": "Universal"}
        self.ws = await self._session.ws_connect(self.url, headers=headers, max_msg_size=64 << 20)
        connected = {"time": int(time.time()), "self_id": SELF, "post_type": "meta_event"}
        await self.ws.send_json({**connected, "meta_event_type": "lifecycle", "sub_type": "connect"})
        self._reader = asyncio.create_task(self._read())
        await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._reader.cancel()
        await self.ws.close()
        await self._session.close()

    async def ask(self, text: str, user: int, group: int | None) -> tuple[str, float]:
        """One question: its answer, and the seconds that took."""
        payload = event(text, user, group)[1]
        begin = time.perf_counter()
        await self.ws.send_str(payload)
        async with asyncio.timeout(ANSWER_WITHIN):
            _, answer, at = await self.heard.get()
        return answer, at - begin

    async def _read(self) -> None:
        async for frame in self.ws:
            call = json.loads(frame.data)
            if call["action"].startswith("send_"):
                quoted, text = _said(call["params"]["message"])
                if "〔通知 " not in text:  # an alarm to staff, say, is no answer
                    self.heard.put_nowait((quoted, text, time.perf_counter()))
            done = {"status": "ok", "retcode": 0, "data": {"message_id": next(_ids)}, "echo": call.get("echo")}
            await self.ws.send_str(json.dumps(done))


def _said(message: Any) -> tuple[int, str]:
    if isinstance(message, str):
        return 0, message
    quoted = next((int(part["data"]["id"]) for part in message if part["type"] == "reply"), 0)
    return quoted, "".join(part["data"]["text"] for part in message if part["type"] == "text")
