"""What a row is about, as it is written in the log: lab:12, activity:2026:1, pushes."""

from dataclasses import dataclass

from core.access import Account

LAB = "lab"


@dataclass(frozen=True, slots=True)
class Subject:
    """`ident` is what stands behind the kind: 12, 2026:1, or nothing."""

    kind: str
    ident: str = ""

    @classmethod
    def parse(cls, text: str) -> "Subject":
        kind, _, ident = text.partition(":")
        return cls(kind, ident)

    @property
    def parts(self) -> list[str]:
        return self.ident.split(":")

    @property
    def lab(self) -> int | None:
        return int(self.ident) if self.kind == LAB and self.ident.isdecimal() else None


def person(written: str | None) -> Account | None:
    """Whatever stands there: by hand it may have become no account."""
    if written is None:
        return None
    platform, _, ident = written.partition(":")
    return Account(platform, ident)
