"""Programmes, deadlines, samples, and who has not reported."""

from nonebot.plugin import PluginMetadata

from bot.plugins.activities import changes, everybody, own, reminding, staff

__all__ = ["changes", "everybody", "own", "reminding", "staff"]
__plugin_meta__ = PluginMetadata(name="活动", description="项目、截止、上报、签收、发放、改期", usage="截止 糖化")
