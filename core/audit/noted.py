"""A head that somebody noted: out of the staff group, or from beside a backup."""

import re
from dataclasses import dataclass

from core.audit.chain import SHORT
from core.errors import DomainError

_FORM = re.compile(r"(\d{1,18})\s*[:：]\s*([0-9a-fA-F]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Noted:
    """`hash` is its beginning, or all of it."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> "Noted":
        """`123:0f1e-2d3c-4b5a-6978` or with all 64 digits; DomainError("audit/noted")."""
        match = _FORM.fullmatch(re.sub(r"(?<=[0-9a-fA-F])[\s-]+(?=[0-9a-fA-F])", "", text.strip()))
        if not match or not SHORT <= len(match[2]) <= 64 or not int(match[1]):
            raise DomainError("audit/noted", value=text)
        return cls(int(match[1]), match[2].lower())

    def fits(self, whole: str) -> bool:
        return whole.startswith(self.hash)
