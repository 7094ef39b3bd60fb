"""What makes a sheet of one kind."""

from dataclasses import dataclass

from core.workbooks.columns import Column


@dataclass(frozen=True, slots=True)
class Kind:
    """`key`: idents that together make out a row; a second row with the same ones is refused.

    A key column that the sheet lacks counts as blank.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required_heading)

    @property
    def telling(self) -> Column:
        """The column that best says which row is meant: 实验室编码 rather than 年度."""
        return [column for column in map(self.column, self.key) if column.required_value][-1]

    def column(self, ident: str) -> Column:
        return next(column for column in self.columns if column.ident == ident)
