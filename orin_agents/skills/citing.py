"""Marks: how a model is shown what it may rest on, and how the marks in its answer lead back to where that stands.

Everything that comes from a file is data. It is fenced and numbered, and what could pass for the fence, for a mark or
for the control tokens of a chat template is made plain first. Nothing in an answer is ever carried out: code takes its
text, and the marks that stand for something it was shown. An answer loads nothing either, wherever it is drawn: an
image would tell its server what the address holds, without anybody's doing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from orin_agents.domain.asking import Citation
from orin_agents.domain.facts import Fact
from orin_agents.domain.figures import ABSENT, SPOKEN, clock, figure, percent, short_day, starts
from orin_agents.domain.markdown import one_line
from orin_agents.domain.passages import Passage
from orin_agents.skills import prose
from orin_agents.skills.relevance import stems

SHOWN = 160
"""Characters of a passage that a citation shows."""
BORNE_OUT = 0.6
"""A sentence without a mark is taken to rest on a source that holds at least this share of its words …"""
LEAST_WORDS = 3
"""… and so many of them."""
NONE = "none given"
"""What a fact without a value says."""

MARKS = re.compile(r"\[\s*[pf]\d{1,3}(?:\s*[,;]\s*[pf]\d{1,3})*\s*\]")
_MARK = re.compile(r"[pf]\d{1,3}")
_REMOVED = re.compile(rf"[ \t]*{MARKS.pattern}")
_LOADS = re.compile(
    r"!(?=\[)|<(?=\s*(?:img|image|picture|iframe|video|audio|svg|object|embed|link|style|script)\b)", re.I
)
_OPENING = re.compile(r"(?:\[[\spf\d,;]{0,60}|!|<\s*[A-Za-z]{0,7})\Z")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TOKENS = re.compile(
    r"<(?=[\s/|<]*(?:passage|message|answer|\||s>|/s>|<?/?sys|start_of|end_of|think|tool|system|user|assistant))", re.I
)
_INST = re.compile(r"\[(?=\s*/?\s*inst\s*\])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What an answer may rest on, by mark; `said` are sentences put together by code, each with its marks."""

    passages: Mapping[str, Passage] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def marks(self) -> frozenset[str]:
        """Every mark that stands for something."""
        return frozenset(self.passages) | frozenset(self.facts)


def numbered(
    passages: Sequence[Passage], facts: Sequence[Fact], said: Iterable[tuple[str, tuple[str, ...]]] = ()
) -> Sources:
    """The passages as p1, p2 …, the facts as f1, f2 …, in the order given; the same one twice has one mark."""
    by_place = {passage.id: passage for passage in passages}
    by_id = {fact.id: fact for fact in facts}
    marks = {id: f"f{number}" for number, id in enumerate(by_id, 1)}
    return Sources(
        passages={f"p{number}": passage for number, passage in enumerate(by_place.values(), 1)},
        facts={marks[id]: fact for id, fact in by_id.items()},
        said=tuple(dict.fromkeys((text, tuple(marks[id] for id in ids if id in marks)) for text, ids in said)),
    )


def quoted(mark: str, passage: Passage) -> str:
    """The passage as a model is shown it."""
    heading = f' under="{_attribute(passage.heading)}"' if passage.heading else ""
    return f'<passage mark="{mark}" from="{_attribute(passage.id)}"{heading}>\n{harmless(passage.text)}\n</passage>'


def stated(mark: str, fact: Fact, zone: tzinfo | None) -> str:
    """The fact as a model is shown it: `[f2] Overdue (progress overdue): 1 task`."""
    return f"[{mark}] {harmless(worded(fact, zone))}"


def worded(fact: Fact, zone: tzinfo | None) -> str:
    """A fact in words: what it is about, and its figure. One of many of a kind has a title for a label, and says which
    kind: `Sign (due): Tue 24 Nov`.
    """
    kind = f" ({re.sub(r'[._0-9]+', ' ', fact.id).strip()})" if re.search(r"\.\d", fact.id) else ""
    shown = figure(fact.value, fact.unit, zone)
    if shown == ABSENT:
        shown = NONE
    elif fact.unit == "interval" and (begin := starts(str(fact.value), zone)):
        shown = f"{short_day(begin)} {clock(str(fact.value), zone)}"
    elif fact.unit == "date" and isinstance(fact.value, str):
        shown = f"{shown} ({fact.value})"
    elif fact.unit == "ratio" and isinstance(fact.value, int | float):
        shown = f"{shown} ({percent(fact.value)})"
    unit = "" if not fact.unit or fact.unit in SPOKEN or shown == NONE else f" {fact.unit}"
    return one_line(f"{fact.label}{kind}: {shown}{unit.removesuffix('s') if fact.value == 1 else unit}")


