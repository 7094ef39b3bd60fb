"""Independent of the machine: neither its environment, nor a .env, nor its log has a say."""

import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

import nonebot
from loguru import logger
from pydantic_settings import PydanticBaseSettingsSource

from bot.settings import Settings

NONEBOT: dict[str, Any] = {"command_start": [""], "nickname": [], "superusers": [], "api_timeout": 30.0}


class DemoSettings(Settings):
    """Only what is said in here: neither the environment nor a .env of the user."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: Any, init_settings: PydanticBaseSettingsSource, *_others: Any, **_more: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def throw_away(folder: Path) -> Settings:
    """Everything by default, the database in `folder`, no pauses between messages."""
    values: dict[str, Any] = {
        "_env_file": None,
        "EQABOT_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'demo.db'}",
        "EQABOT_DATA_DIR": folder,
        "EQABOT_PACE_SECONDS": "0",
        "EQABOT_DIGEST_AT": "",  # a page a day would drown the year
        "EQABOT_UNUSED_DAYS": 500,  # its people ask but a few times
    }
    return DemoSettings(**values)


def wake_nonebot(folder: Path, settings: Settings) -> None:
    """NoneBot without a driver, from a folder without a .env, no key left to the environment; of the log
    only errors are seen."""
    logger.remove()
    logger.add(sys.stderr, level="ERROR", diagnose=False, backtrace=False)
    with chdir(folder):
        nonebot.init(driver="~none", host=settings.host, port=settings.port, log_level="ERROR", **NONEBOT)
