"""Certificates: issued after both rounds of the year (guide part 3.6)."""

from enum import StrEnum


class Certified(StrEnum):
    ISSUED = "issued"
    NOT_ISSUED = "not_issued"
    UNKNOWN = "unknown"
