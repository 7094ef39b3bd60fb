"""The crash matrix in full: the deliverer, on a real socket, is ended at every suspension and resumption of its
run, for each way in which a send may end, and the database fails at each commit.

    python -m benchmarks.crash [--database postgresql] [--histories readable off silent] [--every 1]

A fake QQ that outlives it is the judge of what was shown. With a readable history nothing may be lost or come
twice; with one that can't be read (off), or where nobody else speaks (silent), nothing may come twice, and what is
not surely shown waits for staff. Exit status 1 otherwise.
"""

import argparse
import shutil
import sys
from collections import Counter

from benchmarks.bars import Bar, finish, note
from tests.db.stores import quick_folder
from tests.faults.crash import Case, Played, matrix, theatre

HISTORIES = ("readable", "off", "silent")


def main() -> int:
    parser = argparse.ArgumentParser(description="The deliverer is ended at every moment of its run.")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--histories", nargs="+", choices=HISTORIES, default=HISTORIES)
    parser.add_argument("--every", type=int, default=1, help="only each n-th moment")
    parser.add_argument("--least", type=int, default=500, help="cases that must have been played")
    args = parser.parse_args()
    folder = quick_folder()
    tally: Counter[str] = Counter()
    try:
        with theatre(args.database, folder) as house:
            for case, played in matrix(house, args.histories, args.every):
                _count(tally, case, played)
    finally:
        shutil.rmtree(folder)
    for name in sorted(name for name in tally if " " in name):
        note(f"{name}: {tally[name]}")
    return finish(
        [
            Bar("cases", tally["cases"], args.least, "cases", at_least=True, detail=f"{tally['killed']} killed"),
            Bar("lost", tally["lost"], 0, "messages"),
            Bar("doubled", tally["doubled"], 0, "messages"),
            Bar("silent", tally["silent"], 0, "deliveries"),
        ]
    )


def _count(tally: "Counter[str]", case: Case, played: Played) -> None:
    verdict = played.verdict
    tally["cases"] += 1
    tally["killed"] += played.killed
    tally[f"{case.history} {case.fault}"] += 1
    for name in ("lost", "doubled", "silent"):
        tally[name] += len(getattr(verdict, name))
    if not verdict.ok:
        note(f"NOT OK {case} {verdict}")


if __name__ == "__main__":
    sys.exit(main())
