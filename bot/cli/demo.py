"""`eqabot demo [--script]`"""

import argparse
import asyncio
import signal
import sys
from io import TextIOWrapper
from typing import Never, TextIO


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--script", action="store_true", help="播放一年的演示，不需要输入")


def run(args: argparse.Namespace) -> int:
    """Status 1 if the script found a promise broken."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        _speak_chinese(stream)
    for name in ("SIGTERM", "SIGHUP"):  # a closed window, too, takes the throw-away data along
        if number := getattr(signal, name, None):
            signal.signal(number, _leave)
    return _script() if args.script else _talk()


def _leave(number: int, _frame: object) -> Never:
    raise SystemExit(128 + number)


def _talk() -> int:
    from bot.demo.talk import run as talk

    return talk()


def _script() -> int:
    from bot.demo.play import Broken
    from bot.demo.script import play
    from bot.demo.words import line

    try:
        asyncio.run(play())
    except Broken as broken:
        print(line("broken.heading", what=" ".join(str(broken).split())), file=sys.stderr)
        return 1
    return 0


def _speak_chinese(stream: TextIO) -> None:
    """A terminal that knows no Chinese gets UTF-8; a character that can't be shown is no reason to stop."""
    if not isinstance(stream, TextIOWrapper):
        return
    try:
        "质评".encode(stream.encoding)
    except UnicodeEncodeError:
        stream.reconfigure(encoding="utf-8")
    stream.reconfigure(errors="replace")
