"""Every refusal has a sentence, and every sentence belongs to a refusal that somebody raises."""

import re
from pathlib import Path

from bot import texts

ROOT = Path(__file__).parents[2]
RAISED = re.compile(r'DomainError\(\s*\(?\s*f?"([a-z_]+/[a-z_]+)"(?:\s+if [^,)]* else "([a-z_]+/[a-z_]+)")?')
NAMED = re.compile(r'"((?:workbook|settings|door)/[a-z_]+)"')


def sources() -> str:
    return "\n".join(
        p.read_text(encoding="utf-8") for floor in ("bot", "core", "db") for p in (ROOT / floor).rglob("*.py")
    )


def test_every_refusal_has_a_sentence() -> None:
    raised = {key for found in RAISED.findall(sources()) for key in found if key}
    assert len(raised) > 20
    assert raised <= texts.error_keys()


def test_no_sentence_is_left_over() -> None:
    written = sources()
    assert not [key for key in texts.error_keys() if f'"{key}"' not in written]


def test_counts_that_could_point_at_one_laboratory_are_blurred() -> None:
    assert [texts._few(count) for count in (0, 1, 2, 3, 40)] == ["0家", "不足3家", "不足3家", "3家", "40家"]
