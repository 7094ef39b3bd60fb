"""The weeks before the spring deadlines: fewer each time, and silence when all have reported."""

import re
from itertools import pairwise

from bot.demo.people import APPLICANT, BOUND, MEMBER, NORTH, PRIVATE, STAFF
from bot.demo.play import Play, check
from bot.demo.screen import Message

MOST = "全血细胞计数"


async def spring(play: Play) -> None:
    play.narrate("remind")
    await play.until("2026-03-24 16:00")
    receipts, *seen = play.pushed_at("2026-03-18 10:00", "2026-03-20 17:00")
    check("签收情况未知" in receipts.text, "reply", text="签收提醒", missing="签收情况未知")
    play.told(APPLICANT)  # seven days before only the groups hear of it
    play.told(BOUND)
    await play.says(APPLICANT, PRIVATE, "上报", "凝血试验：未报", "已上报数据")
    play.narrate("merged")
    await play.until("2026-03-26 18:00")
    seen += play.pushed_at("2026-03-24 17:00", "2026-03-26 17:00")
    (own,) = play.told(APPLICANT, "2026-03-24 17:00")  # by the 26th all is reported
    check("凝血试验" in own.text and "常规化学" not in own.text, "reply", text="提醒", missing="凝血试验")
    play.told(BOUND)
    check("3月31日" in seen[1].text and "3月27日" in seen[1].text, "reply", text="提醒", missing="3月31日")
    _check_shrinking(seen)
    play.narrate("own")
    await _staff_look(play, seen[0])
    play.narrate("finished")
    await play.until("2026-03-27 18:00")
    (next_one,) = play.pushed_at("2026-03-27 17:00")
    check("3月27日（周五）17:00" not in next_one.text, "unwanted", text="提醒", found="3月27日（周五）17:00")
    await play.says(MEMBER, NORTH, "截止 血常规", "第2次", "9月11日")
    play.narrate("last")
    await play.until("2026-03-31 18:00")
    last = play.pushed_at("2026-03-30 17:00", "2026-03-31 14:00")
    check("不足3家" in last[-1].text, "reply", text="提醒", missing="不足3家")


async def _staff_look(play: Play, reminder: Message) -> None:
    play.narrate("staff")
    await play.says(STAFF, PRIVATE, "未上报 2026 第1次 血常规", MOST, "已上报", "数据截至")
    await play.says(STAFF, PRIVATE, "投递", "已送达")
    number = re.search(r"通知 (\d+-\d+)", reminder.text)
    assert number is not None
    await play.says(STAFF, PRIVATE, f"投递 {number[1]}", "皖北演示群", "皖南演示群", "已送达")


def _check_shrinking(reminders: list[Message]) -> None:
    found = [re.search(rf"{MOST}：未上报 (\d+)", reminder.text) for reminder in reminders]
    counts = [int(one[1]) for one in found if one]
    falling = len(counts) == len(reminders) and all(a > b for a, b in pairwise(counts))
    check(falling, "shrinking", counts="、".join(map(str, counts)))
