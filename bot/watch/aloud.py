"""Alarms said without a push, when nothing can be written: the one exception from "only the deliverer sends"."""

from collections.abc import Iterable, Sequence

from bot.channels import Channel
from bot.texts import say
from core.pushes.models import Target
from core.pushes.states import Outcome
from core.watch.pushes import trouble_facts, trouble_view
from core.watch.troubles import Alarm


async def say_aloud(alarms: Iterable[Alarm], targets: Iterable[Target], channels: Sequence[Channel]) -> bool:
    """Whether anybody was told. There is no reference, for nobody could look it up."""
    by_name = {channel.name: channel for channel in channels}
    told = False
    for alarm in alarms:
        text = say("watch/alarm", {**trouble_view(trouble_facts(alarm)), "reference": ""})
        for target in targets:
            channel = by_name.get(target.channel)
            if channel is not None and channel.is_online():
                told |= (await channel.send(target, text)).outcome is Outcome.DELIVERED
    return told
