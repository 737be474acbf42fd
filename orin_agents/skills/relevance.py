"""Whether something known speaks of a question, by its words: which facts to give along, and when to say “I don't
know”.

Words are compared by their stems, after a few words of questions are read as the words facts use (`late` as
`overdue`). Days that a question names are read as dates.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from orin_agents.domain.facts import Fact, Finding, Severity
from orin_agents.domain.figures import DAYS, MONTHS, starts
from orin_agents.domain.passages import Passage
from orin_agents.skills import terms

REACH = 0.4
"""A thing known speaks of a question when it holds at least this share of its words …"""
ENOUGH = 3
"""… or so many of them."""
OFF_DAY = 0.5
"""What a dated fact counts for when the question names other days."""
BESIDE = 0.5
"""What scores this share of the best, or less, is left out beside it."""
FEW = 2
"""A question of so many words or fewer leans on the one before it where it has a pronoun (`Is it signed?`)."""

_SUFFIXES = ("ings", "ing", "ations", "ation", "ions", "ion", "ers", "ed", "er", "ly", "es", "e")
_MEANS = {
    "deadline": "due", "late": "overdue", "meeting": "event", "appointment": "event", "todo": "task", "to-do": "task",
    "aim": "objective", "goal": "objective", "danger": "risk", "threat": "risk", "important": "top", "urgent": "top",
    "priority": "top", "calendar": "event", "finished": "done", "completed": "done", "schedule": "block",
    "stuck": "blocked",
}  # fmt: skip
_BLOCKED = "blocked"
"""Tasks are blocked, days have blocks: not one thing."""
_ASKING = frozenset(
    {"tell", "show", "explain", "describe", "list", "happen", "know", "mean", "think", "find", "please"}
)
"""Words that only ask."""
_POINTS = re.compile(r"^(?:order|sentence|phrase)\.\d+$|\.(?:task|objective)$")
"""Facts whose value is an id, which tells a person nothing, and those that repeat a text, which passages do better."""
_WAITS = re.compile(r"(?:blocked|unplaced)\.\d+$")
_AFTERTHOUGHT = re.compile(r"\s*(?:and|but|so|or|also|what about|how about|why)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|its|that|this|those|these|they|them|their|he|him|his|she|her|there)\b", re.IGNORECASE)
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_NAMED_DAYS = re.compile(r"\b(?:today|tomorrow|yesterday|this week|next week|" + "|".join(DAYS) + r")\b", re.IGNORECASE)
_MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?({_MONTH})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks about: the stems of its words, the days it names, and its words for a search.

    `today` is the day it is asked.
    """

    words: frozenset[str]
    days: frozenset[date]
    text: str
    today: date

    @property
    def size(self) -> int:
        """How many things it asks for: each word, and its days as one."""
        return len(self.words) + bool(self.days)

    @property
    def least(self) -> int:
        """How many of them something must hold to speak of it."""
        return min(ENOUGH, math.ceil(self.size * REACH))


@dataclass(frozen=True, slots=True)
class Known:
    """Facts that speak of a question, the best first, and what code says about them: each sentence with its facts."""

    facts: tuple[Fact, ...] = ()
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()


def understood(question: str, today: date, before: str = "") -> Query:
    """What the question asks about. An afterthought (`and tomorrow?`) leans on the question before it; the days it
    names itself go above that one's.
    """
    own = _read(question, today)
    only_days = bool(own.days) and not own.words
    about_that = len(own.words) <= FEW and _PRONOUN.search(question)
    if not before or not (only_days or about_that or _AFTERTHOUGHT.match(question)):
        return own
    earlier = _read(before, today)
    return Query(own.words | earlier.words, own.days or earlier.days, f"{before} {question}", today)


def score(query: Query, text: str, more_days: Iterable[date] = ()) -> float:
    """How much of the question the text holds, from 0 to 1; 0 when it does not speak of it.

    `more_days` are days the text is about beside those it names. One about other days than the question's counts less.
    """
    words = len(query.words & stems(text))
    named = {*_days(text, query.today), *more_days} if query.days else set()
    found = words + bool(named & query.days)
    if not query.size or found < query.least or (query.words and not words):
        return 0.0
    return found / query.size * (OFF_DAY if named and not named & query.days else 1.0)


