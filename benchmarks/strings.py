"""100,000 generated strings through every template, over the wire to a QQ, and into workbooks:
`python -m benchmarks.strings [COUNT]`.

Nothing unseen, no mark and no line that is not ours; only typed segments out; nobody called who did not ask; no
cell a formula.
"""

import asyncio
import json
import sys
import tempfile
from itertools import count
from pathlib import Path
from random import Random

import openpyxl
import pytest

from benchmarks.bars import Bar, finish, note
from bot.channels.onebot.send import OneBotChannel
from core.pushes.models import Target
from tests.bot.hostile_cells import exported, phone_list, slips
from tests.fakeqq.cast import FRIEND, GROUP, SCENE
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.live import dialled
from tests.hostile_text import ATOMS, everything, faults, wicked

STRINGS, SENT, CELLS, WORDS = 100_000, 2_000, 5_000, 40


def through_templates(random: Random, wanted: int) -> tuple[int, dict[str, int], list[str]]:
    """(strings given, how many to each template, what was wrong); every template as often as any other."""
    given, wrong = dict.fromkeys(everything(), 0), []
    for seed in count():
        for name in given:
            found, said = faults(name, seed, [wicked(random) for _ in range(WORDS)]) or ([], 0)
            given[name] += said
            wrong += [f"{name}: {one}" for one in found]
        if sum(given.values()) >= wanted:
            return sum(given.values()), given, wrong
    raise AssertionError


async def over_the_wire(random: Random, wanted: int) -> tuple[int, int]:
    """(messages that the fake QQ got, those that are no list of one text)."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        scene = Path(folder) / "scene.json"
        scene.write_text(json.dumps(SCENE), encoding="utf-8")
        async with FakeQQ(listen=0, scene=scene, heartbeat=0) as qq, dialled(qq, patch):
            channel = OneBotChannel()
            for turn in range(wanted):
                target = Target("qq", "group", str(GROUP)) if turn % 2 else Target("qq", "private", str(FRIEND))
                await channel.send(target, wicked(random))
            sent = [one["params"]["message"] for one in await qq.calls() if one["action"].startswith("send_")]
    return len(sent), sum(
        not (isinstance(one, list) and [part["type"] for part in one] == ["text"]) for one in sent
    )


def into_cells(random: Random, wanted: int) -> tuple[int, int]:
    """(cells written, formulas among them)."""
    words = [*ATOMS, *(random.choice("=+-@\t\r") + wicked(random) for _ in range(wanted))]
    kinds: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, make in enumerate((slips, phone_list, exported)):
            path = Path(folder) / f"{number}.xlsx"
            make(path, words)
            for sheet in openpyxl.load_workbook(path, read_only=True):
                kinds += [cell.data_type for row in sheet.rows for cell in row if cell.value is not None]
    return len(kinds), kinds.count("f")


def main() -> int:
    random = Random(20260324)
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else STRINGS
    given, by_name, wrong = through_templates(random, wanted)
    note(f"{given} strings, {len(by_name)} templates and refusals")
    for line in wrong[:20]:
        note(f"  {line}")
    sent, untyped = asyncio.run(over_the_wire(random, SENT))
    cells, formulas = into_cells(random, CELLS)
    return finish(
        [
            Bar("strings", given + sent + CELLS, wanted, "", at_least=True),
            Bar("faults in texts", len(wrong), 0, ""),
            Bar("messages sent", sent, SENT, "", at_least=True),
            Bar("not only typed text", untyped, 0, ""),
            Bar("cells written", cells, CELLS, "", at_least=True),
            Bar("formulas", formulas, 0, ""),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
