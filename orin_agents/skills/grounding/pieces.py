"""What figures share as their context: a fact with its label, or one sentence, list item or table row of a text.

Beside the facts themselves stand pieces for what they make up together: how many of a kind there are, how many have one
value, how long the spans of one label are in all, and the breaks between these.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from orin_agents.domain.claims import Evidence
from orin_agents.domain.facts import Fact
from orin_agents.domain.figures import figure
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.moments import Moment, moment_of, moments
from orin_agents.skills.grounding.quantities import Quantity, quantities, stated
from orin_agents.skills.grounding.reading import blank, sentences
from orin_agents.skills.grounding.units import UNITS, Dimension

STATES = frozenset(("overdue", "blocked", "forgotten", "untested", "untagged"))
"""Kinds of facts whose name says something of what bears it as their label."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A fact, or a sentence of a passage or text, under the id of what it comes from; `family` is the fact's kind.

    `plain` says that a label's words carry meaning enough to tell what the fact is about.
    """

    id: str
    text: str
    roots: frozenset[str]
    label: frozenset[str]
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    fact: Fact | None = None
    family: str = ""
    plain: bool = False

    @property
    def row(self) -> bool:
        """Whether it is one of several of its kind, as `risk.2.band` is."""
        return self.id.split(".")[1:2] != [] and self.id.split(".")[1].isdigit()


def pieces_of(evidence: Evidence) -> list[Piece]:
    """The pieces of the evidence: its facts first, what they make up together, then its passages and texts."""
    today = evidence.now.date()
    pieces = [_fact(fact, evidence.now) for fact in evidence.facts]
    pieces += _counted(evidence.facts, evidence.now)
    for passage in evidence.passages:
        pieces += _sentences(passage.id, passage.text, english.roots(passage.heading), today)
        if passage.heading:
            pieces += _sentences(passage.id, passage.heading, frozenset(), today)
    for number, text in enumerate(evidence.texts, 1):
        pieces += _sentences(f"text {number}", text, frozenset(), today)
    return pieces


def _sentences(id_: str, text: str, above: frozenset[str], today: date) -> Iterator[Piece]:
    """The sentences of a text. One that points back (`They should …`) has the words of the one before it, too."""
    before: frozenset[str] = frozenset()
    for start, end in sentences(text):
        said = text[start:end]
        counted, when = _measured(said, today)
        own = english.roots(said)
        label = own | before if _POINTS_BACK.match(said) else own
        yield Piece(id=id_, text=said, roots=label | above, label=label, quantities=tuple(counted), moments=tuple(when))
        before = own


_POINTS_BACK = re.compile(r"(?:It|They|He|She|This|That|These|Those|Its|Their|His|Her)\b")


def _fact(fact: Fact, now: datetime) -> Piece:
    label = english.roots(fact.label)
    counted, dated = _measured(fact.label, now.date())
    found, when = [*counted], [*dated]
    text = fact.label
    if isinstance(fact.value, str):
        text = f"{fact.label}: {fact.value}"
        more, other = _valued(fact, now)
        found += more
        when += other
    elif isinstance(fact.value, int | float) and not isinstance(fact.value, bool):
        found.insert(0, stated(float(fact.value), fact.unit))
        text = f"{fact.label}: {figure(fact.value, fact.unit, now.tzinfo)} {fact.unit}"
    named = english.roots(" ".join(re.split(r"[\W\d_]+", fact.id)))
    family = fact.id.split(".")[0]
    if moment_of(fact.label):
        named |= _DAYS_OWN
    return Piece(
        id=fact.id,
        text=text,
        roots=label
        | named
        | english.roots(fact.unit)
        | (english.roots(text) if isinstance(fact.value, str) else set()),
        label=label,
        quantities=tuple(found),
        moments=tuple(when),
        fact=fact,
        family=family,
        plain=bool(label) and len(english.WORD.findall(fact.label)) <= 2 * len(label) + 1,
    )


_DAYS_OWN = english.roots("free plan room full busy tight calm appointments capacity load count work available")
"""What is said of days, which have nothing but a date for a label."""


def _valued(fact: Fact, now: datetime) -> tuple[Sequence[Quantity], Sequence[Moment]]:
    """The quantities and moments of a fact whose value is text: days and times, their distance and length, or prose."""
    assert isinstance(fact.value, str)
    if fact.unit not in ("date", "datetime", "interval"):
        return _measured(fact.value, now.date())
    ends = [end for part in fact.value.split("/") if (end := _local(part, now))]
    when = [Moment(start=0, end=0, first=day, last=day) for day, _ in ends]
    when += [Moment(start=0, end=0, minute=minute) for _, minute in ends if minute is not None]
    found = [stated(float(abs((day - now.date()).days)), "days") for day, _ in ends[:1]]
    if len(ends) == 2 and ends[0][1] is not None and ends[1][1] is not None:
        minutes = (ends[1][0] - ends[0][0]).days * 1440 + ends[1][1] - ends[0][1]
        found.append(stated(float(minutes), "minutes"))
    return found, when


def _local(part: str, now: datetime) -> tuple[date, int | None] | None:
    found = moment_of(part)
    if found and found[1] is not None:
        try:
            moment = datetime.fromisoformat(part)
        except ValueError:
            return found
        moment = moment.astimezone(now.tzinfo) if moment.tzinfo else moment
        return moment.date(), moment.hour * 60 + moment.minute
    return found


@lru_cache(maxsize=4096)
def _measured(text: str, today: date) -> tuple[tuple[Quantity, ...], tuple[Moment, ...]]:
    if not _MAY_MEASURE.search(text):
        return (), ()
    when = moments(text, today)
    return tuple(quantities(blank(text, [(moment.start, moment.end) for moment in when]))), tuple(when)


_MAY_MEASURE = re.compile(
    r"\d|\b(?:one|two|thr?ee|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|half|hal[fv]e?s?|third|quarter"
    r"|fifth|sixth|tenth|\w+th|dozen|hundred|couple|noon|midday|midnight|yesterday|tomorrow|week|month|year|weekend"
    r"|(?:mon|tues?|wed|weds|thu|thurs?|fri|sat|sun)(?:\w*day)?s?|jan\w*|feb\w*|mar|march|apr\w*|may|june?|july?|aug\w*"
    r"|sept?\w*|oct\w*|nov\w*|dec\w*)\b",
    re.IGNORECASE,
)
"""What a text without any number or date lacks."""


def _counted(facts: tuple[Fact, ...], now: datetime) -> Iterator[Piece]:
    """How many facts of one kind there are, how many labels they bear, and how many have a part of one value."""
    families = families_of(facts)
    for prefix, labels in families.items():
        roots = english.roots(prefix.replace("_", " "))
        for count in {sum(map(len, labels.values())), len(labels)}:
            yield _count(f"{prefix}.1", prefix, count, roots)
    yield from _spans(families, now)
    parts: Counter[tuple[str, str, str]] = Counter()
    alike: Counter[tuple[str, str, float]] = Counter()
    for fact in facts:
        prefix, _, rest = fact.id.partition(".")
        number, _, part = rest.partition(".")
        if number.isdigit() and isinstance(fact.value, str) and len(fact.value) <= 30:
            parts[prefix, part, fact.value] += 1
        elif number.isdigit() and prefix in UNITS and isinstance(fact.value, int | float):
            alike[prefix, part, float(fact.value)] += 1
    for (prefix, part, value), count in alike.items():
        said = f"{prefix} {part}".strip()
        text = f"{said}: {value:g}"
        yield _figure(
            f"{prefix}.1.{part}".rstrip("."), text, english.roots(said) | _DAYS_OWN, stated(float(count), prefix)
        )
    for (prefix, part, word), count in parts.items():
        if word.isalpha() and (part or count > 1):
            said = f"{prefix} {part} {word}".replace("_", " ")
            yield _count(f"{prefix}.1.{part}".rstrip("."), said, count, english.roots(said))


_BREAK = english.roots("break gap pause rest")


def _spans(families: Mapping[str, Mapping[str, Sequence[Fact]]], now: datetime) -> Iterator[Piece]:
    """Of spans of time under one label how many there are and how long they are in all, and the breaks between."""
    ends: list[tuple[datetime, datetime, str]] = []
    for prefix, labels in families.items():
        for label, facts in labels.items():
            spans = [span for fact in facts if fact.unit == "interval" and (span := _span(str(fact.value)))]
            ends += [(start, end, facts[0].id) for start, end in spans]
            if len(spans) > 1:
                roots = english.roots(f"{prefix} {label}")
                minutes = sum(((end - start).total_seconds() / 60 for start, end in spans), 0.0)
                yield _count(facts[0].id, f"{prefix} {label}", len(spans), roots)
                yield _figure(facts[0].id, f"{prefix} {label}", roots, stated(minutes, "minutes"))
    ends.sort()
    for (_, end, id_), (start, _, _) in pairwise(ends):
        if timedelta() < start - end <= timedelta(hours=3):
            text = f"break from {end.astimezone(now.tzinfo):%H:%M} to {start.astimezone(now.tzinfo):%H:%M}"
            roots = _BREAK | english.roots(id_.split(".")[0])
            yield _figure(id_, text, roots, stated((start - end).total_seconds() / 60, "minutes"))


def _span(value: str) -> tuple[datetime, datetime] | None:
    try:
        start, end = (datetime.fromisoformat(part) for part in value.split("/"))
    except ValueError:
        return None
    return (start, end) if start.tzinfo and end.tzinfo and start < end else None


def _figure(id_: str, text: str, roots: frozenset[str], quantity: Quantity) -> Piece:
    return Piece(id=id_, text=text, roots=roots, label=roots, quantities=(quantity,), moments=(), family="*")


def _count(id_: str, text: str, number: int, roots: frozenset[str]) -> Piece:
    nouns = () if text in STATES else (english.root(text.split()[0]),)
    quantity = Quantity(start=0, end=0, value=float(number), step=0.0, dimension=Dimension.COUNT, nouns=nouns)
    return _figure(id_, text, roots, quantity)


def families_of(facts: Iterable[Fact]) -> dict[str, dict[str, list[Fact]]]:
    """The facts that repeat, by kind (`block` of `block.1`) and label."""
    found: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in facts:
        prefix, _, number = fact.id.partition(".")
        if number.isdigit():
            found[prefix][fact.label].append(fact)
    return found
