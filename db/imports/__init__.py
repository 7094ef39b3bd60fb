"""Writing what was judged."""

from db.imports.lists import Lists, import_batch
from db.imports.people import PeopleImports
from db.imports.plans import PlanImports
from db.imports.rosters import RosterImports
from db.imports.staging import Staging, staged_fact

__all__ = ["Imports", "import_batch", "staged_fact"]


class Imports(RosterImports, PlanImports, Lists, Staging, PeopleImports):
    """The queries of an import."""