def harmless(text: str, *, keep_marks: bool = False) -> str:
    """A text from a file with nothing in it that a model could take for our fence, for a mark or for a control token,
    and nothing that a person could not see. Another agent's answer keeps its marks.
    """
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    text = _TOKENS.sub("‹", text).replace("|>", "|›")
    text = _INST.sub("(", text)
    return text if keep_marks else MARKS.sub(lambda found: f"({found[0][1:-1]})", text)


def _attribute(text: str) -> str:
    return harmless(one_line(text)).replace('"', "'").replace("<", "‹").replace(">", "›")


class MarkFilter:
    """Cleans the marks of an answer while it streams: what could still become a mark is held back, nothing else."""

    def __init__(self, marks: frozenset[str]) -> None:
        self._marks = marks
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown now."""
        text = _at_rest(self._held + piece)
        opening = _OPENING.search(text)
        self._held = opening[0] if opening else ""
        return _cleaned(text[: len(text) - len(self._held)], self._marks)

    def rest(self) -> str:
        """What was held back when the answer ended."""
        held, self._held = self._held, ""
        return _cleaned(held, self._marks)


def resolved(text: str, marks: frozenset[str]) -> tuple[str, int]:
    """The whole answer with its marks apart (`[p1, f2]` as `[p1][f2]`), without those that stand for nothing; how many
    of these there were.
    """
    invented = sum(1 for found in MARKS.findall(text) for mark in _MARK.findall(found) if mark not in marks)

    def apart(found: re.Match[str]) -> str:
        known = _known(found[0], marks)
        return found[0][: len(found[0]) - len(found[0].lstrip())] + known if known else ""

    return _REMOVED.sub(apart, _at_rest(text)).strip(), invented


def attributed(text: str, sources: Sources, zone: tzinfo | None) -> str:
    """The answer with marks put by code, sentence by sentence, where a source holds most of a sentence's words.

    For answers without any mark: small models know what they read and forget to say where.
    """
    known = {mark: stems(f"{p.heading} {p.text}") for mark, p in sources.passages.items()}
    known |= {mark: stems(worded(fact, zone)) for mark, fact in sources.facts.items()}

    def cite(sentence: str) -> str:
        words = stems(sentence)
        best = max(known, key=lambda mark: len(words & known[mark]), default="")
        shared = len(words & known[best]) if best else 0
        if shared < LEAST_WORDS or shared < BORNE_OUT * len(words):
            return sentence
        stop = len(sentence.rstrip(".!?"))
        return f"{sentence[:stop]} [{best}]{sentence[stop:]}"

    lines = []
    for line in text.split("\n"):
        parts, at = [], 0
        for start, end in prose.split(line):
            parts += [line[at:start], cite(line[start:end])]
            at = end
        lines.append("".join([*parts, line[at:]]))
    return "\n".join(lines)


def citations(text: str, sources: Sources, zone: tzinfo | None) -> tuple[Citation, ...]:
    """What the marks of the text stand for, in the order they first stand there."""
    used = dict.fromkeys(mark for found in MARKS.findall(text) for mark in _MARK.findall(found))
    return tuple(cited(mark, sources, zone) for mark in used if mark in sources.marks)


def cited(mark: str, sources: Sources, zone: tzinfo | None) -> Citation:
    """What one mark stands for."""
    if passage := sources.passages.get(mark):
        text = one_line(passage.text)
        return Citation(mark=mark, place=passage.id, text=text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")
    fact = sources.facts[mark]
    return Citation(mark=mark, place=", ".join(map(str, fact.sources)), text=worded(fact, zone))


def unmarked(text: str) -> str:
    """An earlier answer without its marks: they stood for other things than the same marks would now."""
    return _REMOVED.sub("", text)


def _at_rest(text: str) -> str:
    """The text with nothing in it that a reader's program would load: `![x](y)` as `! [x](y)`, a link to click."""
    return _LOADS.sub(lambda found: "! " if found[0] == "!" else "‹", text)


def _cleaned(text: str, marks: frozenset[str]) -> str:
    return MARKS.sub(lambda found: _known(found[0], marks), text)


def _known(found: str, marks: frozenset[str]) -> str:
    return "".join(f"[{mark}]" for mark in dict.fromkeys(_MARK.findall(found)) if mark in marks)
