"""What people write to speak through the bot, and every template rendered with nothing else."""

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from random import Random
from typing import Any

from jinja2 import Environment, UndefinedError, meta

from bot import texts
from core.errors import DomainError
from core.pushes.parts import marks_in
from core.words.fold import UNSEEN
from tests.chameleons import Chameleon, Dice

MARK = "〔通知 26-0317-2〕"
ATOMS = (
    "[CQ:at,qq=all]", "[CQ:image,file=http://演示.example/a.png]", "&#91;CQ:at,qq=all&#93;", "@全体成员",
    "<@all>", "<xml><a>1</a></xml>", "**粗**", "[链](http://演示.example)", "{{ 7*7 }}", "{% raw %}", "%s%n",
    "${jndi:ldap}", MARK, "〔通知\u200b 26-0317-2〕", "〔通知 26-〔通知 26-0317-2〕0317-2〕", "〔演练〕",
    "〔 演练〕", "【通知】", "\n【公告】", "\r\n【成绩】", "\u2028【成绩】", "\x85▍", "\n· 合格", "\n\n\n\n",
    "\r", "\x0b", "\x0c", "\x1c", "\t", "\0", "\x07", "\x1b[2J\x1b[31m", "\x9b31m", "\x7f", "\u202e", "\u2066",
    "\u2069", "\u200e", "\u061c", "\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\U000e0041", "\U000e007f",
    "\ue000", "\U0010fffd", "\ud800", "\udfff", "\ufffe", "\U0001ffff", "\ufdd0", "\u3164", "\uffa0", "\u115f",
    "\u034f", "\ufe0f", "\u2800", "\u00a0", "\u3000", " " * 300, "Z" +"\u0335" * 50, "=1+1", "+1", "-1",
    "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A0", "=HYPERLINK(\"http://演示.example\")", "_x0000_",
    "'; DROP TABLE lab;--", "340001", "演示医院", "医" * 600, "😀", "👨\u200d👩\u200d👧", "\n.\n",
    "Bcc: a@演示.example",
)  # fmt: skip


def wicked(random: Random) -> str:
    """A few of them with something visible among them."""
    return "".join(random.choices(ATOMS, k=random.randint(1, 4))) + random.choice(("演示", "1", "甲\n乙"))


def environment() -> Environment:
    """The product's own, except that a chameleon finds something in every table of words."""
    made = texts._environment()
    ask = type(made).getitem

    def getitem(container: Any, key: Any) -> Any:
        if isinstance(container, dict | list) and isinstance(key, Chameleon):
            return key._dice.way.choice(list(container.values() if isinstance(container, dict) else container))
        return ask(made, container, key)

    made.getitem = getitem  # type: ignore[method-assign]
    return made


def templates() -> list[str]:
    """By the names that `say` takes; what only others import begins with a line."""
    files = (path.relative_to(texts.HERE) for path in texts.HERE.rglob("*.j2"))
    return sorted(path.as_posix().removesuffix(".j2") for path in files if not path.name.startswith("_"))


def variables(made: Environment, source: str) -> set[str]:
    """What a template and those that it takes in want to know."""
    tree = made.parse(source)
    names = set(meta.find_undeclared_variables(tree))
    for other in meta.find_referenced_templates(tree):
        names |= variables(made, _source(made, other)) if other else _of_all()
    return names


def _source(made: Environment, file: str) -> str:
    assert made.loader
    return made.loader.get_source(made, file)[0]


@cache
def _of_all() -> frozenset[str]:
    """What any template wants: one that takes in another by a variable may need it."""
    made = environment()
    trees = (made.parse(path.read_text(encoding="utf-8")) for path in texts.HERE.rglob("*.j2"))
    return frozenset[str]().union(*map(meta.find_undeclared_variables, trees))


def view(dice: Dice, names: frozenset[str], given: Mapping[str, object]) -> dict[str, object]:
    return {name: Chameleon(dice) for name in sorted(names)} | dict(given)


# What is ours already, and what staff may write over several lines
GIVEN: Mapping[str, Mapping[str, object]] = {
    "pushes/push": {"body": f"一行\n{MARK}"},
    "pushes/again": {"body": f"一行\n{MARK}"},
    "guide/answer": {"text": "一行\n二行"},
    "access/agree": {"inner": "access/role_summary.j2"},
    "access/agreed": {"inner": "access/role_summary.j2"},
}
WRITTEN = {"notices/notice", "pushes/notice.free", "requests/answer", "requests/told"}


def render(name: str, dice: Dice) -> str:
    """A template (`labs/status`) or a refusal's sentence (`error labs/code`) over chameleons."""
    environment()
    kind, _, key = name.rpartition(" ")
    if kind:
        return texts.say_error(DomainError(key, **view(dice, _asked(name), {})))
    given = {"today": date(2026, 3, 24)} | dict(GIVEN.get(name, {}))
    return texts.say(name, view(dice, _asked(name), given))


@cache
def _asked(name: str) -> frozenset[str]:
    made = environment()
    kind, _, key = name.rpartition(" ")
    if not kind:
        return frozenset(variables(made, _source(made, f"{name}.j2")))
    source = tomllib.loads((texts.HERE / key.split("/")[0] / "errors.toml").read_text(encoding="utf-8"))
    return frozenset(variables(made, source[key.split("/")[1]]))


def everything() -> list[str]:
    return [*templates(), *(f"error {key}" for key in sorted(texts.error_keys()))]


def faults(name: str, seed: int, words: Sequence[str]) -> tuple[list[str], int] | None:
    """What is wrong with what the template makes of these words, and how many it was given; None where the dice
    made a view that cannot be, such as a list of scores without one."""
    dice = Dice(seed, words)
    try:
        said, plain = render(name, dice), render(name, Dice(seed, ["甲"]))
    except UndefinedError as fault:
        if str(fault.message).startswith("No aggregated item") or "has no element" in str(fault.message):
            return None
        raise
    found = [f"U+{ord(c):04X}" for c in sorted(set(said)) if c != "\n" and is_unseen(c)]
    if marks_in(said) != marks_in(plain) or "〔演练〕" in said:
        found.append("a mark of ours")
    if name not in WRITTEN and _shape(said) != _shape(plain):
        found.append("lines of its own")
    return found, dice.said


def is_unseen(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} or bool(UNSEEN.match(char))


def _shape(text: str) -> list[str]:
    """How each line begins, where it begins as our headings and lists do."""
    return [line[0] if line[:1] in ("【", "▍", "〔") else "" for line in text.split("\n")]
