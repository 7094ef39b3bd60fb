"""Which function decides what a push of each kind says."""

from core.activities import pushes as activities
from core.labs import pushes as labs
from core.pushes.claim import Decide
from core.pushes.models import Kind

DECIDE: dict[Kind, Decide] = {
    Kind.ASSIGNED: labs.assigned,
    Kind.DISPATCHED: activities.dispatched,
    Kind.REMINDER: activities.reminder,
}
