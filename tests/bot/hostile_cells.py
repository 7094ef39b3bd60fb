"""Workbooks that we write, filled with what people wrote."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.files.calls import phone_workbook
from bot.files.exporting import Books
from bot.files.slips import slips_workbook
from core.access.issue import Slip
from core.labs.models import Lab
from core.notices.phone import UNBOUND, Call
from core.workbooks.kinds import KINDS

Make = Callable[[Path, Sequence[str]], None]
UNTIL = datetime(2026, 3, 27, 9, tzinfo=UTC)


def slips(path: Path, words: Sequence[str]) -> None:
    labs = (Lab(n, "990001", word, city=word, county=word) for n, word in enumerate(words))
    path.write_bytes(slips_workbook([Slip(lab, lab.name, UNTIL) for lab in labs]))


def phone_list(path: Path, words: Sequence[str]) -> None:
    calls = [Call(n, *[word] * 5, UNTIL, UNBOUND, [word], [word]) for n, word in enumerate(words)]
    path.write_bytes(phone_workbook(calls))


def exported(path: Path, words: Sequence[str]) -> None:
    books = Books(KINDS["labs"], path)
    books.add([[word] * len(KINDS["labs"].columns) for word in words])
    books.close()
    books.publish()
