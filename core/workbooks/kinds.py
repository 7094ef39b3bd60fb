"""The kinds of workbook (interfaces §3). A further kind is one more declaration and its name here."""

from core.workbooks.columns import Column
from core.workbooks.kind import Kind
from core.workbooks.plans import PROGRAMMES, ROUNDS
from core.workbooks.reports import SUBMISSIONS
from core.workbooks.rosters import APPLICATIONS, LABS

__all__ = ["KINDS", "Column", "Kind"]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (LABS, APPLICATIONS, PROGRAMMES, ROUNDS, SUBMISSIONS)}
