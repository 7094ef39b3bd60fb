"""The log: what the program does, nothing of what people say to it. Values of variables stand in no traceback;
words of others (libraries, drivers, servers) are shown without their numbers, which could be codes or telephones,
and no secret of the settings ever stands there, whoever wrote it."""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from loguru import logger
from nonebot.log import LoguruHandler
from sqlalchemy.engine import make_url

from bot.settings import Settings

if TYPE_CHECKING:
    from loguru import Record

OURS = ("bot", "core", "db", "__main__")
_LINE = "{time:YYYY-MM-DD HH:mm:ss.SSS} | {level: <8} | {name}:{function}:{line} - {extra[told]}\n{extra[fault]}"
_NUMBER = re.compile(
    r"[0-9A-Za-z]{4}(?:-[0-9A-Za-z]{4}){2}"  # a binding code
    r"|[A-Za-z]{0,3}\d[\d-]*\d{3}[\d-]*"
)
_FRAME = re.compile(r'^[ |]*File "')
_SHORT = 4  # characters; anything shorter is no secret, and would stand everywhere


def install(settings: Settings) -> None:
    """To standard error, once for all libraries. NoneBot's own two lines a command say nothing that we do not
    know; uvicorn writes addresses with their query."""
    logger.remove()
    levels: dict[str | None, str | int | bool] = {"": settings.log_level}
    for loud in ("nonebot", "uvicorn", "websockets"):
        levels[loud] = "WARNING"
    line = formatter(secrets_of(settings))
    logger.add(sys.stderr, level=settings.log_level, filter=levels, format=line, diagnose=False, backtrace=False)
    logging.basicConfig(handlers=[LoguruHandler()], level=logging.WARNING, force=True)
    logging.getLogger("uvicorn").propagate = False  # NoneBot gives it a handler of its own


def formatter(secrets: Iterable[str]) -> Callable[["Record"], str]:
    longest_first = sorted(set(secrets), key=len, reverse=True)

    def line(record: "Record") -> str:
        told, fault = record["message"], record["exception"]
        if (record["name"] or "").partition(".")[0] not in OURS:
            told = numberless(told)
        thrown = traceback_of(fault.value) if fault and fault.value else ""
        for secret in longest_first:
            told, thrown = told.replace(secret, "＊"), thrown.replace(secret, "＊")
        record["extra"] |= {"told": told, "fault": thrown}
        return _LINE

    return line


def traceback_of(fault: BaseException) -> str:
    """As Python writes it; only the places keep their numbers."""
    lines = "".join(traceback.format_exception(fault)).splitlines(keepends=True)
    return "".join(one if _FRAME.match(one) else numberless(one) for one in lines)


def numberless(text: str) -> str:
    """Without anything that could be a lab code, a binding code, a telephone number or an account."""
    return _NUMBER.sub("＊", text)


def secrets_of(settings: Settings) -> set[str]:
    """Whatever in the settings lets somebody in."""
    box, webhooks = settings.mailbox, settings.wecom_webhooks.values()
    found = {settings.onebot_access_token, settings.onebot_secret, make_url(settings.database_url).password}
    found |= {settings.heartbeat_url, settings.smtp_url, *((box and (box.user, box.password)) or ())}
    found |= {value for url in webhooks for _, value in parse_qsl(urlsplit(url).query)}
    return {one for one in found if one and len(one) >= _SHORT}
