"""Who is in the demonstration groups, and under which cards: most in form, some not."""

from bot.demo.chance import pick, share
from bot.demo.people import APPLICANT, BOUND, GROUPS, MEMBER, STAFF
from bot.demo.roster import units

PER_GROUP = 60
_SURNAMES, _NAMES = (
    "赵钱孙李周吴郑王冯陈",
    ["晓明", "文静", "建国", "丽", "海燕", "志强", "秀英", "磊", "敏", "芳"],
)
# As the centre meets them: nothing, a nickname, a title, a unit alone, the template copied.
_BAD = ("", "云淡风轻", "王老师", "单位+姓名", "检验科", "芜湖演示云溪医院", "13800000000")


def member_rows() -> list[dict[str, str]]:
    """All groups; the people who speak in the script are in form."""
    rows = [_member(GROUPS[0].id, p.account.id, f"{p.unit}+{p.name}") for p in (APPLICANT, MEMBER, BOUND)]
    rows += [_member(group.id, STAFF.account.id, f"中心-{STAFF.name}", "管理员") for group in GROUPS]
    for group in GROUPS[:2]:
        for number in range(PER_GROUP):
            account = f"9990{group.id[-4:]}{number:03d}"
            rows.append(_member(group.id, account, _card(group.id, number)))
    return rows


def _card(group: str, number: int) -> str:
    if number < len(_BAD) and group == GROUPS[0].id:
        return _BAD[number]
    unit = pick(units(), "card", group, number)
    person = pick(_SURNAMES, "surname", group, number) + pick(_NAMES, "name", group, number)
    joined = "+" if share("joined", group, number) < 0.7 else "-"
    return f"{unit.alias or unit.name}{joined}{person}"


def _member(group: str, account: str, card: str, role: str = "成员") -> dict[str, str]:
    nickname = f"演示{account[-4:]}"
    return {"group": group, "account": account, "card": card, "nickname": nickname, "role": role}
