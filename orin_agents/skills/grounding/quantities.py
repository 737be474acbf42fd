"""Quantities in a text: digits, number words, fractions and spans of time, each with its unit.

Every pattern is bounded and looks at a character a fixed number of times, so that the time grows with the text alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.units import UNIT, UNIT_BEHIND, UNITS, Dimension, factor_of, singular


class Bound(StrEnum):
    """How a hedge bends a quantity: `about 60`, `more than 60`, `nearly 60`, `over 60`."""

    EXACT = "exact"
    ABOUT = "about"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """`text[start:end]` says `value` in the measure of its dimension; `step` is what its last digit counts.

    `nouns` are the roots of the words behind it, nearest first, among which its unit is; the first ends at `noun_end`.
    """

    start: int
    end: int
    value: float
    step: float
    dimension: Dimension = Dimension.BARE
    nouns: tuple[str, ...] = ()
    bound: Bound = Bound.EXACT
    digits: int = 1
    unit: str = ""
    noun_end: int = 0


_SCALES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "hundred": 100.0, "dozen": 12.0}

_SMALL = "|".join(sorted((*english.NUMBERS, *english.TENS), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?P<money>[€$£]\s?)?(?<![\w.\x00@#/\\])(?P<sign>(?<![\w)])[-−+~≈±])?(?P<digits>{_DIGITS})"
    r"(?P<rank>(?:st|nd|rd|th)\b)?(?P<scale>\s?(?:million|billion|thousand|k\b))?"
    rf"|\b(?P<words>(?:{_SMALL})(?:[- ](?:{_SMALL}))?)\b(?P<tail>[- ](?:hundred|thousand|million|dozen)\b)?"
    r"|\b(?P<group>a (?:dozen|hundred|thousand|couple of))\b",
    re.IGNORECASE,
)
_HALF = re.compile(r"[- ](?:and[- ])?(?:an?[- ]|one[- ])?(half|quarter|three[- ]quarters?)\b", re.IGNORECASE)
_ADDED = {"half": 0.5, "quarter": 0.25}
_MINUTES = re.compile(r" ?(?:and )?(\d{1,2}) ?(?:minutes|minute|mins|min|m)\b", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:(?P<many>an?|one|two|three|four|five|seven|nine)[- ])?"
    r"(?P<part>half|halves|thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)\b",
    re.IGNORECASE,
)
_PART_GOES_ON = re.compile(
    r" (?:of|the|your|its|an?|all|that|this|as|done|gone|lies|goes|went|is|was|remains)\b| ?(?:[.,;:!?)—–\x00]|$|\n)",
    re.IGNORECASE,
)
_ODDS = re.compile(rf"\b({_SMALL}|\d{{1,2}}) (?:in|out of(?: every)?) ({_SMALL}|\d{{1,3}})\b", re.IGNORECASE)
_RANK = re.compile(rf"\b({'|'.join(english.RANKS)})\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:a good|about|around|roughly|approximately|approx\.?|circa|some|close to|nearly|almost"
    r"|just (?:under|over|below|above)|under|over|below|above|more than|less than|fewer than|at least|at most|up to"
    r"|no more than|no less than|beyond|not even|not quite|well over|well under"
    r"|a little (?:over|under|more than|less than)"
    r"|slightly (?:over|under|more than|less than|above|below)|or so|~|≈|<|>|≤|≥)(?: an?| the)? ?$",
    re.IGNORECASE,
)
_BELOW = frozenset(("nearly", "almost", "under", "below", "less", "fewer", "most", "up", "no more", "not", "<", "≤"))
_ABOVE = frozenset(("good", "over", "above", "more", "at least", "beyond", ">", "≥"))
_BEHIND = re.compile(r"[- ]?([^\W\d_]+(?:['’-][^\W\d_]+)*)")
_SAYS = re.compile(r" (?:of them )?(?:says?|said|reads?|states?|asks?|puts|tells?|argues|notes|holds)\b")
_HALTS_WORDS = """
of and or but in on at by to from with for than is are was were be has have had will would can could should must that
which who while as so if when where whose up down against over under between into before after until since because
fewer more less higher lower longer shorter in remain remains need needs wait waits do does did went go goes
"""
_HALTS = frozenset(_HALTS_WORDS.split())


def quantities(text: str) -> list[Quantity]:
    """All quantities of the text in their order; what is no number (citation marks, dates) has to be blanked before."""
    found = [*_shares(text)]
    taken = {position for item in found for position in range(item.start, item.end)}
    for match in _NUMBER.finditer(text):
        if match.start() not in taken and (quantity := _number(text, match)) and quantity.end - 1 not in taken:
            found.append(quantity)
            taken.update(range(quantity.start, quantity.end))
    for match in _RANK.finditer(text):
        if match.start() not in taken:
            value = float(english.RANKS[match.group().lower()])
            found.append(_ranked(text, match.start(), match.end(), value))
    return _shared_units(sorted(found, key=lambda quantity: quantity.start), text)


def stated(value: float, unit: str) -> Quantity:
    """A fact's value and unit as a quantity without a place."""
    dimension, factor = UNITS.get(singular(unit.lower()), (Dimension.COUNT if unit else Dimension.BARE, 1.0))
    nouns = (english.root(unit),) if dimension is Dimension.COUNT else ()
    return Quantity(start=0, end=0, value=value * factor, step=0.0, dimension=dimension, nouns=nouns, unit=unit)


