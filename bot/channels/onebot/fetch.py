"""The content of a file that somebody sent. The only code that opens an address because of what came in."""

import base64
import binascii
import ipaddress
from collections.abc import Collection
from typing import Any

import aiohttp
from loguru import logger
from nonebot.adapters.onebot.v11 import Bot
from nonebot.drivers.aiohttp import WebSocket as DialledWebSocket
from yarl import URL

from bot.channels.onebot.adapter import Gate
from bot.channels.onebot.call import FAILURES, call
from bot.files.limits import FILE_BYTES, MEGABYTE
from bot.incoming import FileRef
from core.errors import DomainError

TIMEOUT = aiohttp.ClientTimeout(total=30)
TAKEN_IN = 120.0  # seconds: QQ fetches the file before it answers
PIECE = 65_536
DIALLED_FRAME, TAKEN_FRAME = (
    4 * MEGABYTE,
    16 * MEGABYTE,
)  # aiohttp's and uvicorn's; a longer one ends the connection


async def fetch(bot: Bot, ref: FileRef, hosts: Collection[str], limit: int = FILE_BYTES) -> bytes:
    """What the QQ implementation gives of it, else from its address, if that is on one of `hosts`. A path on the
    machine of the implementation is never opened. DomainError: workbook/too_big, files/unavailable."""
    if ref.size is not None and ref.size > limit:
        raise _too_big(ref, limit)
    told = await _told(bot, ref)
    if content := told.get("base64"):
        return _decoded(str(content), ref, limit)
    addresses = filter(None, (_allowed(str(url), hosts) for url in (told.get("url"), ref.url) if url))
    if (address := next(addresses, None)) is None:
        raise DomainError("files/unavailable", file=ref.name)
    return await _download(address, ref, limit)


async def _told(bot: Bot, ref: FileRef) -> dict[str, Any]:
    """Not every implementation knows `get_file`, and not every content fits into an answer; then there is the
    address that came with the message."""
    if not ref.id or ref.size is None or ref.size > _carried(bot):
        return {}
    try:
        told = await call(bot, "get_file", TAKEN_IN, file_id=ref.id)
    except FAILURES as fault:
        logger.info("get_file: {}", type(fault).__name__)
        return {}
    return told if isinstance(told, dict) else {}


def _carried(bot: Bot) -> int:
    """Bytes that one answer over the connection of this account can hold in base64, with what is around it."""
    adapter = bot.adapter
    assert isinstance(adapter, Gate)
    dialled = isinstance(adapter.connections.get(bot.self_id), DialledWebSocket)
    return ((DIALLED_FRAME if dialled else TAKEN_FRAME) - PIECE) // 4 * 3


def _decoded(content: str, ref: FileRef, limit: int) -> bytes:
    text = content.removeprefix("base64://")
    if len(text) > limit // 3 * 4 + 4:
        raise _too_big(ref, limit)
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise DomainError("files/unavailable", file=ref.name) from fault
    if len(found) > limit:
        raise _too_big(ref, limit)
    return found


def _allowed(url: str, hosts: Collection[str]) -> URL | None:
    """The address as it will be asked: a host of the list by its very name, at its usual port, for nobody."""
    try:
        address = URL(url)
    except ValueError:
        return None
    if address.scheme not in ("http", "https") or not address.host:
        return None  # a path on that machine
    named = address.host.lower() in {host.lower() for host in hosts} and not _is_number(address.host)
    if named and address.is_default_port() and address.user is None and address.password is None:
        return address
    logger.warning("a file was not fetched: its address is not on a host of EQABOT_FILE_HOSTS")
    return None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _download(address: URL, ref: FileRef, limit: int) -> bytes:
    """As it stands there: no redirect, no cookie, no proxy of the environment, nothing unpacked."""
    session = aiohttp.ClientSession(
        timeout=TIMEOUT, trust_env=False, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    )
    headers = {"Accept-Encoding": "identity"}
    try:
        async with session, session.get(address, allow_redirects=False, headers=headers) as response:
            packed = response.headers.get("Content-Encoding", "identity").lower() != "identity"
            if response.status != 200 or packed:
                raise DomainError("files/unavailable", file=ref.name)
            return await _read(response, ref, limit)
    except (aiohttp.ClientError, OSError, TimeoutError) as fault:
        raise DomainError("files/unavailable", file=ref.name) from fault


async def _read(response: aiohttp.ClientResponse, ref: FileRef, limit: int) -> bytes:
    if (response.content_length or 0) > limit:
        raise _too_big(ref, limit)
    found = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        found += piece
        if len(found) > limit:
            raise _too_big(ref, limit)
    return bytes(found)


def _too_big(ref: FileRef, limit: int) -> DomainError:
    return DomainError("workbook/too_big", file=ref.name, limit_mb=limit // MEGABYTE)
