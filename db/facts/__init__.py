"""What stands, by natural key, in the workbooks' own values: what an import is compared with."""

from db.facts.lists import StandingLists
from db.facts.rosters import StandingRosters

__all__ = ["Facts"]


class Facts(StandingRosters, StandingLists):
    """The queries of a preview."""
