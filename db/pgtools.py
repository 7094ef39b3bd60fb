"""PostgreSQL's own programs for copies; what they say may hold data, so it is never shown."""

import asyncio
import os
import shutil

from sqlalchemy.engine import URL

from core.errors import DomainError

_OTHER_VERSION = b"version mismatch"
_UNREADABLE = b"unsupported version"


async def run(name: str, url: URL, *arguments: str) -> None:
    """`pg_dump` or `pg_restore` on a database. DomainError: backup/no_tool, backup/tool_version,
    backup/tool_failed."""
    program = shutil.which(name)
    if program is None:
        raise DomainError("backup/no_tool", tool=name)
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        program, *arguments, env=_environment(url), stdin=nothing, stdout=nothing, stderr=pipe
    )
    _, said = await process.communicate()
    if not process.returncode:
        return
    if _OTHER_VERSION in said or _UNREADABLE in said:
        raise DomainError("backup/tool_version", tool=name)
    raise DomainError("backup/tool_failed", tool=name, status=process.returncode)


def _environment(url: URL) -> dict[str, str]:
    """Where and who; the password stands in no list of processes."""
    host = url.host or url.query.get("host") or "localhost"
    given = {
        "PGHOST": host if isinstance(host, str) else host[0],
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "LC_ALL": "C",
    }
    return {**os.environ, **{key: value for key, value in given.items() if value}}
