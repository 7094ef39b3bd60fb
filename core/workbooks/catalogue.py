"""Which programme, and which list, a row means by a year, a number and any name."""

from collections.abc import Iterable, Mapping

from core.words import name_key
from core.workbooks.judged import Key, Known, Values

IN_CATALOGUE = "应写项目表中的名称、编码或别名"

Fault = tuple[str, str]  # reason, expected


class Names:
    """Programme codes of a year by any of their names."""

    def __init__(self, programmes: Mapping[tuple[int, str], Values]) -> None:
        self._codes: dict[tuple[int, str], set[str]] = {}
        for (year, code), values in programmes.items():
            for name in _names(code, values):
                self._codes.setdefault((year, name_key(name)), set()).add(code)

    def code(self, year: int, word: str) -> str | None:
        codes = self._codes.get((year, name_key(word)), set())
        return next(iter(codes)) if len(codes) == 1 else None

    def fault(self, year: int, word: str) -> str:
        several = len(self._codes.get((year, name_key(word)), ())) > 1
        return "对应多个项目" if several else f"{year}年项目表中没有"


def _names(code: str, values: Values) -> Iterable[str]:
    return (code, values["name"], *(values.get("aliases") or ()))


class Lists:
    """Lists by year, number and any name of the programme, each asked for only once. n 0: a whole year."""

    def __init__(self, known: Known) -> None:
        self._names, self._rounds = Names(known.programmes), known.rounds
        self._found: dict[tuple[int, int, str], tuple[Key | None, Fault]] = {}

    def find(self, year: int, n: int, word: str) -> tuple[Key | None, Fault]:
        asked = (year, n, word)
        if asked not in self._found:
            self._found[asked] = self._look(*asked)
        return self._found[asked]

    def _look(self, year: int, n: int, word: str) -> tuple[Key | None, Fault]:
        code = self._names.code(year, word)
        if code is None:
            return None, (self._names.fault(year, word), IN_CATALOGUE)
        if n and (year, n, code) not in self._rounds:
            return None, (f"没有{year}年第{n}次的安排", "请先导入活动安排表")
        return (year, n, code), ("", "")
