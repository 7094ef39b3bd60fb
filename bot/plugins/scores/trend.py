"""趋势: the lab's PT scores of one programme from round to round, as a picture, or in words where that fails."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.answers import Answer, Sketch
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.pictures import drawn
from bot.pictures.trend import Chart, Dot, draw
from bot.texts import say
from core.access import Principal
from core.activities.use import local_day
from core.scores.trend import Trend, trend

FIXED = 8  # lines of trend_picture.j2 before those of the rounds


@command(
    "趋势",
    "成绩趋势",
    "历次成绩",
    "历年成绩",
    summary="本单位一个项目历次成绩的图",
    example="趋势 凝血",
    slots=(Slot.YEAR, Slot.WORDS, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    spoken=(
        "成绩走势",
        "成绩变化",
        "成绩曲线",
        "走势",
        "往年成绩",
        "成绩走向",
        "成绩的趋势",
        "历史成绩",
        "pt成绩趋势",
    ),
    along=("图", "图表", "曲线", "怎么样", "情况", "变化", "成绩", "我的成绩"),
)
async def course(ask: Ask, who: Principal, ctx: Context) -> Answer:
    pass_score = ctx.settings.pass_score
    found = await ctx.db.write(lambda tx: trend(tx, who, ask.words, ask.year, ctx.now, pass_score))
    view = {"t": found, "today": local_day(ctx.now)}
    sketch = Sketch("成绩趋势.png", say("scores/trend_lines", view), partial(_draw, found, view))
    return Answer("scores/trend", view, private=frozenset({found.lab_id}), picture=sketch)


async def _draw(found: Trend, view: Mapping[str, Any]) -> bytes | None:
    chart = chart_of(found, say("scores/trend_picture", view).splitlines())
    return await drawn(partial(draw, chart))


def chart_of(found: Trend, lines: list[str]) -> Chart:
    """`lines`: the words of the picture, those of the rounds among them."""
    title, name, passed, failed, median, line, rounds, years = lines[:FIXED]
    count = len(found.points)
    gaps, foot = lines[FIXED : FIXED + count], lines[FIXED + count :]
    dots = tuple(
        Dot(one.past.year, one.past.n, one.pt, one.median, one.passed, one.pass_score, gap)
        for one, gap in zip(found.points, gaps, strict=True)
    )
    return Chart(title, name, (passed, failed, median, line), rounds, years, dots, tuple(foot))
