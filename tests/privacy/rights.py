"""Who may use which command where: written by hand, next to nothing of it taken from the declarations.

`least`: the least role; `lab`: whether a lab must be bound to the account, and the command is of that lab alone;
past: also while the binding is suspended.
`places`: anywhere (a group, private, a temporary session), private, office (private or a staff group).
`previews`: always (nothing happens before 确认), some (its far-reaching forms), - (it changes nothing for others,
or, as 暂停推送, must not wait)."""

from dataclasses import dataclass

from core.access import Role

_TABLE = """
command      least     lab  places    previews
帮助         anyone    -    anywhere  -
流程         anyone    -    anywhere  -
项目         anyone    -    anywhere  -
计划书       anyone    -    anywhere  -
截止         anyone    -    anywhere  -
查重         anyone    -    anywhere  -
申请状态     anyone    -    anywhere  -
收到         anyone    -    anywhere  -
留言         anyone    -    anywhere  -
绑定         anyone    -    private   -
解绑         anyone    past private   -
我的         anyone    lab  private   -
报名         anyone    lab  private   -
上报         anyone    lab  private   -
已报         anyone    lab  private   -
签收         anyone    lab  private   -
退回申请     anyone    lab  private   -
不能检测     anyone    lab  private   -
提醒         anyone    lab  private   -
成绩         anyone    lab  private   -
趋势         anyone    lab  private   -
证书         anyone    lab  private   -
确认         viewer    -    office    -
单位         viewer    -    office    -
未上报       viewer    -    office    -
未备注       viewer    -    office    -
电话单       viewer    -    office    -
预告         viewer    -    office    -
投递         viewer    -    office    -
待办         viewer    -    office    -
状态         viewer    -    office    -
暂停推送     viewer    -    office    -
恢复推送     operator  -    office    always
绑定码       operator  -    office    some
解除绑定     operator  -    office    some
批准         operator  -    office    always
拒绝         operator  -    office    always
回复         operator  -    office    some
分配         operator  -    office    always
改期         operator  -    office    always
发放         operator  -    office    always
开放申请     operator  -    office    always
延期申请     operator  -    office    always
公布成绩     operator  -    office    always
公布证书     operator  -    office    always
跳过         operator  -    office    always
推迟         operator  -    office    always
补发         operator  -    office    always
放弃         operator  -    office    some
催报         operator  -    office    always
通知         operator  -    office    always
撤回         operator  -    office    always
同意         operator  -    office    always
不同意       operator  -    office    -
授权         admin     -    office    some
审计         admin     -    office    -
"""


@dataclass(frozen=True)
class Right:
    least: Role
    lab: bool
    past: bool
    places: str
    previews: str


def _rights() -> dict[str, Right]:
    rows = [line.split() for line in _TABLE.strip().splitlines()[1:]]
    roles = {"anyone": Role.NONE, "viewer": Role.VIEWER, "operator": Role.OPERATOR, "admin": Role.ADMIN}
    return {
        word: Right(roles[least], lab != "-", lab == "past", where, when) for word, least, lab, where, when in rows
    }


RIGHTS = _rights()
