"""Cells that hold a day or a moment. Days are Shanghai days; moments leave as ISO-8601 UTC text."""

import re
from datetime import UTC, date, datetime, time, timedelta

from core.calendar import SHANGHAI
from core.words import parse_when
from core.workbooks.cells import BadCell, Cell, RowContext, shown

EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31
AHEAD_OF_UTC = timedelta(hours=8)  # Shanghai, without a break since 1992
START_OF_DAY, END_OF_DAY = time(0, 0, 0), time(23, 59, 59)

_COMPACT = re.compile(r"20\d{6}")
_MONTH_DAY = re.compile(r"\d{1,2}\.\d{1,2}")
_LOST_ZERO = re.compile(r"\d{1,2}\.[123]")
_EXPORTED = re.compile(r"\d{4}-\d\d-\d\d[ T](?!24)\d\d:\d\d(?::\d\d)?", re.ASCII)


def day(cell: Cell, context: RowContext) -> str:
    """2026-03-27; of a range the first day."""
    return _moment(cell, context, end_of_day=False).astimezone(SHANGHAI).date().isoformat()


def deadline(cell: Cell, context: RowContext) -> str:
    """2026-03-27T09:00:00Z; a day without a time ends at 23:59:59, of a range the last day (domain §5)."""
    if isinstance(cell, datetime) and cell.tzinfo is None and not cell.microsecond and 2000 <= cell.year <= 2099:
        return f"{(cell - AHEAD_OF_UTC).isoformat()}Z"  # an export has thousands of different times
    return _instant(cell, context, end_of_day=True)


def start(cell: Cell, context: RowContext) -> str:
    """As `deadline`, but a day without a time begins at 00:00:00, of a range the first day."""
    return _instant(cell, context, end_of_day=False)


def _instant(cell: Cell, context: RowContext, *, end_of_day: bool) -> str:
    moment = _moment(cell, context, end_of_day=end_of_day).astimezone(UTC)
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def _to_the_second(moment: datetime) -> datetime:
    """Excel's fractions of a day miss the second by a hair."""
    if not moment.microsecond:
        return moment
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def _moment(cell: Cell, context: RowContext, *, end_of_day: bool) -> datetime:
    if isinstance(cell, str):
        moment = _text(cell, context, end_of_day)
    elif isinstance(cell, datetime):
        moment = _to_the_second(cell if cell.tzinfo else cell.replace(tzinfo=SHANGHAI))
    elif isinstance(cell, date):
        moment = datetime.combine(cell, END_OF_DAY if end_of_day else START_OF_DAY, SHANGHAI)
    elif isinstance(cell, float | int) and not isinstance(cell, bool):
        moment = _number(float(cell), context, end_of_day)
    else:  # a time of day, a duration, TRUE
        raise BadCell("date")
    if not 2000 <= moment.year <= 2099:
        raise BadCell("date")
    return moment


def _number(number: float, context: RowContext, end_of_day: bool) -> datetime:
    """An Excel serial, 20260327, or 3.19 that Excel took for a number."""
    if FIRST_SERIAL <= number < LAST_SERIAL + 1:
        whole = date.fromordinal(EXCEL_EPOCH.toordinal() + int(number))
        if number.is_integer():
            return _moment(whole, context, end_of_day=end_of_day)
        midnight = datetime.combine(whole, START_OF_DAY, SHANGHAI)
        return _to_the_second(midnight + timedelta(days=number - int(number)))
    written = shown(number)
    if _LOST_ZERO.fullmatch(written):  # 3.1 may have been 3.10
        raise BadCell("date_two_ways")
    if not (_MONTH_DAY.fullmatch(written) or _COMPACT.fullmatch(written)):
        raise BadCell("date")
    return _text(written, context, end_of_day)


def _text(text: str, context: RowContext, end_of_day: bool) -> datetime:
    if _EXPORTED.fullmatch(text):  # what programs write, ten times as fast as loose words
        try:
            return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        except ValueError:
            raise BadCell("date") from None
    moment = parse_when(text, context.year or 2024, end_of_day)
    if moment is None:
        raise BadCell("date")
    if context.year is None and moment != parse_when(text, 2028, end_of_day):
        raise BadCell("date_no_year")
    return moment
