"""How well labelled questions are understood: `python -m benchmarks.guide FILE… [--verbose]`.

A line is `topic<TAB>question`; `a|b` are two topics asked at once, `human` is not in the guide. What the
rates mean stands in tests/bot/guide_score.py. Ends with status 1 where a bar is missed. Without --verbose no
question is shown, so that a set that is held out stays so.
"""

import argparse
import sys
import time
from pathlib import Path

from bot.guide import guide
from tests.bot.guide_score import TOP_1, TOP_2, WRONG, Score, Verdict, rows, score

SLOW = 0.005  # seconds of the processor a question


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.guide", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--verbose", action="store_true", help="show each question that was not understood")
    args = parser.parse_args()
    begun = time.perf_counter()
    guide()
    print(f"ready after {time.perf_counter() - begun:.2f} s")
    return max(_judge(file, verbose=args.verbose) for file in args.files)


def _judge(file: Path, *, verbose: bool) -> int:
    asked = rows(file)
    begun = time.process_time()
    found = score(asked, guide().ask)
    each = (time.process_time() - begun) / len(asked)
    print(f"{file.name}: {each * 1000:.1f} ms a question")
    parts = {"all": found, "inside": found.of(inside=True), "outside": found.of(inside=False)}
    for name, one in parts.items():
        if one.verdicts:
            print(f"{name:8}{one}")
    if verbose:
        _show(found)
    rates = [one for one in parts.values() if one.verdicts]
    return int(each > SLOW or not all(map(passes, rates)))


def passes(one: Score) -> bool:
    return one.top_1 >= TOP_1 and one.top_2 >= TOP_2 and one.wrong <= WRONG


def _show(found: Score) -> None:
    for verdict in found.verdicts:
        if not verdict.is_first or verdict.is_confidently_wrong:
            print(_line(verdict))


def _line(verdict: Verdict) -> str:
    offered = [one.name for one in verdict.guess.alternatives] or [verdict.first]
    how = "WRONG" if verdict.is_confidently_wrong else "doubtful" if verdict.is_doubtful else "unknown"
    return f"{how:9}{'|'.join(verdict.row.labels)} → {' / '.join(offered)}: {verdict.row.question}"


if __name__ == "__main__":
    sys.exit(main())
