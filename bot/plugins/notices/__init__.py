"""通知."""

from nonebot.plugin import PluginMetadata

__plugin_meta__ = PluginMetadata(name="通知", description="自由通知、收到、电话单", usage="通知 内容")
