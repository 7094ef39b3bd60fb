"""Which function decides what a push of each kind says."""

from core.access import pushes as access
from core.activities import changes, overdue
from core.activities import pushes as activities
from core.certificates import pushes as certificates
from core.enrolment import closing, suspended
from core.enrolment import pushes as enrolment
from core.labs import pushes as labs
from core.members import greeting
from core.notices import pushes as notices
from core.pushes.claim import Decide
from core.pushes.models import Kind
from core.requests import pushes as requests
from core.scores import pushes as scores
from core.watch import pushes as watch

DECIDE: dict[Kind, Decide] = {
    Kind.ASSIGNED: labs.assigned,
    Kind.DISPATCHED: activities.dispatched,
    Kind.REMINDER: activities.reminder,
    Kind.CHANGED: changes.changed,
    Kind.OVERDUE: overdue.overdue,
    Kind.BOUND: access.bound,
    Kind.BURNT: access.burnt,
    Kind.ALARM: watch.alarm,
    Kind.DECIDED: requests.decided,
    Kind.OPENED: enrolment.opened,
    Kind.CLOSING: closing.closing,
    Kind.EXTENDED: closing.extended,
    Kind.SUSPENDED: suspended.suspended,
    Kind.RELEASED: scores.released,
    Kind.CERTIFICATES: certificates.issued,
    Kind.NOTICE: notices.notice,
    Kind.WELCOME: greeting.say_welcome,
    Kind.THANKS: greeting.say_thanks,
}
