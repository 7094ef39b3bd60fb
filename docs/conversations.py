"""`uv run python docs/conversations.py [--check]`: holds ten conversations with the demonstration's centre and
writes them down as 对话示例.md, word for word. `--check` only compares (status 1 where the product says something
else now)."""

import asyncio
import contextlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo.centre import Centre
from bot.demo.moments import at, clock_text
from bot.demo.people import APPLICANT, BOUND, MEMBER, NORTH, OFFICE, PRIVATE, STAFF, Person, Place
from bot.demo.roster import BOUND_LAB, NEW
from bot.demo.screen import Message, Screen

PAGE = Path(__file__).with_name("对话示例.md")
START = at("2025-10-13 15:00")
HEAD = """# 十段对话

以下对话由 `uv run python docs/conversations.py` 在演示数据上真实运行得到，一字未改
（确认编号和绑定码每次不同，以 ···· 代替）。人物、单位均为虚构。「沉默」表示机器人没有回答。
"""


@dataclass(frozen=True)
class Talk:
    """`lines`: who says what where; 确认 takes the number of the preview before it. `at`: when it begins."""

    title: str
    lines: tuple[tuple[Person, Place, str], ...]
    at: str = ""


def _by(who: Person, where: Place, *texts: str) -> tuple[tuple[Person, Place, str], ...]:
    return tuple((who, where, text) for text in texts)


TALKS = (
    Talk(
        "一、新单位：该不该申请（群里）",
        _by(MEMBER, NORTH, "大家早上好", "查重 合肥演示晴川门诊部", "查重 太和演示清禾卫生院", "流程 1"),
    ),
    Talk(
        "二、编码分配了没有（申请人私聊）",
        (
            *_by(APPLICANT, PRIVATE, "我们的编码分配了吗", "申请状态"),
            (STAFF, OFFICE, f"分配 申请1 {NEW}"),
            (STAFF, OFFICE, "确认"),
            *_by(APPLICANT, PRIVATE, "申请状态", "好的谢谢"),
            (MEMBER, NORTH, "申请状态 合肥演示望湖医院"),
        ),
        "2025-10-14 09:30",
    ),
    Talk(
        "三、直接提问（私聊）",
        _by(
            MEMBER,
            PRIVATE,
            "老师好，成绩一般多久能出来呀？",
            "上报完发现填错了咋办",
            "回报是什么时候",
            "1",
            "质控品的参考范围是多少",
            "今天天气怎么样",
        ),
        "2026-03-20 10:00",
    ),
    Talk(
        "四、截止时间（群里和私聊）",
        (
            *_by(MEMBER, NORTH, "截止 糖化", "截止快到了吧大家注意", "成绩 凝血"),
            *_by(BOUND, PRIVATE, "2026年第1次 血球 截止", "生化几号截止", "截止 雪球", "1"),
        ),
    ),
    Talk(
        "五、质控品到了（私聊）",
        (
            *_by(STAFF, OFFICE, "发放 2026 第1次 全部", "确认"),
            *_by(BOUND, PRIVATE, "签收 血球 尿常规", "计划书 血球", "签收 异常 生化破损一支", "收到"),
        ),
        "2026-03-20 10:30",
    ),
    Talk(
        "六、报了没有（私聊）",
        _by(
            BOUND, PRIVATE, "上报", "已报 血球 尿常规", "提醒 关", "提醒 开", "我们报名了哪些项目", "已报了怎么改"
        ),
    ),
    Talk(
        "七、退回和不能检测（私聊，中心答复）",
        (
            *_by(BOUND, PRIVATE, "退回申请 血球 结果填错了", "不能检测 生化 仪器故障，月底才能修好"),
            *_by(STAFF, OFFICE, "拒绝 2 截止前请自行重新上报", "确认", "批准 3", "确认"),
            *_by(BOUND, PRIVATE, "上报"),
        ),
    ),
    Talk(
        "八、留言（群里留言，中心答复）",
        (
            *_by(MEMBER, NORTH, "留言 我们科室换了联系人，怎样更新？"),
            *_by(STAFF, OFFICE, "回复 4 请把新的联系人和电话发到中心邮箱，我们更新名录。", "确认"),
        ),
    ),
    Talk(
        "九、成绩和趋势（私聊）",
        (
            *_by(BOUND, PRIVATE, "今年血球成绩出来了吗"),
            *_by(STAFF, OFFICE, "公布成绩 2026 第1次 全部", "确认"),
            *_by(BOUND, PRIVATE, "成绩", "查一下今年血球成绩", "成绩 感染", "1", "趋势 血球"),
            *_by(MEMBER, PRIVATE, "成绩"),
        ),
        "2026-04-17 09:30",
    ),
    Talk(
        "十、证书和我的单位（私聊）",
        _by(BOUND, PRIVATE, "证书发了没", "我的", "帮助"),
        "2026-12-11 09:30",
    ),
)


async def held() -> str:
    """All of them, one after the other, on one centre."""
    screen = Screen()
    with TemporaryDirectory(prefix="eqabot-docs-") as folder:
        centre = Centre(Path(folder), screen, START)
        try:
            await centre.open(START)
            await centre.bind(BOUND, BOUND_LAB, START)
            await centre.bring_applications(START)
            parts = [await _hold(centre, screen, talk) for talk in TALKS]
        finally:
            await centre.close()
    return "\n".join([HEAD, *parts])


async def _hold(centre: Centre, screen: Screen, talk: Talk) -> str:
    if talk.at:
        await centre.forward(at(talk.at))
    begun = len(screen.messages)
    moment = clock_text(centre.now)
    silent: set[int] = set()
    code = ""
    for who, where, text in talk.lines:
        said = f"确认 {code}" if text == "确认" else text
        target = where.name if where.group else "质评助手（私聊）"
        screen.show(Message(centre.now, who.name, target, said, where.group))
        before = len(screen.messages)
        replies = await centre.hear(who, where, said)
        code = next((found[1] for reply in replies if (found := re.search(r"确认 (\d{4})", reply))), "")
        if not replies:
            silent.add(before - 1)
    return _page(talk.title, moment, screen.messages[begun:], {number - begun for number in silent})


def _page(title: str, moment: str, messages: list[Message], silent: set[int]) -> str:
    lines = [f"## {title}", "", f"{moment}", "", "```text"]
    for number, one in enumerate(messages):
        if number and one.pushed and one.is_copy_of(messages[number - 1]):
            continue
        lines.append(f"{one.sender} → {one.target}")
        lines += [f"    {line}" for line in _stable(one.text).split("\n")]
        if number in silent:
            lines.append("    （沉默）")
    return "\n".join([*lines, "```", ""])


def _stable(text: str) -> str:
    text = re.sub(r"确认 \d{4}", "确认 ····", text)
    text = re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", "····-····-····", text)
    return re.sub(r"〔通知 [\d-]+〕", "〔通知 ····〕", text)


def main() -> int:
    with contextlib.redirect_stdout(io.StringIO()):
        page = asyncio.run(held())
    if "--check" in sys.argv:
        return int(page != PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
