"""One call from arrival to answer: fault, deed, reply."""

import asyncio
import json
import time
from dataclasses import dataclass, field

from tests.fakeqq.actions import ACTIONS, member_info, members, no_member
from tests.fakeqq.faults import HISTORY, MEMBERS, SENDS, Fault, Way
from tests.fakeqq.sending import ACTIONS as SEND_ACTIONS
from tests.fakeqq.sending import Draft, draft, spend_at_all
from tests.fakeqq.talk import page
from tests.fakeqq.wire import ActionError, Json, needed, number, reply_failed, reply_ok, truth
from tests.fakeqq.world import World

HISTORIES = {"get_group_msg_history": ("group", "group_id"), "get_friend_msg_history": ("private", "user_id")}


@dataclass
class Answer:
    """What goes back: nothing, one or two replies, or (``drop``) the end of the connection."""

    replies: list[Json] = field(default_factory=list)
    drop: bool = False
    call: Json = field(default_factory=dict)


class Desk:
    def __init__(self, world: World) -> None:
        self.world = world

    async def handle(self, frame: str) -> Answer:
        try:
            request = json.loads(frame)
        except json.JSONDecodeError:
            return Answer([reply_failed("json解析失败,请检查数据格式", 1400, None)])
        action, params, echo = str(request.get("action")), request.get("params") or {}, request.get("echo")
        call: Json = {
            "n": len(self.world.calls) + 1,
            "at": time.time(),
            "action": action,
            "params": params,
            "outcome": "pending",
            "fault": None,
            "retcode": None,
            "message": "",
        }
        self.world.calls.append(call)
        answer = await self._answer(action, params, echo, call)
        answer.call = call
        return answer

    async def _answer(self, action: str, params: Json, echo: object, call: Json) -> Answer:
        try:
            if action in SEND_ACTIONS:
                return await self._send(draft(self.world, action, params), echo, call)
            if action in HISTORIES:
                return await self._history(action, params, echo, call)
            return self._done(self._simple(action, params, call), echo, call)
        except ActionError as error:
            return self._failed(error.text, error.retcode, echo, call)

    def _simple(self, action: str, params: Json, call: Json) -> object:
        if action == "get_group_member_list":
            return self._members(params, call)
        if action == "get_group_member_info":
            return self._member(params, call)
        if action not in ACTIONS:
            raise ActionError(f"不支持的Api {action}", 1404)
        return ACTIONS[action](self.world, params, call["at"])

    async def _send(self, item: Draft, echo: object, call: Json) -> Answer:
        fault = self.world.faults.take(item.conversation, tuple(SENDS))
        if fault is None:
            fault = Fault(item.conversation, "ok" if self.world.online else "timeout_hidden")
        else:
            call["fault"] = fault.kind
        way = SENDS[fault.kind]
        if way.late:
            await asyncio.sleep(max(0.0, fault.delay))
        message_id = self._show(item, call) if way.shown else None
        if not way.late and fault.delay > 0:
            await asyncio.sleep(fault.delay)
        return self._end(way, fault.delay, item, message_id, echo, call)

    def _end(
        self, way: Way, delay: float, item: Draft, message_id: int | None, echo: object, call: Json
    ) -> Answer:
        if way.drop:
            call["outcome"] = "dropped"
            return Answer(drop=True)
        if way.replies == 0 or delay < 0:
            call["outcome"] = "silent"
            return Answer()
        if way.error is not None:
            return self._failed(way.error, 1200, echo, call)
        data = {"message_id": message_id} if item.file_id is None else {"file_id": item.file_id}
        return self._done(data, echo, call, way.replies)

    def _show(self, item: Draft, call: Json) -> int:
        entry = self.world.show(item.conversation, item.segments, item.as_string, time.time())
        spend_at_all(self.world, item)
        if item.file_id is not None:
            self.world.contents[entry["n"]] = item.content
        call["shown"] = entry["n"]
        return int(entry["message_id"])

    async def _history(self, action: str, params: Json, echo: object, call: Json) -> Answer:
        kind, key = HISTORIES[action]
        peer = needed(params, key)
        if kind == "private" and not self.world.people.resolves(peer):
            raise ActionError(f"记录{peer}不存在")
        conversation = f"{kind}:{peer}"
        fault = self.world.faults.take(conversation, HISTORY)
        if fault is not None:
            call["fault"] = fault.kind
            await asyncio.sleep(max(0.0, fault.delay))
            if fault.delay < 0:
                call["outcome"] = "silent"
                return Answer()
        seq = number(params, "message_seq")
        found = self._page(conversation, seq, params, fault)
        if not found:  # NapCat makes an error of an empty list
            raise ActionError(f"消息{seq or 'undefined'}不存在")
        return self._done({"messages": found}, echo, call)

    def _page(self, conversation: str, seq: int | None, params: Json, fault: Fault | None) -> list[Json]:
        if fault is not None and fault.kind == "history_off":
            return []
        whole = self.world.talk.history(conversation)
        if fault is not None and fault.snapshot is not None:
            whole = fault.snapshot.get(conversation, [])
        older = truth(params, "reverseOrder") or truth(params, "reverse_order")
        return page(whole, seq, number(params, "count") or 20, older)

    def _members(self, params: Json, call: Json) -> list[Json]:
        """``no_cache`` answers from the cache too and refreshes behind it: it only uses the fault up."""
        conversation = f"group:{needed(params, 'group_id')}"
        fault = self.world.faults.take(conversation, MEMBERS, use=truth(params, "no_cache"))
        if fault is None or fault.snapshot is None or conversation not in fault.snapshot:
            return members(self.world, params)
        call["fault"] = fault.kind
        return fault.snapshot[conversation]

    def _member(self, params: Json, call: Json) -> Json:
        """Who is not in the old list is not found at all; of the others ``no_cache``, which is the default,
        tells the truth (NapCat's GetGroupMemberInfo.ts)."""
        group, user = needed(params, "group_id"), needed(params, "user_id")
        fault = self.world.faults.take(f"group:{group}", MEMBERS, use=False)
        if fault is not None and fault.snapshot is not None and f"group:{group}" in fault.snapshot:
            call["fault"] = fault.kind
            old = next((item for item in fault.snapshot[f"group:{group}"] if item["user_id"] == user), None)
            if old is None:
                raise ActionError(no_member(group, user))
            if not truth({"no_cache": True} | params, "no_cache"):
                return old
        return member_info(self.world, params)

    def _done(self, data: object, echo: object, call: Json, times: int = 1) -> Answer:
        call |= {"outcome": "ok", "retcode": 0}
        if isinstance(data, dict) and "message_id" in data and call["action"].startswith("send_"):
            call["message_id"] = data["message_id"]
        return Answer([reply_ok(data, echo)] * times)

    def _failed(self, text: str, retcode: int, echo: object, call: Json) -> Answer:
        call |= {"outcome": "failed", "retcode": retcode, "message": text}
        return Answer([reply_failed(text, retcode, echo)])
