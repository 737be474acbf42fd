"""Units of measure: what they measure, how much of it each is, and how they stand behind a number."""

import re
from enum import StrEnum


class Dimension(StrEnum):
    """What is measured. Quantities of two dimensions are never equal; BARE says none."""

    BARE = "bare"
    COUNT = "count"
    SHARE = "share"
    TIME = "time"
    DAYS = "days"
    MONTHS = "months"
    MONEY = "money"
    RANK = "rank"


UNITS = {
    "minute": (Dimension.TIME, 1.0),
    "min": (Dimension.TIME, 1.0),
    "m": (Dimension.TIME, 1.0),
    "hour": (Dimension.TIME, 60.0),
    "hr": (Dimension.TIME, 60.0),
    "h": (Dimension.TIME, 60.0),
    "second": (Dimension.TIME, 1 / 60),
    "sec": (Dimension.TIME, 1 / 60),
    "day": (Dimension.DAYS, 1.0),
    "week": (Dimension.DAYS, 7.0),
    "fortnight": (Dimension.DAYS, 14.0),
    "month": (Dimension.MONTHS, 1.0),
    "quarter": (Dimension.MONTHS, 3.0),
    "year": (Dimension.MONTHS, 12.0),
    "decade": (Dimension.MONTHS, 120.0),
    "%": (Dimension.SHARE, 0.01),
    "percent": (Dimension.SHARE, 0.01),
    "per cent": (Dimension.SHARE, 0.01),
    "percentage point": (Dimension.SHARE, 0.01),
    "percentage-point": (Dimension.SHARE, 0.01),
    "pp": (Dimension.SHARE, 0.01),
    "ratio": (Dimension.SHARE, 1.0),
    "euro": (Dimension.MONEY, 1.0),
    "dollar": (Dimension.MONEY, 1.0),
    "pound": (Dimension.MONEY, 1.0),
    "eur": (Dimension.MONEY, 1.0),
    "usd": (Dimension.MONEY, 1.0),
    "€": (Dimension.MONEY, 1.0),
    "$": (Dimension.MONEY, 1.0),
    "£": (Dimension.MONEY, 1.0),
}
"""For each unit in the singular what it measures, and how much of its measure it is: minutes, days, months, a whole."""
UNIT = re.compile(
    r"[ \u00a0\u202f-]?(%|per cent|percent(?:age[- ]points?)?|pp\b|minutes?\b|mins?\b|m\b|hours?\b|hrs?\b|h\b"
    r"|seconds?\b|secs?\b|days?\b|(?:working |calendar |full )days?\b|weeks?\b|fortnights?\b|months?\b|quarters?\b"
    r"|years?\b|decades?\b|euros?\b|dollars?\b|pounds?\b|eur\b|usd\b|€|\$|£)",
    re.IGNORECASE,
)
UNIT_BEHIND = re.compile(
    r" (?:free|working|full|whole|planned|spare|logged|open|busy|further|extra|good|solid|long|available|remaining)"
    r" (minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)


def factor_of(unit: str) -> float:
    """How many of its dimension's measure the unit is: 60 for hours, 0.01 for percent; 1 for one that is unknown."""
    return UNITS.get(singular(unit.lower()), (Dimension.BARE, 1.0))[1]


def singular(unit: str) -> str:
    """The unit without the s of its plural."""
    return unit[:-1] if unit.endswith("s") and unit not in ("s",) else unit
