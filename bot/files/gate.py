"""What can be said of a file without opening it; cheap enough for the bot's own process."""

import zipfile
from pathlib import Path

from bot.files import limits
from core.errors import DomainError

EXTENSIONS = (".xlsx", ".xls", ".csv")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LISTED = b"PK\x01\x02"  # an entry of a zip's directory
_MACROS = "vbaproject.bin"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream of a workbook with a password to open
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"mime-version")


def admit(path: Path, name: str) -> None:
    """Raises DomainError("workbook/…", file, …) for what is not worth a child process."""
    if Path(name).suffix.lower() not in EXTENSIONS:
        raise DomainError("workbook/extension", file=name, allowed=list(EXTENSIONS))
    if not path.is_file():  # a folder, a pipe, a device: reading it might never end
        raise DomainError("workbook/missing", file=name)
    if path.stat().st_size > limits.FILE_BYTES:
        raise DomainError("workbook/too_big", file=name, limit_mb=limits.FILE_BYTES // limits.MEGABYTE)
    content = path.read_bytes()
    if not content or content.isspace():
        raise DomainError("workbook/empty", file=name)
    if content.startswith(_ZIP):
        _admit_zip(path, content, name)
    elif content.startswith(_OLE):
        _admit_ole(content, name)
    else:
        _admit_text(content, name)


def _admit_ole(content: bytes, name: str) -> None:
    if _ENCRYPTED in content:
        raise DomainError("workbook/password", file=name)


def _admit_text(content: bytes, name: str) -> None:
    if content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise DomainError("workbook/web_page", file=name)
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16
    if Path(name).suffix.lower() != ".csv" or (b"\0" in content and not wide):
        raise DomainError("workbook/unreadable", file=name)


def _admit_zip(path: Path, content: bytes, name: str) -> None:
    if content.count(_LISTED) > limits.PARTS:  # before the list itself is read
        raise DomainError("workbook/too_large", file=name)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise DomainError("workbook/unreadable", file=name) from None
    if sum(member.file_size for member in members) > limits.UNPACKED_BYTES:
        raise DomainError("workbook/too_large", file=name)
    if any(member.flag_bits & 1 for member in members):
        raise DomainError("workbook/password", file=name)
    parts = [member.filename.replace("\\", "/").lower() for member in members]
    if not any(part.startswith("xl/") for part in parts) or any(map(_leads_out, parts)):
        raise DomainError("workbook/unreadable", file=name)
    if any(part.endswith(_MACROS) for part in parts):
        raise DomainError("workbook/macros", file=name)


def _leads_out(part: str) -> bool:
    return part.startswith("/") or ".." in part.split("/")
