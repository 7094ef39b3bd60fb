"""Who is in which chat group."""

from core.workbooks import cells, columns, moments, words
from core.workbooks.columns import needed, optional, telling
from core.workbooks.kind import Kind

MEMBERS = Kind(
    "members",
    "群成员表",
    (
        needed(optional("group", "群号", "群号码 QQ群 QQ群号 群", cells.group_no, "10000000", "应为 QQ 群的号码")),
        needed(
            optional(
                "account",
                "账号",
                "帐号 QQ QQ号 QQ号码 成员账号",
                cells.qq,
                "10000",
                "应为 5–11 位数字的 QQ 号；单元格请设为文本格式",
            )
        ),
        telling(
            columns.verbatim(
                "card", "群名片", "名片 群备注 群昵称", "示例市演示医院张三", "群内的名片，照原样填写"
            )
        ),
        columns.verbatim("nickname", "昵称", "QQ昵称 网名", "示例", "QQ 昵称，照原样填写"),
        optional(
            "role",
            "角色",
            "身份 群角色 群身份",
            words.role,
            "成员",
            "应写 群主、管理员、成员 或 机器人；不写即为成员",
            empty="member",
            choices=("群主", "管理员", "成员", "机器人"),
        ),
        optional(
            "joined_at",
            "入群时间",
            "入群日期 加群时间 加入时间",
            moments.start,
            "2026-01-05 09:00",
            columns.MOMENT,
        ),
    ),
    key=("group", "account"),
)
