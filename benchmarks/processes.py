"""The bots under measurement, each a process of its own. CPU time and memory are Linux's."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV", "HOME")
ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: object) -> dict[str, str]:
    """Little of ours, nothing of the caller's settings."""
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **{key: str(value) for key, value in more.items()}}


@dataclass
class Bot:
    """`folder` is its working directory, so that nobody's .env is read; its log goes there, too."""

    name: str
    arguments: list[str]
    folder: Path
    settings: dict[str, object]
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> "Bot":
        env = environment(HOST="127.0.0.1", PORT=self.port, **self.settings)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments], cwd=self.folder, env=env, stdout=log, stderr=log
            )
        return self

    def wait_ready(self, timeout: float = 30) -> None:
        assert self.process is not None
        until = time.monotonic() + timeout
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def interrupt(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def stop(self) -> None:
        self.interrupt()
        self.wait_gone()

    def wait_gone(self) -> None:
        """After `interrupt`; a second one would cut the shutdown short."""
        if self.process is None:
            return
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, exact to far below a millisecond."""
        return time.clock_gettime((~self.pid << 3) | 2)  # Linux's CPU clock of another process

    def watch_memory(self) -> float:
        """MiB resident now; from here on `peak` is counted anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self._status("VmRSS")

    def peak(self) -> float:
        """MiB resident at most since `watch_memory`."""
        return self._status("VmHWM")

    def _status(self, key: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(key + ":")).split()[1]) * 1024 / MIB


def start_all(*bots: Bot) -> None:
    for bot in bots:
        bot.start()
    for bot in bots:
        bot.wait_ready()


def stop_all(*bots: Bot) -> None:
    for bot in bots:
        bot.interrupt()
    for bot in bots:
        bot.wait_gone()
