"""Message segments: CQ strings, plain text, and what a sent segment looks like when it is read back."""

import base64
import hashlib
import re
from urllib.parse import urlsplit

from tests.fakeqq.wire import ActionError, Json

CQ_CODE = re.compile(r"\[CQ:(\w+)((?:,\w+=[^,\]]*)*)\]")
KNOWN = {"text", "at", "reply", "face", "mface", "image", "record", "video", "file", "json", "xml", "music"}
KNOWN |= {"dice", "rps", "poke", "markdown", "forward", "node", "contact", "location"}


def escape(text: str, comma: bool = False) -> str:
    text = text.replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;")
    return text.replace(",", "&#44;") if comma else text


def unescape(text: str) -> str:
    for code, char in (("&#91;", "["), ("&#93;", "]"), ("&#44;", ","), ("&amp;", "&")):
        text = text.replace(code, char)
    return text


def segment(kind: str, **data: object) -> Json:
    return {"type": kind, "data": data}


def from_string(text: str) -> list[Json]:
    """What NapCat makes of a string as ``message``: ``[CQ:…]`` in it becomes a segment."""
    out: list[Json] = []
    end = 0
    for found in CQ_CODE.finditer(text):
        if found.start() > end:
            out.append(segment("text", text=unescape(text[end : found.start()])))
        pairs = (part.partition("=") for part in found[2].split(",") if part)
        out.append({"type": found[1], "data": {key: unescape(value) for key, _, value in pairs}})
        end = found.end()
    if end < len(text):
        out.append(segment("text", text=unescape(text[end:])))
    return out


def to_string(segments: list[Json]) -> str:
    """``raw_message`` of an event."""
    return "".join(map(_code, segments)).strip()


def _code(item: Json) -> str:
    data = item.get("data") or {}
    if item["type"] == "text":
        return escape(str(data["text"]))
    pairs = "".join(f",{key}={escape(str(value), True)}" for key, value in data.items() if value != "")
    return f"[CQ:{item['type']}{pairs}]"


def plain_text(segments: list[Json]) -> str:
    """What people read of it; of a file its name."""
    return "".join(map(_words, segments))


def _words(item: Json) -> str:
    if item["type"] == "text":
        return str(item["data"]["text"])
    return f"[文件]{item['data']['file']}" if item["type"] == "file" else ""


def normal(message: object, auto_escape: bool) -> list[Json]:
    """The segments of a ``message`` parameter: string, one segment, or a list of them."""
    if isinstance(message, str):
        found = [segment("text", text=message)] if auto_escape else from_string(message)
    elif isinstance(message, dict):
        found = [message]
    elif isinstance(message, list):
        found = message
    else:
        raise ActionError("Key: message, Message: Expected union value", 1400)
    return list(map(_checked, found))


def _checked(item: object) -> Json:
    if not isinstance(item, dict) or not isinstance(item.get("data") or {}, dict):
        raise ActionError("Key: message, Message: Expected union value", 1400)
    kind, data = item.get("type"), item.get("data") or {}
    if kind not in KNOWN:
        raise ActionError(f"未知的消息类型：{kind}")
    if kind == "text" and not isinstance(data.get("text"), str):
        raise ActionError("Key: message, Message: Expected union value", 1400)
    return {"type": kind, "data": data}


def as_received(item: Json) -> Json:
    """A sent segment as history shows it: ids are strings, pictures have become a name and an address."""
    data = item["data"]
    if item["type"] in ("image", "record", "video"):
        return {"type": item["type"], "data": _media(str(data.get("file") or data.get("url") or ""))}
    if item["type"] in ("at", "reply", "face"):
        return {"type": item["type"], "data": {key: str(value) for key, value in data.items()}}
    return item


def _media(source: str) -> Json:
    body = base64.b64decode(source[9:]) if source.startswith("base64://") else source.encode()
    name = urlsplit(source).path.rpartition("/")[2] if source.startswith(("http", "file:")) else ""
    name = name or hashlib.md5(body, usedforsecurity=False).hexdigest().upper() + ".png"
    url = f"https://example.invalid/{name}"
    return {"summary": "", "file": name, "sub_type": 0, "url": url, "file_size": str(len(body))}
