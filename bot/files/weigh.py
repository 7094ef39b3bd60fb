"""What would take calamine long, found by a look at the bare XML. Runs in the child only."""

import io
import zipfile
import zlib

from bot.files import limits
from core.errors import DomainError

WINDOW = 65_536  # bytes; a cell's text may have 32,767 characters in Excel, 500 here
MERGED = b"<mergeCell "


def weigh(content: bytes) -> None:
    """DomainError("workbook/too_large") for a text as long as two windows, or more merged ranges than rows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.filename.endswith(".xml"):
                    _weigh(archive, member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise DomainError("workbook/unreadable") from None


def _weigh(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    merged = 0
    with archive.open(member) as part:
        while window := part.read(WINDOW):
            merged += window.count(MERGED)
            if (b"<" not in window and len(window) == WINDOW) or merged > limits.ROWS:
                raise DomainError("workbook/too_large")
