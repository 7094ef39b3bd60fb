"""通知, 撤回, 催报, 电话单 for staff; 收到 for everybody."""

from nonebot.plugin import PluginMetadata

from bot.plugins.notices import calling, sending

__plugin_meta__ = PluginMetadata(name="通知", description="自由通知、撤回、催报、电话单", usage="通知 内容")
__all__ = ["calling", "sending"]
