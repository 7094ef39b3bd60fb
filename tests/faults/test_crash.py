"""Killed at any moment of a delivery, or with a database that fails at a commit: nothing is lost, nothing comes
twice (a sample of `python -m benchmarks.crash`)."""

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("database", "histories", "every"),
    [("sqlite", ("readable", "off"), 301), ("postgresql", ("readable",), 601)],
    ids=["sqlite", "postgresql"],
)
async def test_a_delivery_killed_at_any_moment(database: str, histories: tuple[str, ...], every: int) -> None:
    """In a process of its own, because each case is one, and they part from one that has no threads."""
    command = ["-m", "benchmarks.crash", "--database", database, "--histories", *histories, "--every", str(every)]
    pipe, together = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--least", "24", cwd=ROOT, stdout=pipe, stderr=together
    )
    async with asyncio.timeout(300):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
