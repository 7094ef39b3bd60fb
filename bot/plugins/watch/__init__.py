"""状态."""

from nonebot.plugin import PluginMetadata

__plugin_meta__ = PluginMetadata(name="状态", description="一切是否正常", usage="状态")
