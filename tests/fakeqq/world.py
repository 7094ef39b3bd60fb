"""Everything the fake remembers, and the two ways something gets said in it."""

import itertools
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from tests.fakeqq.events import message_event, pushed, request_event
from tests.fakeqq.faults import ANY, Faults
from tests.fakeqq.people import People, member_json
from tests.fakeqq.segments import as_received
from tests.fakeqq.talk import Talk
from tests.fakeqq.wire import Json


class World:
    """``reset`` brings back the state at the start. The journal is never cut."""

    people: People
    talk: Talk
    faults: Faults

    def __init__(
        self, self_id: int, nickname: str, scene: Json, journal: Path | None, report_self: int = 0
    ) -> None:
        self.self_id = self_id
        self._report_self = report_self
        self._nickname = nickname
        self._scene = scene
        self._journal = journal
        self.talk = Talk(journal)
        self.reset()

    def reset(self) -> None:
        self.people = People(self.self_id, self._nickname)
        self.people.load(self._scene)
        self.talk.wake()
        self.talk = Talk(self._journal)
        self.faults = Faults(self._freeze)
        self.calls: list[Json] = []
        self.requests: dict[str, Json] = {}  # flag -> request event, until answered
        self.answered: list[Json] = []
        self.contents: dict[int, bytes] = {}  # of uploaded files, by ``n`` of what was shown
        self.sent_files: dict[str, Json] = {}  # file_id -> what get_file says of it
        self.temp: dict[int, int] = {}  # user -> group through which the user opened a private talk
        self.notices: deque[Json] = deque()  # to be pushed to the bot after the current call
        self.online = True
        self.report_self = self._report_self  # how often the bot is told of each message of its own

    def befriend(self, items: Iterable[Json]) -> None:
        """A private talk that came about through a group is one among friends from now on."""
        items = list(items)
        self.people.put_friends(items)
        for item in items:
            self.temp.pop(int(item["user_id"]), None)

    def ask_friend(self, user: int, comment: str, now: float) -> Json:
        """The request event of somebody who wants to be a friend; the flag is its time (OB11FriendRequest)."""
        if user in self.people.friends:
            raise ValueError(f"{user} is a friend already")
        used = {*self.requests, *(event["flag"] for event in self.answered)}
        flag = next(str(second) for second in itertools.count(int(now)) if str(second) not in used)
        event = request_event(self.self_id, now, user, comment, flag)
        self.requests[event["flag"]] = event
        self.people.seen.add(user)
        return event

    def hear(
        self,
        user: int,
        segments: list[Json],
        now: float,
        *,
        message_id: int | None = None,
        group: int | None = None,
        temp_group: int | None = None,
        card: str | None = None,
    ) -> Json:
        """Somebody says something. A ``message_id`` that is known already is the same message again."""
        if message_id in self.talk.by_id:
            return self.talk.by_id[message_id].event
        conversation = f"private:{user}" if group is None else f"group:{group}"
        event = message_event(
            self.people,
            user=user,
            segments=segments,
            now=now,
            message_id=message_id or self.talk.new_id(),
            real_seq=self.talk.next_seq(conversation),
            group=group,
            temp_group=temp_group,
            card=card,
        )
        self.people.seen.add(user)
        self.talk.add(conversation, event)
        return event

    def show(self, conversation: str, segments: list[Json], as_string: bool, now: float) -> Json:
        """The bot's message becomes visible; returns the record of it."""
        kind, _, peer = conversation.partition(":")
        event = message_event(
            self.people,
            user=self.self_id,
            segments=list(map(as_received, segments)),
            now=now,
            message_id=self.talk.new_id(),
            real_seq=self.talk.next_seq(conversation),
            group=int(peer) if kind == "group" else None,
            temp_group=self.temp.get(int(peer)) if kind == "private" else None,
        )
        self.notices += [pushed(event, int(peer))] * self.report_self
        return self.talk.show(conversation, event, segments, as_string, now)

    def _freeze(self, kind: str, conversation: str) -> dict[str, list[Json]]:
        if kind == "history_frozen":
            names = list(self.talk.lines) if conversation == ANY else [conversation]
            return {name: self.talk.history(name) for name in names}
        groups = self.people.groups.values()
        return {
            f"group:{group.group_id}": [member_json(group.group_id, m) for m in group.members.values()]
            for group in groups
            if conversation in (ANY, f"group:{group.group_id}")
        }
