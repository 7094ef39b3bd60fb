"""Samples signed for, by the imported list or by the lab's own word."""

from enum import StrEnum


class Received(StrEnum):
    """No row, or no list, is not known."""

    RECEIVED = "received"
    PROBLEM = "problem"  # the lab's own word: not arrived, broken, thawed, a piece missing
    PENDING = "pending"  # the list names the lab and no time
