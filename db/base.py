"""What every subject's queries build on."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class Queries:
    """One transaction's connection, with the statement forms that differ between databases."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _run(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        return await self._connection.execute(statement, values)

    async def _all(self, statement: Executable) -> Sequence[Any]:
        return (await self._connection.execute(statement)).all()

    async def _rows(self, statement: Executable, size: int = 2000) -> AsyncIterator[Any]:
        """Row by row, read in pieces: others get their turn between them, and memory holds one."""
        options = {"yield_per": size}
        async with self._connection.stream(statement, execution_options=options) as result:
            async for piece in result.partitions():
                for row in piece:
                    yield row

    async def _one(self, statement: Executable) -> Any:
        return (await self._connection.execute(statement)).first()

    def _insert(self, table: Table) -> Any:
        """An INSERT that knows ON CONFLICT."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        return dialect.insert(table)


def chunks(rows: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