def _shares(text: str) -> Iterator[Quantity]:
    ends = 0
    for match in _ODDS.finditer(text):
        one, all_ = (_small(group) for group in match.groups())
        if "in" in match.group().lower().split() and 0 < one < all_:
            yield _share(text, match.start(), match.end(), one / all_)
            ends = match.end()
    for match in _PART.finditer(text):
        many, part = (match["many"] or "").lower(), match["part"].lower()
        name = "half" if part == "halves" else part.rstrip("s")
        alone = name != "half" and (not many or (many in ("a", "an", "one") and part == name))
        if match.start() < ends or (name != "half" and not many):
            continue
        before = text[max(0, match.start() - 12) : match.start()].lower()
        if before.rstrip("- ").endswith("and") or before.endswith(
            ("this ", "last ", "next ", "second ", "first ", "other ", "latter ")
        ):
            continue
        if (alone or name == "half") and not _PART_GOES_ON.match(text, match.end()):
            continue
        count = {"": 1.0, "a": 1.0, "an": 1.0}.get(many, 0.0) or float(english.NUMBERS.get(many, 1))
        share = _share(text, match.start(), match.end(), count / english.PARTS[name])
        if hour := re.compile(r" (?:of )?an (hour|day|year)\b").match(text, match.end()):
            dimension, factor = UNITS[hour[1]]
            share = replace(share, end=hour.end(), value=share.value * factor, dimension=dimension, step=factor / 20)
        yield share


def _share(text: str, start: int, end: int, value: float) -> Quantity:
    start_, bound = _hedged(text, start)
    return Quantity(start=start_, end=end, value=value, step=0.04, dimension=Dimension.SHARE, bound=bound, unit="share")


def _number(text: str, match: re.Match[str]) -> Quantity | None:
    end, digits = match.end(), 1
    if match["digits"]:
        plain = re.sub(r"[^\d.]", "", match["digits"])
        if len(plain) > 18:
            return None
        value = float(plain)
        whole, _, behind = plain.partition(".")
        step = 10.0 ** -len(behind)
        digits = len((whole + behind).strip("0")) or 1
        if (match["sign"] or "") in ("-", "−"):
            value = -value
        if match["scale"]:
            scale = _SCALES[match["scale"].strip().lower()]
            value, step = value * scale, step * scale
        if match["rank"]:
            return _ranked(text, match.start("digits"), match.end(), value)
        if text[end : end + 1].isalpha() and not UNIT.match(text, end):
            return None
    else:
        said = _said(match)
        half = _HALF.match(text, end)
        if said is None or (not half and _idle_one(text, match)):
            return None
        value, step = said, 1.0
        if half:
            value, step, end = value + _ADDED.get(half[1].lower(), 0.75), 0.25, half.end()
    return _with_unit(text, match, end, value, step, digits)


def _with_unit(text: str, match: re.Match[str], end: int, value: float, step: float, digits: int) -> Quantity:
    start, bound = _hedged(text, match.start("digits") if match["digits"] else match.start())
    if match["group"]:
        bound = Bound.ABOUT
    if (match["sign"] or "") in ("~", "≈"):
        bound = Bound.ABOUT
    dimension, factor, unit = Dimension.BARE, 1.0, ""
    if match["money"]:
        dimension, unit = Dimension.MONEY, match["money"].strip()
        start = min(start, match.start())
    elif found := UNIT.match(text, end) or UNIT_BEHIND.match(text, end):
        unit = singular(found[1].lower())
        unit = unit.split(" ")[-1] if unit.endswith("day") else unit
        dimension, factor = UNITS[unit]
        end = found.end()
        if factor == 60.0 and (rest := _MINUTES.match(text, end)):
            value, step, end = value + int(rest[1]) / 60, 1 / 60, rest.end()
        if half := re.compile(r" and a (half|quarter)\b", re.IGNORECASE).match(text, end):
            value, step, end = value + (0.5 if half[1].lower() == "half" else 0.25), 0.5, half.end()
    nouns = _nouns(text, end)
    if dimension is Dimension.BARE and nouns:
        dimension = Dimension.COUNT
    return Quantity(
        start=start,
        end=end,
        value=value * factor,
        step=step * factor,
        dimension=dimension,
        nouns=nouns,
        bound=bound,
        digits=digits,
        unit=unit,
        noun_end=_BEHIND.match(text, end).end() if nouns else end,  # type: ignore[union-attr]
    )


