"""The key under which binding codes are kept: a file beside the data, never in the database."""

import os
import secrets
from functools import cache
from pathlib import Path

from bot.settings import Settings
from core.errors import DomainError

FILE = "binding.key"
SIZE = 32


def binding_key(settings: Settings) -> bytes:
    """32 random bytes, made at the first use; DomainError("access/key_unusable")."""
    return _key(settings.data_dir.absolute() / FILE)


@cache
def _key(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as fault:
        raise DomainError("access/key_unusable", file=FILE) from fault
    if len(key) != SIZE:
        raise DomainError("access/key_unusable", file=FILE)
    return key


def _make(path: Path) -> None:
    """Whole or not at all; of two processes that make it at once, one is first and both read its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
