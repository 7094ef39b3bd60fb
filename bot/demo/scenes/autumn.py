"""The second activity: the same again, at a walk."""

from bot.demo.moments import clock_text
from bot.demo.people import MEMBER, NORTH, OFFICE, STAFF
from bot.demo.play import Play, check


async def autumn(play: Play) -> None:
    play.narrate("autumn")
    await play.until("2026-08-27 10:00")
    preview = await play.says(STAFF, OFFICE, "发放 2026 第2次", "21个项目")
    await play.confirms(STAFF, OFFICE, preview, "已记录")
    sent = play.centre.now
    await play.until("2026-09-16 09:00")
    reminders = play.pushed_at(
        clock_text(sent),
        "2026-09-02 10:00",
        "2026-09-04 17:00",
        "2026-09-08 17:00",
        "2026-09-10 17:00",
        "2026-09-11 17:00",
        "2026-09-14 17:00",
        "2026-09-15 14:00",
    )
    check("第2次" in reminders[2].text, "reply", text="提醒", missing="第2次")
    await play.says(MEMBER, NORTH, "截止", "最近截止")
