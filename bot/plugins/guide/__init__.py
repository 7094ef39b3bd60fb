"""The centre's own guide: part by part, topic by topic, and in answer to questions in plain words."""

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command, question
from bot.guide import guide, text_of
from core.access import Principal
from core.errors import DomainError
from core.words import name_key

__plugin_meta__ = PluginMetadata(name="指南", description="参控流程，回答提问", usage="流程 申请")

PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("apply", "新参控单位申请", ("申请", "参控", "登记", "加群", "新单位", "1", "第一部分")),
    ("enrol", "质评申请", ("报名", "年度申请", "质评", "登录", "2", "第二部分")),
    ("report", "质评数据上报", ("上报", "试验上报", "签收", "3", "第三部分")),
    ("score", "成绩与证书", ("成绩", "证书", "4", "第四部分")),
)


@command(
    "流程",
    summary="参控流程",
    example="流程 上报",
    slots=(Slot.TEXT,),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    personal=False,
)
async def parts(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    if not ask.text:
        return Answer("guide/index", {"parts": PARTS})
    wanted = name_key(ask.text)
    for name, title, words in PARTS:
        if wanted in {name_key(word) for word in (title, *words)}:
            return Answer(f"guide/{name}", {"settings": ctx.settings, "title": title})
    if (answer := _answer(ask.text, ctx)) is None:
        raise DomainError("guide/unknown", word=ask.text, parts=[title for _, title, _ in PARTS])
    return answer


@question
async def plain_question(ask: Ask, _who: Principal, ctx: Context) -> Answer | None:
    return _answer(ask.text, ctx)


def _answer(text: str, ctx: Context) -> Answer | None:
    """The topic, two to choose from, or None where the guide knows nothing of it."""
    guess = guide().ask(text)
    if guess.topic is not None:
        return Answer("guide/answer", {"text": text_of(guess.topic, ctx.settings), "source": guess.topic.source})
    if guess.alternatives:
        shown = {"asks": guess.asks, "topics": guess.alternatives, "phone": ctx.settings.centre_phone}
        return Answer("guide/choice", shown)
    return None
