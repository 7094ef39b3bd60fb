"""What the centre returns to labs: scores and certificates."""

from core.words import name_key
from core.workbooks import cells, columns, figures, words
from core.workbooks.columns import optional, scores, telling
from core.workbooks.kind import Kind

_COUNT = "应写整数，如 5"

SCORES = Kind(
    "scores",
    "质评成绩表",
    (
        columns.YEAR,
        columns.NUMBER,
        columns.PROGRAMME,
        optional(
            "analyte",
            "分析物",
            "细项 分析项目 检测项目 测定项目 检验项目 分析指标 指标",
            cells.text,
            "示例分析物",
            "分析物的名称；不写表示整个项目",
            same=name_key,
        ),
        columns.LAB_CODE,
        optional(
            "acceptable", "及格数", "合格数 及格个数 合格个数 可接受数 满意数 通过数", figures.count, "5", _COUNT
        ),
        optional("total", "总数", "总个数 样本数 样本总数 总样本数", figures.count, "5", _COUNT),
        scores(
            telling(
                optional(
                    "pt",
                    "PT成绩",
                    "PT得分 PT分数 得分% 得分 得分率 成绩 成绩% PT",
                    words.pt_score,
                    "100",
                    "应写 0–100 的数；没有成绩的不填，也可写 不计分 或 不适用",
                )
            )
        ),
        optional(
            "verdict",
            "评价",
            "评价结果 结果评价 成绩评价 评定 判定 结论 满意/不满意 合格/不合格",
            words.verdict,
            "合格",
            "应写 合格、不合格、不计分 或 不适用",
            choices=("合格", "不合格", "不计分", "不适用"),
        ),
        optional("remark", "备注", "说明 附注", cells.text, "示例", "可自由填写"),
    ),
    key=("year", "n", "programme", "analyte", "lab_code"),
)

CERTIFICATES = Kind(
    "certificates",
    "质评证书表",
    (
        columns.YEAR,
        columns.LAB_CODE,
        columns.PROGRAMME,
        telling(
            optional("number", "证书编号", "证书号 证书号码", cells.identifier, "EQA-2026-0001", "尚无编号的不填")
        ),
        optional(
            "state",
            "状态",
            "证书状态 发放状态 发放情况 是否发放",
            words.issued,
            "已发放",
            "应写 已发放 或 未发放；只有编号时算已发放",
            choices=("已发放", "未发放"),
        ),
    ),
    key=("year", "programme", "lab_code"),
)
