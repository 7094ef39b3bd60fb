"""Why a cell was refused, in a few Chinese words; the expected form stands in `Column.note`."""

REASONS = {
    "missing": "没有填写",
    "too_long": "文字太长",
    "text": "无法识别",
    "lab_code": "不是实验室编码",
    "scientific": "被表格改成了科学计数法，末几位已丢失",
    "phone": "不是电话号码",
    "qq": "不是 QQ 号",
    "email": "不是邮箱地址",
    "url": "不是网址",
    "year": "不是年度",
    "activity_no": "不是第几次",
    "times": "不是次数",
    "score": "不是 0–100 的分数",
    "count": "不是个数",
    "group_no": "不是群号",
    "word": "不是可用的填法",
    "date": "不是日期",
    "date_two_ways": "日期有两种读法，可能丢了末尾的 0",
    "date_no_year": "日期缺少年份",
}