def _ranked(text: str, start: int, end: int, value: float) -> Quantity:
    nouns = _nouns(text, end)
    return Quantity(start=start, end=end, value=value, step=1.0, dimension=Dimension.RANK, nouns=nouns)


def _said(match: re.Match[str]) -> float | None:
    """The value of number words; None where two of them only stand beside each other."""
    if group := match["group"]:
        return {"a dozen": 12.0, "a hundred": 100.0, "a thousand": 1000.0, "a couple of": 2.0}[group.lower()]
    parts = [part for part in re.split(r"[- ]", match["words"].lower()) if part]
    value = _small(parts[0])
    if len(parts) == 2:
        if parts[0] not in english.TENS or not 0 < _small(parts[1]) < 10:
            return None
        value += _small(parts[1])
    return value * _SCALES[match["tail"].strip("- ").lower()] if match["tail"] else float(value)


def _idle_one(text: str, match: re.Match[str]) -> bool:
    """Whether `one` (or `zero`) only points at something: `one of the tasks`, `the one that`, `no one`."""
    if match["group"] or match["words"].lower() != "one" or match["tail"]:
        return False
    before = english.WORD.findall(text[max(0, match.start() - 16) : match.start()].lower())
    if before and before[-1] in {"the", "this", "that", "which", "no", "any", "each", "every", "another", "some", "a"}:
        return True
    behind = _BEHIND.match(text, match.end())
    if behind and behind[1].lower() == "day" and not text[behind.end() : behind.end() + 1].isspace():
        return True
    if behind and _SAYS.match(text, behind.end()):
        return True
    return not behind or behind[1].lower() in english.VAGUE or bool(_HALTS & {behind[1].lower()})


def _hedged(text: str, start: int) -> tuple[int, Bound]:
    """Where the quantity begins, which a hedge does not change, and how the hedge in front of it bends it."""
    before = text[max(0, start - 26) : start]
    match = _ABOUT.search(before)
    if not match or (match.start() and before[match.start() - 1].isalnum()):
        behind = text[start : start + 40].lower()
        return start, Bound.ABOUT if re.match(r"[\w.,%-]+(?: \w+)? or so\b", behind) else Bound.EXACT
    said = match.group().lower()
    words = set(said.split()) | {said[:7], said[:8], said.strip()}
    if "no less" in said or "at least" in said:
        return start, Bound.ABOVE
    if "no more" in said or words & _BELOW:
        return start, Bound.BELOW
    return start, Bound.ABOVE if words & _ABOVE else Bound.ABOUT


def _nouns(text: str, end: int) -> tuple[str, ...]:
    """The roots of up to three words behind, to the first that ends the phrase."""
    found: list[str] = []
    for _ in range(3):
        match = _BEHIND.match(text, end)
        if not match or match[1].lower() in _HALTS:
            break
        end = match.end()
        found.extend(root for part in match[1].split("-") if (root := english.root(part)))
    return tuple(found)


def _shared_units(found: list[Quantity], text: str) -> list[Quantity]:
    """The quantities, with the unit of the second also for the first in `12–24 months`, `3 of 5 rules`, `5 to 8 %`."""
    for index in range(len(found) - 2, -1, -1):
        one, other = found[index], found[index + 1]
        between = text[one.end : other.start]
        joined = len(between) <= 16 and re.fullmatch(
            r"\s*(?:[-–—/]|to|or|and|(?:out )?of(?: (?:the|your|its|all|these|those))?)\s*", between.lower()
        )
        bare = one.dimension is Dimension.BARE or (one.dimension is Dimension.COUNT and not one.nouns)
        if joined and bare and other.dimension not in (Dimension.RANK, Dimension.SHARE if "of" in between else None):
            factor = factor_of(other.unit)
            found[index] = replace(
                one,
                value=one.value * factor,
                step=one.step * factor,
                dimension=other.dimension,
                nouns=other.nouns,
                unit=other.unit,
            )
    return found


def _small(word: str) -> int:
    word = word.lower()
    return int(word) if word.isdigit() else english.NUMBERS.get(word, english.TENS.get(word, 0) * 10)
