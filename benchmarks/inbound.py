"""What a message costs: `eqabot run` beside a bare NoneBot bot, in one run, in turns.

    python -m benchmarks.inbound [--quick] [--load PATH]

Chatter: CPU per message, as shipped and with 5 and 50 commands more. 帮助: median time, in groups and in
private. A burst of commands: answers per second, refusals, memory. Status 1 if a bar fails.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import generator, scenes
from benchmarks.bars import Bar, alternated, finish, note, ratio
from benchmarks.processes import Bot, start_all, stop_all
from benchmarks.stage import HELP, Stage
from benchmarks.talk import CHATTER

CHATTER_BAR, HELP_BAR, BURST_BAR, MEMORY_BAR = 1.2, 1.3, 0.8, 64.0
USERS, GROUPS = 1000, 10
GROUP = 500_000_001


@dataclass(frozen=True, slots=True)
class Size:
    """`chatter`, `paced`: messages a round, at once and 200 a second; `asked`: 帮助 in turns."""

    rounds: int
    chatter: int
    paced: int
    asked: int
    burst: int
    bursts: int
    levels: tuple[str, ...]


QUICK = Size(rounds=3, chatter=500, paced=0, asked=150, burst=3000, bursts=1, levels=("INFO",))
FULL = Size(rounds=4, chatter=1200, paced=400, asked=500, burst=5000, bursts=2, levels=("INFO", "WARNING"))


def chatter_cpu(tool: Path, bot: Bot, n: int, *options: object) -> float:
    """ms of CPU per message of people; one command at the end tells that all were read."""
    lines = [f"! {CHATTER[i % len(CHATTER)]}" for i in range(n - 1)]
    before = bot.cpu()
    generator.load(tool, bot, [*lines, HELP], "--n", n, *options)
    return (bot.cpu() - before) * 1000 / n


def measure_chatter(tool: Path, bots: dict[str, Bot], size: Size, level: str) -> list[Bar]:
    cases = {name: partial(chatter_cpu, tool, bot, size.chatter) for name, bot in bots.items()}
    bars = chatter_bars(alternated(size.rounds, cases), f"at once [{level}]")
    if size.paced:
        slow = ("--mode", "rate", "--rate", 200)
        two = {name: partial(chatter_cpu, tool, bots[name], size.paced, *slow) for name in ("bare", "shipped")}
        bars += chatter_bars(alternated(3, two), f"200/s [{level}]")
    return bars


def chatter_bars(found: dict[str, list[float]], shape: str) -> list[Bar]:
    bars = []
    bare = found.pop("bare")
    for name, ours in found.items():
        title = f"chatter, {name}, CPU / bare, {shape}"
        detail = f"{median(ours):.3f} / {median(bare):.3f} ms"
        bars.append(Bar(title, ratio(ours, bare), CHATTER_BAR, detail=detail))
        note(f"{title}: {bars[-1].measured:.2f} ({detail})")
    return bars


def measure_help(bots: dict[str, Bot], size: Size, level: str) -> list[Bar]:
    bars = []
    urls = {name: bots[name].url for name in ("bare", "shipped")}
    for where, group in (("group", GROUP + 1), ("private", None)):
        found = asyncio.run(scenes.by_turns(urls, HELP, size.asked, group))
        ours, bare = median(found["shipped"]), median(found["bare"])
        title = f"帮助 p50, {where}, ours / bare [{level}]"
        bars.append(Bar(title, ours / bare, HELP_BAR, detail=f"{ours:.2f} / {bare:.2f} ms"))
        note(f"{title}: {bars[-1].measured:.2f} ({bars[-1].detail})")
    return bars


def measure_burst(stage: Stage, size: Size) -> list[Bar]:
    """On fresh processes, so that the first burst shows all the memory it takes."""
    bots = {"bare": stage.bare("bare-burst"), "shipped": stage.ours("shipped-burst")}
    start_all(*bots.values())
    grown: dict[str, list[float]] = {name: [] for name in bots}

    def once(name: str) -> scenes.Burst:
        before = bots[name].watch_memory()
        result = asyncio.run(scenes.burst(bots[name].url, HELP, stage.answer, size.burst, USERS, GROUPS))
        grown[name].append(bots[name].peak() - before)
        note(f"burst, {name}: {result}; + {grown[name][-1]:.1f} MiB")
        return result

    found = alternated(size.bursts, {name: partial(once, name) for name in bots})
    return burst_bars(found, grown, f"burst of {size.burst} [{stage.level}]")


def burst_bars(found: dict[str, list[scenes.Burst]], grown: dict[str, list[float]], title: str) -> list[Bar]:
    ours, bare = ([one.per_second for one in found[name]] for name in ("shipped", "bare"))
    told = max(max(one.other.values(), default=0) for one in found["shipped"])
    speed = f"{median(ours):.0f} / {median(bare):.0f} per second"
    growth = f"bare: {grown['bare'][0]:.1f} MiB"
    return [
        Bar(f"{title}, answers per second, ours / bare", ratio(ours, bare), BURST_BAR, "×", True, speed),
        Bar(f"{title}, memory of the first one", grown["shipped"][0], MEMORY_BAR, "MiB", detail=growth),
        Bar(f"{title}, refusals told per person", told, 1, "times"),
    ]


def measure(level: str, tool: Path, size: Size) -> list[Bar]:
    with Stage(level) as stage:
        ours = {name: stage.ours(name, more) for name, more in (("shipped", 0), ("+5", 5), ("+50", 50))}
        start_all(*ours.values())
        stage.learn(ours["shipped"], GROUP)
        bots = {"bare": stage.bare(), **ours}
        start_all(bots["bare"])
        bars = measure_chatter(tool, bots, size, level) + measure_help(bots, size, level)
        stop_all(*bots.values())
        return bars + measure_burst(stage, size)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short form, under 40 s")
    parser.add_argument("--log-level", choices=("INFO", "WARNING"), help="only this one")
    generator.add_option(parser)
    args = parser.parse_args()
    tool, size = generator.find(args.load), QUICK if args.quick else FULL
    levels = (args.log_level,) if args.log_level else size.levels
    return finish([bar for level in levels for bar in measure(level, tool, size)])


if __name__ == "__main__":
    sys.exit(main())
