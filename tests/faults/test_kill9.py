"""The real program, killed with `kill -9` while it sends, forgets nothing and repeats nothing (the long form:
`python -m benchmarks.kill9`; with the waits that users have: `--unsure 60`)."""

import random
from pathlib import Path

import pytest

from tests.db.stores import Stores
from tests.faults.storm import FINAL, Storm


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 6), ("postgresql", 3)])
async def test_killed_again_and_again(kind: str, kills: int, stores: Stores, tmp_path: Path) -> None:
    async with stores.fresh(kind, migrated=False) as db:
        url = db.writer.url.render_as_string(hide_password=False)
        if kind == "sqlite":
            url = f"sqlite+aiosqlite:///{tmp_path / 'eqabot.db'}"
        storm = Storm(tmp_path, url, random.Random(20260320), groups=12)
        await storm.furnish()
        async with storm.bot, storm.qq() as qq:
            await storm.run(qq, kills)
            await storm.settle(qq, patience=60)
            verdict, states = await storm.verdict(qq)
        assert verdict.ok, verdict
        assert set(states) <= {str(state) for state in FINAL}
        assert states.total() > storm.groups
        assert storm.integrity() == "ok"
