"""`eqabot ask [TEXT] [--json]`

In JSON `topic` is the best guess. Sure: `confidence` 0.6 and more, and `alternatives` names the second topic
where two things were asked at once. Doubtful: `confidence` below 0.5, `topic` is the likelier of the two in
`alternatives`, which are both offered, with a person as the third way. Not in the guide: `human`,
`confidence` below 0.3, no `alternatives`.
"""

import argparse
import json
import sys

from bot import settings as configuration
from bot.cli.lines import read_lines
from bot.guide import guide
from bot.guide.answers import choice_of, view_of
from bot.settings import Settings
from bot.texts import say
from core.guide import HUMAN, Guess, Topic


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", metavar="问题", help="不写则从标准输入读，每行一个问题")
    parser.add_argument("--json", action="store_true", help="只输出 JSON，每行一个")


def run(args: argparse.Namespace) -> int:
    settings = configuration.load()
    asked = [" ".join(args.text)] if args.text else read_lines(sys.stdin.buffer)
    for question in filter(str.strip, asked):
        guess = guide().ask(question)
        said = _said(guess, settings)
        print(_as_json(question, guess, said) if args.json else said, flush=True)
    return 0


def _said(guess: Guess, settings: Settings) -> str:
    """As in the chat, without what is known there now; an unknown question is somebody's at the centre."""
    if guess.alternatives:
        return say("guide/choice", choice_of(guess, settings))
    return say("guide/answer", view_of(guess.topic or guide().topics[HUMAN], settings, (), guess.second))


def _as_json(question: str, guess: Guess, said: str) -> str:
    best, covered = _best(guess)
    source = best.source if covered and not guess.alternatives else ""
    facts = {
        "question": question,
        "topic": best.name if covered else HUMAN,
        "answer": said.removesuffix(f"\n〔依据：{source}〕"),
        "source": source,
        "confidence": round(guess.confidence if covered else min(guess.confidence, 0.29), 2),
        "alternatives": [topic.name for topic in (*guess.alternatives, guess.second) if topic],
    }
    return json.dumps(facts, ensure_ascii=False)


def _best(guess: Guess) -> tuple[Topic, bool]:
    """(the likeliest topic, whether the guide covers it)."""
    best = guess.topic or next(iter(guess.alternatives), guide().topics[HUMAN])
    return best, best.is_covered
