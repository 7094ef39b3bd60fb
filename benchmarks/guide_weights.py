"""Cross-validates the guide's matching, and fits the weights of core/guide/gate.py anew:
`python -m benchmarks.guide_weights`.

First the rates for questions that were never seen: every sample question is asked of a guide that was made
without it and a fifth of the others. Then the weights, fitted on those and on tests/bot/fixtures/guide, to be
written into the file by hand. Worth doing after many samples or words were changed.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields, replace
from pathlib import Path
from random import Random

from bot.guide import HERE, lexicon, topic_in
from core.guide import HUMAN, Guide
from core.guide.gate import Signs
from tests.bot.guide_score import Row, Score, Verdict, rows

FIXTURES = Path(__file__).parents[1] / "tests/bot/fixtures/guide"
FOLDS, ROUNDS, SHRINK = 5, 80, 1e-3
Case = tuple[bool, list[float]]


def folds() -> Iterator[tuple[Guide, list[Row]]]:
    """A guide without a fifth of its samples, and these."""
    topics, words = [topic_in(path) for path in sorted(HERE.glob("*.md"))], lexicon()
    asked = [Row((topic.name,), one) for topic in topics for one in topic.questions]
    asked += [Row((HUMAN,), one) for one in words.foreign]
    Random(5).shuffle(asked)
    for fold in range(FOLDS):
        left_out = asked[fold::FOLDS]
        gone = {row.question for row in left_out}
        kept = [
            replace(topic, questions=tuple(one for one in topic.questions if one not in gone)) for topic in topics
        ]
        foreign = tuple(one for one in words.foreign if one not in gone)
        yield Guide(kept, replace(words, foreign=foreign)), [Row(_labels(row), row.question) for row in left_out]


def _labels(row: Row) -> tuple[str, ...]:
    return (HUMAN,) if row.labels[0].startswith(HUMAN) else row.labels


def cases(guide: Guide, asked: Sequence[Row]) -> list[Case]:
    found = ((row.labels != (HUMAN,), guide.signs(row.question)) for row in asked)
    return [(inside, [1.0, *map(float, astuple(signs))]) for inside, signs in found if signs is not None]


def fitted(found: list[Case]) -> list[float]:
    """Logistic regression, by descent; always the same for the same cases."""
    weights = [0.0] * len(found[0][1])
    for turn in range(ROUNDS):
        Random(turn).shuffle(found)
        pace = 0.5 / (1 + turn * 0.2)
        for inside, values in found:
            total = sum(weight * value for weight, value in zip(weights, values, strict=True))
            off = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - inside
            weights = [
                weight - pace * (off * value + SHRINK * weight * (at > 0))
                for at, (weight, value) in enumerate(zip(weights, values, strict=True))
            ]
    return weights


def main() -> int:
    verdicts: list[Verdict] = []
    found: list[Case] = []
    for guide, asked in folds():
        verdicts += [Verdict(row, guide.ask(row.question)) for row in asked]
        found += cases(guide, asked)
    score = Score(tuple(verdicts))
    for name, one in (("all", score), ("inside", score.of(inside=True)), ("outside", score.of(inside=False))):
        print(f"unseen, {name:8}{one}")
    whole = Guide([topic_in(path) for path in sorted(HERE.glob("*.md"))], lexicon())
    for file in ("questions.tsv", "tuning.tsv"):
        found += cases(whole, rows(FIXTURES / file))
    names = ["_BASE", *(field.name for field in fields(Signs))]
    for name, weight in zip(names, fitted(found), strict=True):
        print(f"{name:24}{weight:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
