"""How a single error is planted: another number, day, unit, name, link or word than the true one."""

import re
from datetime import date, timedelta
from random import Random

UNITS = {
    "hours": ("minutes", "days"),
    "minutes": ("hours", "days"),
    "tasks": ("blocks", "hours"),
    "blocks": ("tasks", "notes"),
    "notes": ("words", "tasks"),
    "words": ("sentences", "notes"),
    "documents": ("words", "tasks"),
    "links": ("notes", "tags"),
    "functions": ("classes", "lines"),
    "lines": ("functions", "modules"),
    "modules": ("lines", "hours"),
    "classes": ("functions",),
    "sentences": ("words", "documents"),
    "artifacts": ("tasks", "hours"),
    "tags": ("tasks", "links"),
    "days": ("weeks", "hours"),
}
_NAMES = "Winter Meadow Copper Falcon Juniper Marble Orbit Pepper Quartz Saffron Timber Velvet Walnut Zephyr"
NAMES = _NAMES.split()
_WORDS = "purple rarely banana quickly twelve forbidden eastern cheaper nobody wooden annual silent borrowed"
WORDS = _WORDS.split()


def number(value: float, random: Random) -> float:
    """Another number of the same size and number of digits behind the point, as a slip of the pen gives."""
    text = f"{value:.2f}".rstrip("0").rstrip(".") if not float(value).is_integer() else str(int(value))
    behind = len(text.partition(".")[2])
    for _ in range(40):
        way = random.choice(("digit", "swap", "more"))
        digits = list(text.replace(".", ""))
        at = random.randrange(len(digits))
        if way == "digit":
            digits[at] = random.choice([d for d in "123456789" if d != digits[at]])
        elif way == "swap" and len(digits) > 1:
            other = (at + 1) % len(digits)
            digits[at], digits[other] = digits[other], digits[at]
        else:
            digits = list(str(int("".join(digits)) + random.choice((2, 3, 5, 10))))
        found = int("".join(digits)) / 10**behind
        if abs(found - value) > max(0.04 * abs(value), 0.6 * 10**-behind) and found > 0:
            return found
    return value + 7


def unit(name: str, random: Random) -> str:
    """A unit of something else."""
    return random.choice(UNITS[name])


def day(true: date, random: Random) -> date:
    """Another day within some weeks, of another weekday and number."""
    return true + timedelta(random.choice([offset for offset in range(-25, 40) if offset % 7 and abs(offset) > 8]))


def clock(minute: int, random: Random) -> int:
    """Another time of day, a quarter of an hour to two hours away."""
    return (minute + random.choice((-95, -35, -25, 25, 35, 55, 85))) % 1440


def name(true: str, random: Random) -> str:
    """The name with one of its words exchanged, or letters of it."""
    parts = re.split(r"([^A-Za-z]+)", true)
    places = [at for at, part in enumerate(parts) if len(part) > 2 and part.isalpha()]
    if len(places) > 1 and random.random() < 0.6:
        at = random.choice(places[:-1] if "." in true else places)
        new = random.choice(NAMES)
        parts[at] = new if parts[at][0].isupper() else new.lower()
        return "".join(parts)
    at = random.choice(places) if places else 0
    word = parts[at]
    cut = random.randrange(1, max(2, len(word) - 1))
    letter = random.choice([letter for letter in "aeioustrn" if letter != word[cut : cut + 1].lower()])
    parts[at] = word[:cut] + letter + word[cut + 1 :]
    return "".join(parts)


def link(true: str, random: Random) -> str:
    """The address with a segment, a number or its end changed."""
    head, mark, _ = true.partition("://")
    start = len(head) + len(mark) if mark else 0
    places = [match for match in re.finditer(r"[A-Za-z]{3,}|\d{2,}", true) if match.start() >= start]
    match = random.choice(places[-3:]) if places else None
    if match is None:
        return f"{true}x"
    if match.group().isdigit():
        new = str(int(match.group()) + random.choice((1, 9, 10)))
    else:
        new = random.choice(NAMES).lower()
    return true[: match.start()] + new + true[match.end() :]


def quote(true: str, random: Random) -> str:
    """The quote with one word of four letters or more exchanged."""
    places = list(re.finditer(r"[A-Za-z]{4,}", true))
    match = random.choice(places[1:] or places)
    new = random.choice([word for word in WORDS if word not in true])
    return true[: match.start()] + new + true[match.end() :]
