"""Scores: what a lab asks in private, and their release by staff."""

from nonebot.plugin import PluginMetadata

from bot.plugins.scores import own, staff, trend

__all__ = ["own", "staff", "trend"]
__plugin_meta__ = PluginMetadata(
    name="成绩", description="质评成绩的查询、趋势与公布", usage="成绩 2026 第1次 凝血"
)
