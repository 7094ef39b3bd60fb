"""Group cards: judged, listed with reasons; nobody is removed by a machine."""

from bot.demo.members import member_rows
from bot.demo.people import MEMBER, NORTH, OFFICE, STAFF
from bot.demo.play import Play


async def cards(play: Play) -> None:
    await play.until("2026-10-20 10:00")
    play.narrate("cards")
    play.pushed_at()
    play.screen.narrate(await play.centre.bring("members", {"members": member_rows()}, play.centre.now))
    await play.says(STAFF, OFFICE, "未备注", "皖北演示群", "云淡风轻", "单位+姓名", without=(MEMBER.unit,))
    await play.is_ignored(MEMBER, NORTH, "未备注")
