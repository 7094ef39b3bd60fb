"""Reading a workbook without trusting it: everything that opens it happens in a child process."""

import asyncio
import gc
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.files import limits
from bot.files.gate import admit
from core.errors import DomainError
from core.workbooks.cells import CODE_PATTERN
from core.workbooks.tables import Table

ROOT = Path(__file__).resolve().parents[2]
TURN_SECONDS, PYTHONS_TURN_SECONDS = 0.0005, 0.005
# The child needs no secret: it gets only what Python itself may need to start.
ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR", "TEMP", "TMP")


@contextmanager
def considerate() -> Iterator[None]:
    """Heavy work on rows beside the event loop: no collector, which would find no cycles in rows and stop
    everybody meanwhile, and a turn for the loop every half millisecond instead of every five."""
    collecting, turn = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(max(turn, PYTHONS_TURN_SECONDS))
        if collecting:
            gc.enable()


class ChildFailed(Exception):
    """The child died of an error of ours. Says where, never what was in the workbook."""


async def read_workbook(
    path: Path, *, kind: str | None = None, code_pattern: str = CODE_PATTERN, name: str | None = None
) -> list[Table]:
    """The tables of an .xlsx, .xls or .csv file; `name` is what its sender called it.

    Raises DomainError "workbook/…" with `file` among its params; OSError if the file can't be read.
    """
    name = Path(name or path.name).name
    await asyncio.to_thread(admit, path, name)
    request = {"path": str(path.absolute()), "name": name, "kind": kind, "code_pattern": code_pattern}
    said = await _ask_child(json.dumps(request).encode(), name)
    return await asyncio.to_thread(_tables, said)


async def _ask_child(request: bytes, name: str) -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.files.child", stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT,
        env={key: os.environ[key] for key in ENVIRONMENT if key in os.environ},
    )  # fmt: skip
    try:
        async with asyncio.timeout(limits.CHILD_SECONDS):
            said, complaint = await child.communicate(request)
    except TimeoutError:
        raise DomainError("workbook/too_slow", file=name, seconds=int(limits.CHILD_SECONDS)) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise _death(child.returncode, complaint.decode(errors="replace"), name)
    return said


def _death(status: int | None, complaint: str, name: str) -> Exception:
    """Why the child ended: Rust aborts where Python would raise MemoryError; calamine panics on rubbish."""
    if "memory allocation" in complaint or "MemoryError" in complaint or status == -9:
        return DomainError("workbook/too_large", file=name)
    if "PanicException" in complaint or status == -11:
        return DomainError("workbook/unreadable", file=name)
    ours = f'  File "{ROOT}{os.sep}'
    frames = [line[len(ours) :] for line in complaint.splitlines() if line.startswith(ours)]
    kind = complaint.strip().rpartition("\n")[2].partition(":")[0]
    return ChildFailed(f"status {status}: {kind} at {' / '.join(frames[-4:])}")


def _tables(said: bytes) -> list[Table]:
    with considerate():
        answer: dict[str, Any] = json.loads(said)
    if error := answer.get("error"):
        raise DomainError(error["key"], **error["params"])
    return [Table.from_json(table) for table in answer["tables"]]
