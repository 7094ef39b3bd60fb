"""`eqabot ask [TEXT] [--json]`"""

import argparse
import json
import sys

from bot import settings as configuration
from bot.cli.lines import read_lines
from bot.guide import guide, text_of
from bot.settings import Settings
from bot.texts import say
from core.guide import HUMAN, Guess


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", metavar="问题", help="不写则从标准输入读，每行一个问题")
    parser.add_argument("--json", action="store_true", help="只输出 JSON，每行一个")


def run(args: argparse.Namespace) -> int:
    settings = configuration.load()
    asked = [" ".join(args.text)] if args.text else read_lines(sys.stdin.buffer)
    for question in filter(str.strip, asked):
        guess = guide().ask(question)
        answer, source = _said(guess, settings)
        if args.json:
            print(_as_json(question, guess, answer, source), flush=True)
        else:
            print(say("guide/answer", {"text": answer, "source": source}), flush=True)
    return 0


def _said(guess: Guess, settings: Settings) -> tuple[str, str]:
    """(answer, source); an unknown question is somebody's at the centre."""
    if guess.alternatives:
        shown = {"asks": guess.asks, "topics": guess.alternatives, "phone": settings.centre_phone}
        return say("guide/choice", shown), ""
    topic = guess.topic or guide().topics[HUMAN]
    return text_of(topic, settings), topic.source


def _as_json(question: str, guess: Guess, answer: str, source: str) -> str:
    covered = guess.topic is not None and guess.topic.is_covered
    facts = {
        "question": question,
        "topic": guess.topic.name if guess.topic and covered else HUMAN,
        "answer": answer,
        "source": source,
        "confidence": round(guess.confidence, 2),
        "alternatives": [topic.name for topic in guess.alternatives],
    }
    return json.dumps(facts, ensure_ascii=False)
