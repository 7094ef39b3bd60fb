"""One fake QQ and one tiny bot for all tests here; each test begins with the scene and a fresh connection."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.fakeqq.cast import SCENE
from tests.fakeqq.client import FakeQQ
from tests.fakeqq.double import Bot


@pytest.fixture(scope="session")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[FakeQQ, Bot]]:
    scene = tmp_path_factory.mktemp("fakeqq") / "scene.json"
    scene.write_text(json.dumps(SCENE, ensure_ascii=False), encoding="utf-8")
    bot = Bot()
    await bot.start()
    async with FakeQQ(bot.url, token="t0ken", scene=scene, heartbeat=0.05, redial=0.05) as qq:
        yield qq, bot
    await bot.stop()


@pytest.fixture
async def qq(pair: tuple[FakeQQ, Bot]) -> FakeQQ:
    qq, bot = pair
    await qq.wait_connected()
    await bot.call("get_status")  # in order: whatever was pushed before has come now
    while not bot.events.empty():
        bot.events.get_nowait()
    bot.replies.clear()
    await qq.reset()
    return qq


@pytest.fixture
def bot(pair: tuple[FakeQQ, Bot], qq: FakeQQ) -> Bot:
    return pair[1]
