"""A file sent to one person. Newer QQ implementations push a message with a file in it, go-cqhttp and Lagrange a
notice of an "offline file": the same thing, so from here on it is a message, too."""

import zlib
from collections.abc import Mapping
from typing import Any


def is_file_notice(event: Mapping[str, Any]) -> bool:
    return event.get("post_type") == "notice" and event.get("notice_type") == "offline_file"


def as_message(notice: Mapping[str, Any]) -> dict[str, Any]:
    """The notice as the private message it stands for. It has no number, so that a doubled one is known by its
    file."""
    file = notice.get("file")
    file = file if isinstance(file, dict) else {}
    return {
        **{key: notice.get(key) for key in ("time", "self_id", "user_id")},
        "post_type": "message",
        "message_type": "private",
        "sub_type": "friend",
        "message_id": zlib.crc32(repr(sorted(file.items(), key=str)).encode()),
        "message": [{"type": "file", "data": file}],
        "raw_message": "",
        "font": 0,
        "sender": {"user_id": notice.get("user_id")},
    }
