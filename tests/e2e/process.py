"""The product as its users start it: `eqabot …` in processes of its own, on a file database."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Self

TOKEN = "token-for-tests-only"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Eqabot:
    """`cli` runs a command to its end; `start` and `kill` the running assistant, on one folder."""

    def __init__(self, folder: Path, database: str = "", **env: str) -> None:
        self.folder, self.port = folder, free_port()
        self._env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("EQABOT_", "ONEBOT_"))},
            "EQABOT_DATABASE_URL": database or f"sqlite+aiosqlite:///{folder / 'eqabot.db'}",
            "EQABOT_DATA_DIR": str(folder),
            "EQABOT_PACE_SECONDS": "0",
            "EQABOT_UNSURE_SECONDS": "2",
            "EQABOT_PER_PERSON": "10000",  # a test asks faster than people do
            "EQABOT_PER_GROUP": "10000",
            "ONEBOT_ACCESS_TOKEN": TOKEN,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            **env,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "run.log"

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    async def cli(self, *words: str, status: int = 0, **env: str) -> str:
        """Standard output (of a failure: both streams); the status must be as expected."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "bot", *words)
        process = await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env={**self._env, **env}, stdout=pipe, stderr=pipe
        )
        async with asyncio.timeout(60):
            out, err = (part.decode() for part in await process.communicate())
        assert process.returncode == status, f"{words}: status {process.returncode}\n{out}\n{err}"
        return out if status == 0 else out + err

    async def imported(self, *files: Path) -> dict[str, Any]:
        return dict(json.loads(await self.cli("import", *map(str, files), "--json")))

    async def start(self, *words: str) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", *words, cwd=self.folder, env=self._env, stdout=log, stderr=log
            )
        return self

    async def kill(self) -> None:
        """As a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def _end(self, sign: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(sign)
            async with asyncio.timeout(20):
                await self._process.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()
