"""Lines of text from outside, whatever wrote them."""

from collections.abc import Iterable, Iterator


def read_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """Without their ends; UTF-8 with or without BOM, or what old editors write in China."""
    for line in lines:
        bare = line.removesuffix(b"\n").removesuffix(b"\r")
        try:
            yield bare.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            yield bare.decode("gb18030", errors="replace")
