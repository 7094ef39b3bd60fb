"""What staff are told unasked of member lists (domain §6: a void reading raises an alarm)."""

from datetime import datetime, timedelta

from core.access import ManagedGroup
from core.calendar import shanghai
from core.members.reading import Void
from core.pushes.models import Kind, Planned

ALARMED_FOR = timedelta(days=1)


def void_alarm(group: ManagedGroup, why: Void, now: datetime) -> Planned:
    """Once a day and group, whatever the reason."""
    key = f"{Kind.ALARM}:members:{group.platform}:{group.id}:{shanghai(now).date().isoformat()}"
    facts = {"about": "members", "group": group.name, "why": why.name.lower()}
    return Planned(Kind.ALARM, key, now, now + ALARMED_FOR, facts)
