"""The program `eqabot` (the same as `python -m bot`): one small module a command, imported when it is called."""

import argparse
import os
import re
import sys
from importlib import import_module
from types import TracebackType
from typing import NoReturn

COMMANDS = {
    "run": "启动机器人",
    "demo": "演示：在终端里试用，不需要账号和网络",
    "import": "导入工作簿或 CSV",
    "export": "把数据写成工作簿",
    "template": "输出空白模板",
    "ask": "用参控指南回答问题，不需要网络",
    "cards": "判断群名片是否符合“单位+姓名”",
    "staff": "工作人员名单",
    "group": "管理的群",
    "bind-code": "生成一次性绑定码",
    "audit": "核对操作记录是否完整",
    "migrate": "把数据库升级到最新结构",
    "backup": "备份数据库，运行中也可以",
    "forget": "删除一个账号的个人信息",
    "restore": "从备份恢复；恢复后推送处于暂停状态",
}


class Parser(argparse.ArgumentParser):
    """Bad usage is one line on standard error, status 2."""

    def error(self, message: str) -> NoReturn:
        for pattern, words in _SAYS:
            if found := pattern.search(message):
                message = words.format(*found.groups()).replace("'", "")
                break
        usage = " ".join(self.format_usage().split()[1:])
        self.exit(2, f"用法不对：{message}。应为：{usage}\n")


_SAYS = (
    (re.compile(r"invalid choice: '(.+?)' \(choose from (.+)\)"), "没有「{0}」，可选 {1}"),
    (re.compile(r"arguments are required: (.+)"), "缺少{0}"),
    (re.compile(r"unrecognized arguments: (.+)"), "不认识「{0}」"),
    (re.compile(r"argument (\S+): expected"), "{0} 后面缺少内容"),
    (re.compile(r"argument (\S+): invalid int value: '(.*?)'"), "{0} 应为整数，不是「{1}」"),
)


def _module(name: str) -> str:
    """A module can't be called `import`, nor have a hyphen."""
    return "import_" if name == "import" else name.replace("-", "_")


def make_parser() -> Parser:
    parser = Parser(prog="eqabot", description="质评助手：室间质评的QQ/微信助手")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(module=f"bot.cli.{_module(name)}")
        if len(sys.argv) > 1 and sys.argv[1] == name:
            import_module(sub.get_default("module")).arguments(sub)
    return parser


def main() -> None:
    """Run one command; an error that the user can mend is one sentence, status 1. Whatever is written bears
    codes, scores or telephone numbers, so nobody else may read it."""
    os.umask(0o077)
    sys.excepthook = _broke
    args = make_parser().parse_args()
    from bot.cli import complain
    from core.errors import DomainError

    try:
        status = import_module(args.module).run(args)
    except DomainError as refusal:
        status = complain(refusal)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # nobody reads on at the other end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
        status = 1
    sys.exit(status)


def _broke(kind: type[BaseException], fault: BaseException, where: TracebackType | None) -> None:
    """A defect of the program itself; what it was given stays untold, as in the log."""
    from bot.log import traceback_of

    print(traceback_of(fault.with_traceback(where)), end="", file=sys.stderr)


if __name__ == "__main__":
    main()
