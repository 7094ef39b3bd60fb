"""How people say 截止 and 上报 without knowing these words; bot/commands.py says what is done with them."""

from typing import Final

_ENDS: Final = """
截止时间 截止日期 截止期限 截止日 截止时刻 截止到什么时候 截止到几号 截至时间 截至日期 上报截止 上报截止时间
上报截止日期 上报截止日 上报期限 上报时间 上报日期 上报时限 什么时候截止 什么时间截止 几号截止 哪天截止 哪一天截止
几月几号截止 何时截止 多久截止 上报什么时候截止 上报几号截止 上报哪天截止 什么时候截止上报 最晚什么时候上报
最后上报时间 上报最后期限 最后期限 最晚上报时间 什么时候到期 还有几天截止 还有多久截止
"""
_WHEN: Final = """
几号 哪天 哪一天 什么时候 什么时间 何时 时间 日期 日子 多久 还有多久 还有几天 几天 是多少 多少 到几号 到哪天
到什么时候 到哪一天 几点 到几点 几月几号 结束 到期 最晚 最后
"""
_WHETHER: Final = """
报了没 报了没有 报没报 报了吗 报了么 报没有 上报没 上报了没 上报了没有 上报了吗 上报没有 有没有报 有没有上报
报上去了吗 报上去了没 报上了吗 报上了没 已报了吗 已报了没 已报没 已上报了吗 已上报了没 已上报没 已经上报了吗
已经上报了没 已经报了吗 已经报了没 是否已报 是否上报
是否已上报 未报 没报 还没报 没有报 未上报 没上报 还没上报 没有上报 还未上报 漏报 上报进度 报送情况
"""
_WITH_REPORTS: Final = "情况 状态 进度 结果 数据 哪些 哪几个 哪个 完 完成 成功 齐 全 有没有 是不是"
_DONE: Final = "已上报 已经上报 已经报了 已经报过 已报过 报过了 上报过了 报完了 上报完了 都报了"
_SIGNED: Final = "签收了吗 签收了没 签收了没有 有没有签收 是否签收 是否已签收"

ENDS = tuple(_ENDS.split())
WHEN = tuple(_WHEN.split())
WHETHER = tuple(_WHETHER.split())
WITH_REPORTS = tuple(_WITH_REPORTS.split())
DONE = tuple(_DONE.split())
SIGNED = tuple(_SIGNED.split())
