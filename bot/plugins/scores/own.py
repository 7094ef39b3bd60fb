"""成绩: what a lab's own people ask in private."""

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.activities.use import local_day
from core.scores.analytes import KNOWN
from core.scores.use import my_scores

# Whether they are out (出来, 什么时候) and where they stand (如何, 怎样) is asked of the guide: no such words.
_ALONG = """多少 多少分 几分 怎么样 好不好 好吗 合格 合格吗 合不合格 不合格 及格 情况 结果 明细 全部 所有 哪些
有哪些 都有哪些 过了 过 细项 最近 最近一次 最新 上次 有没有"""

_PASSED = "合格没 合格没有 合格了没 合格了没有 合格了吗 过了没 过了没有"


@command(
    "成绩",
    "查成绩",
    "查询成绩",
    "我的成绩",
    "成绩单",
    summary="本单位的质评成绩",
    example="成绩 2026 第1次 凝血",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    spoken=("pt成绩", "分数", "得分", "成绩情况", "成绩结果", "成绩明细", "考核成绩", *_PASSED.split()),
    along=tuple(_ALONG.split()),
    takes=KNOWN,
)
async def scores(ask: Ask, who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.write(lambda tx: my_scores(tx, who, ask.year, ask.n, ask.words, ctx.now))
    view = {
        "found": found,
        "named": bool(ask.words),
        "today": local_day(ctx.now),
        "phone": ctx.settings.centre_phone,
    }
    return Answer("scores/mine", view, private=who.labs)
