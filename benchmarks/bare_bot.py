"""The floor to compare with: a NoneBot bot with one matcher that answers one word with one fixed text.

Run as a process; reads PORT, LOG_LEVEL and BENCH_ANSWER (the text) from the environment.
"""

import os

import nonebot
from nonebot import on_message
from nonebot.adapters.onebot.v11 import Adapter, MessageEvent
from nonebot.matcher import Matcher

ANSWER = os.environ["BENCH_ANSWER"]


async def answer(event: MessageEvent, matcher: Matcher) -> None:
    if event.get_plaintext() == "帮助":
        await matcher.finish(ANSWER)


def main() -> None:
    nonebot.init(
        _env_file=None,
        driver="~fastapi+~aiohttp",
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level=os.environ["LOG_LEVEL"],
    )
    nonebot.get_driver().register_adapter(Adapter)
    on_message().handle()(answer)
    nonebot.run()


if __name__ == "__main__":
    main()
