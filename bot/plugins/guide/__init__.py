"""The centre's own guide, part by part."""

from nonebot.plugin import PluginMetadata

from bot.commands import Answer, Ask, Context, Slot, command
from core.access import Principal
from core.errors import DomainError
from core.words import name_key

__plugin_meta__ = PluginMetadata(name="指南", description="参控流程各部分", usage="流程 申请")

PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("apply", "新参控单位申请", ("申请", "参控", "登记", "加群", "新单位", "1", "第一部分")),
    ("enrol", "质评申请", ("报名", "年度申请", "质评", "登录", "2", "第二部分")),
    ("report", "质评数据上报", ("上报", "试验上报", "签收", "计划书", "3", "第三部分")),
    ("score", "成绩与证书", ("成绩", "证书", "PT", "不计分", "4", "第四部分")),
)


@command("流程", summary="参控流程", example="流程 上报", slots=(Slot.TEXT,), personal=False)
async def guide(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    if not ask.text:
        return Answer("guide/index", {"parts": PARTS})
    wanted = name_key(ask.text)
    for name, title, words in PARTS:
        if wanted in {name_key(word) for word in (title, *words)}:
            return Answer(f"guide/{name}", {"settings": ctx.settings, "title": title})
    raise DomainError("guide/unknown", word=ask.text, parts=[title for _, title, _ in PARTS])
