"""A OneBot v11 message event as an `Incoming`."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from nonebot.adapters.onebot.v11 import Bot, GroupMessageEvent, MessageEvent, MessageSegment, PrivateMessageEvent

from bot.answers import Attachment, Picture, Recall, Said
from bot.channels.onebot.call import call
from bot.channels.onebot.files import send_file
from bot.channels.onebot.marks import is_own, last_mark
from bot.channels.onebot.pictures import send_picture
from bot.channels.onebot.recall import recall
from bot.incoming import FileRef, Incoming, Reply
from core.access import Account, PlaceKind
from core.pushes.parts import unmarked
from core.words import one_line

PLATFORM = "qq"
SHARED = frozenset({"json", "xml", "markdown", "share", "forward", "node"})
PICTURES = frozenset({"image", "video"})
VOICES = frozenset({"record"})
LONGEST = 10_000  # characters looked at
LONGEST_NAME = 100


def incoming(event: MessageEvent) -> Incoming:
    """The event's plain text, and beside it what was shared with it; pictures, faces and the like are left out.
    QQ puts an @ before every quote, so a quote of our message does not mean that we are spoken to."""
    quoted = str(event.reply.message_id) if event.reply else ""
    group = str(event.group_id) if isinstance(event, GroupMessageEvent) else ""
    return Incoming(
        PLATFORM,
        Account(PLATFORM, str(event.user_id)),
        _place(event),
        group,
        event.message.extract_plain_text(),
        str(event.message_id),
        datetime.fromtimestamp(event.time, UTC),
        event.to_me and bool(group) and not quoted,
        () if group else tuple(_file(part.data) for part in event.message if part.type == "file"),
        quoted=quoted,
        shared=_shared(event) if group else "",
        quoted_marks=_quoted_marks(event),
        quotes_us=event.reply is not None and is_own(event.reply.sender.user_id, event.self_id),
        pictures=any(part.type in PICTURES and not _is_sticker(part.data) for part in event.message),
        voice=any(part.type in VOICES for part in event.message),
    )


def _is_sticker(image: Mapping[str, Any]) -> bool:
    """A picture that is only a face: NapCat says sub_type 1, others sub_type "1", subType or just the words."""
    kinds = {str(image.get(name)) for name in ("sub_type", "subType")}
    return "1" in kinds or "动画表情" in str(image.get("summary") or "")


def _quoted_marks(event: MessageEvent) -> tuple[tuple[str, int], ...]:
    """Of a push of ours; what others wrote is quoted without effect. QQ itself says what is quoted."""
    reply = event.reply
    if reply is None or not is_own(reply.sender.user_id, event.self_id):
        return ()
    mark = last_mark(reply.message.extract_plain_text())
    return (mark,) if mark else ()


def _file(data: Mapping[str, Any]) -> FileRef:
    """NapCat calls its name `file`, others `name`; sizes come as numbers or as text, or not at all."""
    name = str(data.get("file_name") or data.get("name") or data.get("file") or "")
    size = str(data.get("file_size") or data.get("size") or "")
    ident = str(data.get("file_id") or data.get("id") or "")
    shown = one_line(PurePosixPath(name.replace("\\", "/")).name)[-LONGEST_NAME:]
    return FileRef(shown, int(size) if size.isdecimal() else None, ident, str(data.get("url") or ""))


def _shared(event: MessageEvent) -> str:
    """All strings of what was shared or handed on, as they stand in it."""
    said = [word for segment in event.message if segment.type in SHARED for word in _strings(segment.data)]
    return "\n".join(said)[:LONGEST]


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _strings(part)


def _place(event: MessageEvent) -> PlaceKind:
    if isinstance(event, GroupMessageEvent):
        return PlaceKind.GROUP
    if isinstance(event, PrivateMessageEvent) and event.sub_type == "friend":
        return PlaceKind.PRIVATE
    return PlaceKind.TEMPORARY


def is_for_people(event: MessageEvent) -> bool:
    """Nothing that an account of ours wrote, not an anonymous member (whose number is shared), not a line of QQ
    itself, in which names stand as their owners like."""
    return not is_own(event.user_id, event.self_id) and event.sub_type not in ("anonymous", "notice")


def replier(bot: Bot, event: MessageEvent) -> Reply:
    """Answers where the question came from, quoting it in a group; text segments only. What was taken back is
    never quoted: a quote shows its words again."""
    quoting = True

    async def reply(said: Said) -> None:
        nonlocal quoting
        if isinstance(said, Recall):
            quoting = False
            await recall(bot, event.message_id)
            return
        if isinstance(said, Picture):
            await send_picture(bot, event, said)
            return
        if isinstance(said, Attachment):
            await send_file(bot, event.user_id, said.name, said.content)
            return
        segments = MessageSegment.text(unmarked(said))
        if isinstance(event, GroupMessageEvent):
            to = MessageSegment.reply(event.message_id) if quoting else MessageSegment.at(event.user_id)
            await call(bot, "send_msg", message_type="group", group_id=event.group_id, message=to + segments)
            return
        # never with a group_id beside: NapCat may then send it into the group
        await call(bot, "send_msg", message_type="private", user_id=event.user_id, message=[segments])

    return reply