def speak_of(query: Query, passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """The passages that speak of the question, in the order given; all of them when it has no words to go by."""
    return tuple(passage for passage in passages if not query.words or passage_score(query, passage))


def passage_score(query: Query, passage: Passage) -> float:
    """As `score`, by words alone: a passage may well answer about a day it does not name."""
    return score(replace(query, days=frozenset()), f"{passage.heading} {passage.path} {passage.text}")


def fact_score(query: Query, fact: Fact) -> float:
    """As `score`, by the fact's kind, label, value and unit."""
    kind = re.sub(r"[._\d]+", " ", fact.id)
    dated = fact.unit in ("date", "datetime", "interval")
    moment = starts(str(fact.value), None) if dated else None
    value = fact.value if isinstance(fact.value, str) and not dated else ""
    return score(query, f"{kind} {fact.label} {value} {fact.unit}", [moment.date()] if moment else [])


def choose(query: Query, findings: Sequence[Finding], most: int) -> Known:
    """The facts that speak of the question and what code says of them, `most` facts at most, the best first.

    A question without words of its own (`What now?`) is answered by the gravest of what code says.
    """
    every = [fact for finding in findings for fact in finding.facts]
    titles = {str(fact.value): fact.label for fact in every if fact.id.startswith("order.")}
    facts = {fact.id: _titled(fact, titles) for fact in every if not _POINTS.search(fact.id)}
    remarks = [remark for finding in findings for remark in finding.remarks]
    severities = list(Severity)
    if query.size:
        said = [(score(query, remark.text), remark) for remark in remarks]
        found = [(fact_score(query, fact), fact) for fact in facts.values()]
    else:
        said = [((severities.index(remark.severity) + 1) / len(severities), remark) for remark in remarks]
        found = []
    best = max([rank for rank, _ in [*said, *found]], default=0.0)
    said = sorted((one for one in said if one[0] > best * BESIDE), key=lambda one: -one[0])[: most // 3]
    found = sorted((one for one in found if one[0] > best * BESIDE), key=lambda one: -one[0])
    chosen = {id: facts[id] for _, remark in said for id in remark.facts if id in facts}
    chosen |= {fact.id: fact for _, fact in found}
    kept = dict(list(chosen.items())[:most])
    return Known(
        tuple(kept.values()), tuple((remark.text, tuple(id for id in remark.facts if id in kept)) for _, remark in said)
    )


def stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that carry meaning."""
    return frozenset(map(stem, terms.content(text)))


def stem(word: str) -> str:
    """The word without its commonest English endings; a rough stem, for comparing only."""
    if word == _BLOCKED:
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word[: -len(suffix)]
            return word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls" else word
    return word


def _titled(fact: Fact, titles: Mapping[str, str]) -> Fact:
    """The fact with the titles of the tasks that its value names by their ids."""
    if not isinstance(fact.value, str) or not _WAITS.match(fact.id):
        return fact
    lead, waits, ids = fact.value.rpartition("waits for ")
    named = ", ".join(f"“{titles[id]}”" if id in titles else id for id in ids.split(", "))
    return replace(fact, value=f"{lead}{waits}{named}") if waits or fact.id.startswith("blocked.") else fact


def _read(question: str, today: date) -> Query:
    days = frozenset(_days(question, today))
    rest = question
    for pattern in (_ISO, _NAMED_DAYS, _DAY_MONTH, _MONTH_DAY):
        rest = pattern.sub(" ", rest)
    words = frozenset(stem(_MEANS.get(word, word)) for word in terms.content(rest) if word not in _ASKING)
    return Query(words, days, question, today)


def _days(text: str, today: date) -> Iterable[date]:
    for found in _NAMED_DAYS.findall(text):
        name = found.lower()
        monday = today - timedelta(days=today.weekday())
        if name in ("today", "tomorrow", "yesterday"):
            yield today + timedelta(days={"today": 0, "tomorrow": 1, "yesterday": -1}[name])
        elif name in ("this week", "next week"):
            begin = monday + timedelta(days=7 * (name == "next week"))
            yield from (begin + timedelta(days=n) for n in range(7))
        else:
            ahead = ([day.lower() for day in DAYS].index(name) - today.weekday()) % 7
            yield today + timedelta(days=ahead)
    for iso in _ISO.findall(text):
        yield from _real(iso)
    for day, month in [*_DAY_MONTH.findall(text), *((day, month) for month, day in _MONTH_DAY.findall(text))]:
        number = next(n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(month.lower()[:3]))
        near = [d for year in (0, 1) for d in _real(f"{today.year + year}-{number:02}-{int(day):02}")]
        # A day that is long gone this year is next year's.
        yield from [d for d in near if d >= today - timedelta(days=180)][:1]


def _real(iso: str) -> list[date]:
    try:
        return [date.fromisoformat(iso)]
    except ValueError:
        return []
