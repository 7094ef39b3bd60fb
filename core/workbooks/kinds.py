"""The kinds of workbook (interfaces §3). A further kind is one more declaration and its name here."""

from core.workbooks.columns import Column
from core.workbooks.kind import Kind
from core.workbooks.people import MEMBERS
from core.workbooks.plans import PROGRAMMES, ROUNDS
from core.workbooks.reports import ENROLMENTS, RECEIPTS, SUBMISSIONS
from core.workbooks.results import CERTIFICATES, SCORES
from core.workbooks.rosters import APPLICATIONS, LABS

__all__ = ["KINDS", "Column", "Kind"]

# Later ones lean on earlier ones: an import judges and writes them in this order.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        LABS,
        APPLICATIONS,
        PROGRAMMES,
        ROUNDS,
        ENROLMENTS,
        SUBMISSIONS,
        RECEIPTS,
        SCORES,
        CERTIFICATES,
        MEMBERS,
    )
}
