"""Files the bot hands over: fetched as NapCat's uriToLocalFile does it, without the network. And files that
people send, which it asks for with ``get_file`` (NapCat's action/file/GetFile.ts)."""

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tests.fakeqq.wire import ActionError, Json

if TYPE_CHECKING:
    from tests.fakeqq.world import World


def take(world: "World", segments: list[Json]) -> list[Json]:
    """What a person sends; `told` in a file segment is for ``get_file`` to say, the rest is pushed."""
    shown = []
    for item in segments:
        data = dict(item["data"])
        if item["type"] == "file" and "told" in data:
            world.sent_files[str(data["file_id"])] = data.pop("told")
        shown.append({**item, "data": data})
    return shown


def get_file(world: "World", params: Json, now: float) -> Json:
    """By default a path on QQ's machine and nothing else; content only with NapCat's enableLocalFile2Url."""
    told = world.sent_files.get(str(params.get("file_id")))
    if told is None:
        raise ActionError("file not found")
    return told


def fetch(source: str) -> bytes:
    """A path that exists, ``file://…`` or ``base64://…``."""
    if source.startswith("base64://"):
        return _decoded(source.removeprefix("base64://"))
    if source.startswith("file://"):
        return _read(Path(unquote(source.removeprefix("file://"))))
    if source and Path(source).is_file():
        return Path(source).read_bytes()
    raise ActionError(f"识别URL失败, uri= {source}")


def _decoded(text: str) -> bytes:
    """Stricter than Node, which would skip what is no base64: a broken upload must not pass a test."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ActionError(f"base64: {error}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ActionError(f"ENOENT: no such file or directory, copyfile '{path}'") from None
