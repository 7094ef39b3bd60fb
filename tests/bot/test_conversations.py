"""The conversations that docs/ shows are what the product says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_ten_conversations_are_held_as_they_are_written() -> None:
    """If this fails after a change of words: `uv run python docs/conversations.py`, and read what changed."""
    done = subprocess.run(
        [sys.executable, "docs/conversations.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
