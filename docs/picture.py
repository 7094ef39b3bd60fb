"""`uv run python docs/picture.py`: plays the demonstration and draws what was said for README."""

import asyncio
import contextlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import noto_cjk_sans_otc
from PIL import Image, ImageDraw, ImageFont

from bot.demo import script
from bot.demo.people import BOT
from bot.demo.screen import Message, Screen
from bot.demo.wrap import wrapped
from core.calendar import SHANGHAI

HERE = Path(__file__).parent
FONT = Path(noto_cjk_sans_otc.__file__).with_name("NotoSansCJK-Regular.ttc")
WIDTH, GAP, PAD, SIZE, LEADING, COLUMNS = 470, 24, 14, 22, 31, 34
BACKGROUND, SHEET, OURS, THEIRS, INK, FAINT = "#dfe3e8", "#f2f3f5", "#ffffff", "#9eea6a", "#1a1a1a", "#8a8f98"
SIMPLIFIED = 2  # the face of the collection with the forms of mainland China


def said(messages: Sequence[Message], place: str, *beginnings: str) -> list[Message]:
    """The first message of the conversation that begins so, one after the other."""
    found: list[Message] = []
    at = 0
    for beginning in beginnings:
        at = next(i for i in range(at, len(messages)) if _is(messages[i], place, beginning)) + 1
        found.append(messages[at - 1])
    return found


def _is(message: Message, place: str, beginning: str) -> bool:
    here = message.target.startswith(place) or (message.sender == place and not message.group)
    return here and message.text.startswith(beginning)


def phone(title: str, messages: Sequence[Message], font: Callable[[int], ImageFont.FreeTypeFont]) -> Image.Image:
    lines = [wrapped(message.text, COLUMNS) for message in messages]
    height = 64 + sum(len(some) * LEADING + 2 * PAD + 44 for some in lines) + GAP
    image = Image.new("RGB", (WIDTH, height), SHEET)
    draw = ImageDraw.Draw(image)
    draw.text((WIDTH / 2, 32), title, INK, font(SIZE + 2), anchor="mm")
    y = 64
    for message, some in zip(messages, lines, strict=True):
        y = _bubble(draw, y, message, some, font)
    return image


def _bubble(
    draw: ImageDraw.ImageDraw,
    y: int,
    message: Message,
    lines: Sequence[str],
    font: Callable[[int], ImageFont.FreeTypeFont],
) -> int:
    ours = message.sender == BOT
    width = max(int(draw.textlength(line, font(SIZE))) for line in lines) + 2 * PAD
    left = GAP // 2 if ours else WIDTH - GAP // 2 - width
    name = f"{message.sender}  {message.at.astimezone(SHANGHAI):%m-%d %H:%M}"
    draw.text((left if ours else left + width, y), name, FAINT, font(SIZE - 6), anchor="la" if ours else "ra")
    box = (left, y + 24, left + width, y + 24 + len(lines) * LEADING + 2 * PAD)
    draw.rounded_rectangle(box, 10, OURS if ours else THEIRS)
    for number, line in enumerate(lines):
        draw.text((left + PAD, y + 22 + PAD + number * LEADING), line, INK, font(SIZE))
    return int(box[3]) + 20


def main() -> None:
    screens: list[Screen] = []

    class Kept(Screen):
        def __init__(self) -> None:
            super().__init__()
            screens.append(self)

    script.Screen = Kept  # type: ignore[misc]
    with contextlib.redirect_stdout(io.StringIO()):
        asyncio.run(script.play())
    messages = screens[0].messages
    group = said(
        messages,
        "皖北演示群",
        "【编码分配】",
        "这是一张绑定码",
        "截止 糖化",
        "【上报截止】",
        "成绩 凝血",
        "涉及本单位",
    )
    private = said(messages, "刘青", "已绑定", "【上报提醒】", "成绩 凝血", "【成绩】")
    fonts: dict[int, ImageFont.FreeTypeFont] = {}

    def font(size: int) -> ImageFont.FreeTypeFont:
        return fonts.setdefault(size, ImageFont.truetype(str(FONT), size, index=SIMPLIFIED))

    phones = [phone("皖北演示群", group, font), phone("质评助手（私聊）", private, font)]
    picture = Image.new("RGB", (2 * WIDTH + 3 * GAP, max(p.height for p in phones) + 2 * GAP), BACKGROUND)
    for number, one in enumerate(phones):
        picture.paste(one, (GAP + number * (WIDTH + GAP), GAP))
    picture.quantize(64).save(HERE / "demo.png", optimize=True)


if __name__ == "__main__":
    main()
