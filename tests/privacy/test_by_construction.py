"""Private data can't be fetched without an asker, and only the door makes one."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRIVATE = {
    "score",
    "submission",
    "receipt",
    "own_word",
    "enrolment",
    "certificate",
    "binding",
    "suspended_binding",
}
# What reads such rows without an asker, because it tells nobody what one lab did.
WITHOUT = {
    "db/access.py": {"principal"},  # who is asking is what it finds out
    "db/rounds.py": {"_counts", "_missing"},  # aggregates, here and below
    "db/arrivals.py": {"_pending", "people_unsigned", "people_suspended"},
    "db/bindings.py": {"bindings_of"},  # who is told of a new binding
    # whom staff see, and what the program itself suspends
    "db/suspending.py": {"suspended_of", "is_unused", "suspend_unused", "suspend_labs"},
    "db/certificates.py": {"count_certificates", "is_bound_with_certificates"},
    "db/own.py": {"people_not_reported", "people_with_scores", "people_with_certificates"},
    "db/spokesmen.py": {"_spokesmen"},
    "db/naming.py": {"_masks_of"},  # what names a person who is to be forgotten, for the program itself
    "db/phone_list.py": {"_labs_told"},
    "db/retention.py": {"departed"},
    "db/score_todo.py": {"conflicts_open"},
    "db/scores.py": {"imported_scores", "is_bound_with_scores"},  # the second: may this push still go out?
}


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for floor in ("bot", "core", "db"):
        for path in (ROOT / floor).rglob("*.py"):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))


def names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def takes_principal(function: ast.AsyncFunctionDef) -> bool:
    return any(
        argument.annotation and "Principal" in names(argument.annotation) for argument in function.args.args
    )


def statements(tree: ast.Module) -> set[str]:
    """Names of the module's own prepared statements and joins over private tables."""
    found: set[str] = set()
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and names(node.value) & (PRIVATE | found)
            and "Table" not in names(node.value)
        ):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def readers() -> Iterator[tuple[str, str]]:
    """(file, query) of every SELECT on a private table without an asker; workbooks in and out are staff's own."""
    for file, tree in parsed():
        if not file.startswith("db/") or file.startswith(
            ("db/migrations", "db/imports/", "db/facts/", "db/exports")
        ):
            continue
        private = PRIVATE | statements(tree)
        for function in functions(tree):
            reads = names(function) & private and (
                names(function) & (private - PRIVATE) or {"select", "exists"} & names(function)
            )
            if reads and not takes_principal(function):
                yield file, function.name


def test_a_query_of_private_data_takes_the_asker() -> None:
    assert not [one for one in readers() if one[1] not in WITHOUT.get(one[0], set())]


def test_the_exceptions_are_still_needed() -> None:
    found = set(readers())
    assert not [(file, name) for file, some in WITHOUT.items() for name in some if (file, name) not in found]


def test_only_the_door_and_the_machine_itself_make_an_asker() -> None:
    made = {
        file
        for file, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Principal"
    }
    assert made == {"bot/dispatcher.py", "db/access.py"}


def test_what_a_group_can_edit_never_reaches_a_handler() -> None:
    """Cards, nicknames, titles and roles of the sender are not even taken in; of a quoted message only the number
    of its author."""
    source = (ROOT / "bot/channels/onebot/receive.py").read_text(encoding="utf-8")
    source = source.replace("reply.sender.user_id", "")
    assert not [word for word in ("sender", "card", "nickname", "title", ".role") if word in source]
