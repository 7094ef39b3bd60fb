"""Files the bot hands over: fetched as NapCat's uriToLocalFile does it, without the network."""

import base64
import binascii
from pathlib import Path
from urllib.parse import unquote

from tests.fakeqq.wire import ActionError


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
