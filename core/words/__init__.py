"""Loose Chinese words: years, rounds, names and dates as people type them, and how we say them back."""

from core.words.clean import lined, one_line, sound, visible
from core.words.dates import parse_day, parse_when, with_dates
from core.words.fold import chinese_int, fold
from core.words.names import match_names, name_key
from core.words.saying import pieces, say_day, say_stamp, say_when
from core.words.slots import Found, round_no_of, take, year_of

__all__ = [
    "Found",
    "chinese_int",
    "fold",
    "lined",
    "match_names",
    "name_key",
    "one_line",
    "parse_day",
    "parse_when",
    "pieces",
    "round_no_of",
    "say_day",
    "say_stamp",
    "say_when",
    "sound",
    "take",
    "visible",
    "with_dates",
    "year_of",
]
