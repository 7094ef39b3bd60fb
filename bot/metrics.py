"""Whatever is counted while it happens; numbers only, no names (style, habit 12)."""

from prometheus_client import CollectorRegistry, Counter, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

ATTEMPTS = Counter(
    "eqabot_attempts", "Attempts to send a push since the start.", ("channel", "outcome"), registry=REGISTRY
)
INBOUND = Counter("eqabot_inbound", "Messages taken in since the start.", registry=REGISTRY)
UNANSWERED = Counter(
    "eqabot_unanswered",
    "Messages met with silence since the start: too many of one person, of one group, or from another robot.",
    ("why",),
    registry=REGISTRY,
)
