"""Whatever is written into the log can be said in Chinese."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.texts import _environment

ROOT = Path(__file__).parents[2]
WORDS = _environment().get_template("audit/_words.j2").module
BY_HAND = {"kind"}  # an export names its workbook, whose title is known (core/workbooks/kinds.py)
Function = ast.AsyncFunctionDef | ast.FunctionDef


@dataclass(frozen=True)
class Module:
    file: str
    tree: ast.Module


@dataclass(frozen=True)
class Call:
    """A row written: `module` and `function` say where, for names that stand for words."""

    module: Module
    function: Function
    node: ast.Call

    @property
    def where(self) -> str:
        return f"{self.module.file}:{self.node.lineno}"


MODULES = [
    Module(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    for floor in ("core", "bot", "db")
    for path in sorted((ROOT / floor).rglob("*.py"))
]


def functions(module: Module) -> Iterator[Function]:
    return (one for one in ast.walk(module.tree) if isinstance(one, Function))


def calls(name: str) -> Iterator[Call]:
    for module in MODULES:
        for function in functions(module):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and name in (
                    getattr(node.func, "attr", ""),
                    getattr(node.func, "id", ""),
                ):
                    yield Call(module, function, node)


def rows() -> list[Call]:
    return [one for one in calls("audit") if len(one.node.args) >= 5]


def words(node: ast.expr, call: Call) -> set[str]:
    """All that an expression may be; of an f-string the beginning."""
    match node:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.IfExp():
            return words(node.body, call) | words(node.orelse, call)
        case ast.JoinedStr(values=[first, *_]):
            return words(first, call) if isinstance(first, ast.Constant) else set()
        case ast.Subscript():
            return words(node.value, call)
        case ast.Dict():
            return {word for value in node.values for word in words(value, call)}
        case ast.Name(id=name):
            return named(name, call)
    raise AssertionError(f"{call.where}: not understood, name the action plainly: {ast.unparse(node)}")


def named(name: str, call: Call) -> set[str]:
    """Of a name of the function, of its callers, or of a module."""
    if found := [one for one in ast.walk(call.function) if isinstance(one, ast.Assign) and assigns(one, name)]:
        return {word for one in found for word in words(one.value, call)}
    parameters = [one.arg for one in call.function.args.args]
    if name in parameters:
        at = parameters.index(name)
        callers = [one for one in calls(call.function.name) if len(one.node.args) > at]
        return {word for one in callers for word in words(one.node.args[at], one)}
    for module in MODULES:
        for one in module.tree.body:
            if isinstance(one, ast.Assign) and assigns(one, name):
                return words(one.value, call)
    raise AssertionError(f"{call.where}: where does {name} come from?")


def assigns(one: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in one.targets)


def actions() -> dict[str, str]:
    return {word: one.where for one in rows() for word in words(one.node.args[1], one)}


def test_rows_are_found() -> None:
    assert len(rows()) > 35
    assert {"scores.read", "pushes.resend", "pushes.give_up", "labs.own", "audit.erase"} <= set(actions())


def test_every_action_has_chinese_words() -> None:
    assert {word: where for word, where in actions().items() if word not in WORDS.actions} == {}  # type: ignore[attr-defined]


def test_no_words_are_left_over() -> None:
    assert set(WORDS.actions) - set(actions()) == set()  # type: ignore[attr-defined]


def test_every_subject_has_chinese_words() -> None:
    found = {
        word.partition(":")[0]: one.where
        for one in rows()
        if ast.unparse(one.node.args[2]) not in BY_HAND
        for word in words(one.node.args[2], one)
    }
    assert {kind: where for kind, where in found.items() if kind not in WORDS.subjects} == {}  # type: ignore[attr-defined]
