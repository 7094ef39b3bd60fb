"""One NoneBot plugin a subject, thin: commands are declared here, rules live in core, words in templates."""

NAMES = (
    "door",
    "access",
    "guide",
    "labs",
    "activities",
    "enrolment",
    "scores",
    "certificates",
    "members",
    "pushes",
    "notices",
    "requests",
    "watch",
    "audit",
)
