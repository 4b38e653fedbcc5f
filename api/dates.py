"""Dates of sources, which are known to the year, the month or the day."""

import calendar


def readable_date(published: str) -> str:
    """2020 stays; 2020-11 becomes November 2020; 2020-11-13 becomes 13 November 2020."""
    year, *rest = published.split("-")
    if not rest:
        return year
    month = calendar.month_name[int(rest[0])]
    return f"{month} {year}" if len(rest) == 1 else f"{int(rest[1])} {month} {year}"
