"""/metrics: what stands at the moment of asking, beside what `bot.metrics` counts. No names but of channels."""

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from bot import metrics
from bot.watch.board import Board
from bot.web.ready import ask
from core.clock import Clock
from core.pushes.states import State
from db.unit import Database

REGISTRY = CollectorRegistry()
_DELIVERIES = Gauge("eqabot_deliveries", "Deliveries by state.", ("state",), registry=REGISTRY)
_OLDEST = Gauge("eqabot_oldest_due_seconds", "Age of the longest due message that waits.", registry=REGISTRY)
_HELD = Gauge("eqabot_held", "1 while all sending is held.", registry=REGISTRY)
_DATABASE = Gauge("eqabot_database_up", "1 if the database answers.", registry=REGISTRY)
_TICK = Gauge("eqabot_tick_age_seconds", "Since the last tick came to its end.", registry=REGISTRY)
_LAG = Gauge("eqabot_loop_lag_seconds", "By how much the event loop was late at the last look.", registry=REGISTRY)
_ONLINE = Gauge("eqabot_channel_online", "1 if the channel can speak.", ("channel",), registry=REGISTRY)


async def exposition(db: Database, board: Board, clock: Clock) -> bytes:
    """Prometheus' text format."""
    picture = await ask(db, clock)
    _DATABASE.set(picture is not None)
    if picture is not None:
        for state in State:
            _DELIVERIES.labels(state).set(picture.counts.get(state, 0))
        _OLDEST.set(picture.oldest.total_seconds())
        _HELD.set(picture.held)
    for channel in board.channels:
        _ONLINE.labels(channel.name).set(channel.is_online())
    _TICK.set(board.tick_age(clock.real()).total_seconds())
    _LAG.set(board.lag)
    return generate_latest(REGISTRY) + generate_latest(metrics.REGISTRY)
