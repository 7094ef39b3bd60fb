"""The process that opens a workbook, so that a hostile one can only kill this.

`python -m bot.files.child`: reads {"path", "name", "kind", "code_pattern"} from standard input and
writes {"tables": [...]} or {"error": {"key", "params"}}. Its memory and CPU time are limited on Linux
and macOS; Windows has no `resource` module, there only the parent's clock stops it.
It must start fast: nothing but calamine and core may be imported here.
"""

import csv
import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, PasswordError

from bot.files import limits
from bot.files.sheets import Sheet, read_sheets
from core.errors import DomainError
from core.workbooks.headings import recognise
from core.workbooks.parsing import Settings, parse_rows
from core.workbooks.tables import Table

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def main() -> None:
    gc.disable()  # a short life full of lists: collecting would cost a third of the time
    request = json.loads(sys.stdin.buffer.read())
    limit_resources()
    sys.stdout.buffer.write(answer(request))
    sys.stdout.buffer.flush()
    os._exit(0)  # taking a million cells apart again would take longer than reading them


def limit_resources() -> None:
    if resource is not None:
        seconds = int(limits.CHILD_SECONDS) + 5  # should the parent be gone
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":  # macOS refuses the call
            resource.setrlimit(resource.RLIMIT_AS, (limits.CHILD_MEMORY_BYTES, limits.CHILD_MEMORY_BYTES))


def answer(request: dict[str, Any]) -> bytes:
    try:
        tables = tables_of(request)
        said = _encoded({"tables": [table.to_json() for table in tables]})
        if len(said) > limits.ANSWER_BYTES:
            raise DomainError("workbook/too_large")
    except DomainError as refusal:
        return _refusal(refusal.key, {**refusal.params, "file": request["name"]})
    except MemoryError:
        return _refusal("workbook/too_large", {"file": request["name"]})
    except PasswordError:
        return _refusal("workbook/password", {"file": request["name"]})
    except (CalamineError, csv.Error, UnicodeDecodeError):
        return _refusal("workbook/unreadable", {"file": request["name"]})
    return said


def tables_of(request: dict[str, Any]) -> list[Table]:
    """One table per sheet that says anything. DomainError("workbook/empty") if none does."""
    sheets = [sheet for sheet in read_sheets(Path(request["path"])) if any(map(any, sheet.rows))]
    if sum(len(sheet.rows) - 1 for sheet in sheets) > limits.ROWS:
        raise DomainError("workbook/too_many_rows", limit=limits.ROWS)
    settings = Settings(request["code_pattern"], limits.CELL_CHARACTERS, request["name"])
    tables = [_table(sheet, request["kind"], settings) for sheet in sheets]
    tables = [table for table in tables if table.rows or table.refused]
    if not tables:
        raise DomainError("workbook/empty")
    return tables


def _table(sheet: Sheet, kind: str | None, settings: Settings) -> Table:
    try:
        found = recognise(sheet.rows, kind)
    except DomainError as refusal:
        raise DomainError(refusal.key, **{**refusal.params, "sheet": sheet.name}) from refusal
    return parse_rows(found, sheet.rows, sheet.first_row, settings.of(sheet.name))


def _refusal(key: str, params: dict[str, Any]) -> bytes:
    return _encoded({"error": {"key": key, "params": params}})


def _encoded(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
