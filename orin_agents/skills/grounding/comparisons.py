"""Comparisons: which of two known values is greater, whether one rose or fell, what is the most. Only when rather sure.

Held are: `rose from A to B`, `B, up from A`; `drift rose`, `higher than last week` where a fact has the week before;
`A … more than B` where each side is plainly about one fact of the same unit; and `TITLE … the most` where the facts of
one kind order their titles.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.domain.facts import Fact
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.context import Context, within
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.quantities import Quantity, quantities
from orin_agents.skills.grounding.units import factor_of

_RISES = r"up|rose|risen|rises|grew|grown|grows|increased|increases|climbed|climbs|jumped|gained"
_FALLS = r"down|fell|fallen|falls|dropped|drops|decreased|decreases|shrank|shrunk|declined|declines|sank|eased"
_MOVED = re.compile(rf"\b(?:(?P<up>{_RISES})|(?P<down>{_FALLS}))\b", re.IGNORECASE)
_FROM = re.compile(
    r"(?: \w+){0,3}? from (?P<then>[^;!?\n]{1,40}?)(?: last week)?"
    r"(?:,? to (?P<now>[^;!?\n]{1,30})|[,;.!?](?:\s|$)|\n|$)"
)
_WISHED = re.compile(
    r"\b(?:to|should|could|can|must|will|would|help|get|bring|keep)\b(?: [\w'’-]+){0,4} [\w'’-]+$", re.IGNORECASE
)
_THAN = re.compile(
    r"\b(?P<word>(?P<more>more|higher|larger|greater|longer|bigger|above|exceeds?|exceeded|ahead of|over|outweighs?)"
    r"|(?P<less>less|lower|smaller|fewer|shorter|below|under|behind))\b"
    r"(?P<between>(?: [\w'’-]+){0,4}? than | (?:the |its |your )?)",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:last week|the week before|previous week|a week ago|yesterday)\b", re.IGNORECASE)
_MOST = re.compile(
    r"\b(?P<word>(?P<most>most|highest|largest|biggest|longest|greatest|heaviest|top)|(?P<least>least|lowest|smallest|shortest|fewest))\b"
    r"(?! of\b| of your\b| likely\b| recently\b)",
    re.IGNORECASE,
)
_MEASURES = {
    "share": "time share minutes attention hours",
    "objective": "score progress scored",
    "key_result": "progress score",
    "risk": "risk score scored severe dangerous",
    "initiative": "score rank initiative value worth ranked",
    "block": "block session long",
    "forgotten": "forgotten days untouched waited waiting",
    "link": "alike similar link",
    "module": "functions",
    "tag": "notes tag",
}
"""Words by which a superlative shows which kind of numbered facts it is about."""


def check_comparisons(text: str, contexts: Sequence[Context], titles: Sequence[Claim]) -> Iterator[Claim]:
    """A claim, never supported, for every comparison that the evidence or its own numbers turn around."""
    for context in contexts:
        here = within(context, titles)
        found = [*_of_numbers(text, context)]
        found = found or [*_over_time(text, context), *_of_two(text, context), *_of_all(text, context, here)]
        yield from found


def _of_numbers(text: str, context: Context) -> Iterator[Claim]:
    """`Rose from 3 to 5`, and `5, up from 3`, where the number before the word is the later one."""
    for moved in _MOVED.finditer(context.text, context.start, context.end):
        match = _FROM.match(context.text, moved.end(), context.end)
        if not match:
            continue
        before = context.text[max(context.start, moved.start() - 60) : moved.start()]
        later = quantities(match["now"])[:1] if match["now"] else quantities(before)[-1:]
        earlier = quantities(match["then"])[:1]
        if not later or not earlier:
            continue
        now, then = later[0], earlier[0]
        if "bare" in (then.dimension, now.dimension):
            now, then = _plain(now), _plain(then)
        elif then.dimension is not now.dimension:
            continue
        if now.value != then.value and bool(moved["up"]) is not (now.value > then.value):
            yield _claim(text, moved.start(), moved.end(), "Its own numbers go the other way.")
            return


def _plain(said: Quantity) -> Quantity:
    return replace(said, value=said.value / factor_of(said.unit))


def _over_time(text: str, context: Context) -> Iterator[Claim]:
    """`Drift rose`, `drift is higher than last week` against the fact of the week before."""
    sentence = context.text[context.start : context.end]
    known = context.known
    than = _THAN.search(sentence)
    compared = than if than and _BEFORE.search(sentence, than.end()) else None
    moved = _MOVED.search(sentence) if not re.search(r"\d", sentence) or _BEFORE.search(sentence) else None
    match = compared or moved
    if not match or _WISHED.search(sentence[: match.end()]):
        return
    up = bool(match.groupdict().get("more") or match.groupdict().get("up"))
    word = match["word"] if compared else match.group()
    near = english.roots(sentence)
    for piece, earlier in _weeks(known):
        now, then = _number(piece.fact), _number(earlier.fact)
        topic = piece.label - {"week", "last"}
        if now is None or then is None or now == then or not topic or not topic <= near:
            continue
        if up is not (now > then):
            at = context.start + match.start("word" if compared else 0)
            yield _claim(text, at, at + len(word), f"{piece.id} is {now:g}, {earlier.id} {then:g}.")
        return


def _weeks(known: Known) -> Iterator[tuple[Piece, Piece]]:
    by_id = {piece.id: piece for piece in known.pieces if piece.fact}
    for name, earlier in by_id.items():
        if name.endswith(".last_week"):
            total = by_id.get(name.replace(".last_week", ".total")) or by_id.get(
                name.replace(".last_week", ".this_week")
            )
            if total:
                yield total, earlier


def _of_two(text: str, context: Context) -> Iterator[Claim]:
    sentence = context.text[context.start : context.end]
    for match in _THAN.finditer(sentence):
        if quantities(sentence[match.end() : match.end() + 12]) or _BEFORE.match(sentence, match.end()):
            continue
        if " than " not in match["between"].lower() and match["word"].lower() in (
            "more",
            "less",
            "over",
            "under",
            "fewer",
        ):
            continue
        left, right = english.roots(sentence[: match.start()]), english.roots(sentence[match.end() :])
        between = english.roots(match["between"])
        pair = _pair(left, right, between, context.known)
        if pair is None:
            continue
        one, other = (_number(piece.fact) for piece in pair)
        if one is None or other is None or (one == other):
            continue
        if (match["more"] is not None) is not (one > other):
            at = context.start + match.start("word")
            yield _claim(text, at, at + len(match["word"]), f"{pair[0].id} is {one:g}, {pair[1].id} {other:g}.")


def _pair(
    left: frozenset[str], right: frozenset[str], between: frozenset[str], known: Known
) -> tuple[Piece, Piece] | None:
    """The two facts of one unit that the sides are plainly about: two labels, or one label and the name of a part."""
    labelled = [piece for piece in known.pieces if piece.fact and piece.label and _number(piece.fact) is not None]
    lefts = [piece for piece in labelled if piece.label <= left | between]
    rights = [piece for piece in labelled if piece.label <= right | between and piece.label & right]
    found = [
        (one, other)
        for one in lefts[:40]
        for other in rights[:40]
        if one.fact
        and other.fact
        and one.fact.unit == other.fact.unit
        and one.fact.label != other.fact.label
        and _alike(one, other)
    ]
    if not found:
        found = [
            (one, other)
            for one in lefts[:40]
            for other in known.pieces
            if other.fact
            and one.fact
            and other.fact.label == one.fact.label
            and other.fact.unit == one.fact.unit
            and other.id.startswith(f"{one.id}.")
            and english.root(other.id.split(".")[-1]) in right
        ]
    if not found:
        return None
    return max(
        found, key=lambda pair: (len(pair[0].label) + len(pair[1].label), _of_kind(pair[0], left | right | between))
    )


def _alike(one: Piece, other: Piece) -> bool:
    """Whether the two are values of one kind: the same part of numbered facts, or neither is numbered."""
    return _kind(one.id) == _kind(other.id) or not (_numbered(one.id) or _numbered(other.id))


def _of_kind(piece: Piece, roots: frozenset[str]) -> int:
    return len(english.roots(_MEASURES.get(piece.family, "")) & roots) + (0 if piece.id.count(".") > 1 else 1)


def _of_all(text: str, context: Context, titles: Sequence[Claim]) -> Iterator[Claim]:
    sentence = context.text[context.start : context.end]
    match = _MOST.search(sentence)
    if not match or len(titles) != 1:
        return
    words = {english.root(word) for word in english.WORD.findall(sentence)}
    title = _words(titles[0].text)
    for family, measure in _MEASURES.items():
        if family not in context.known.families or not words & {english.root(word) for word in measure.split()}:
            continue
        rows = [
            (_words(label), number)
            for label, facts in context.known.families[family].items()
            for fact in facts
            if (number := _number(fact)) is not None
        ]
        own = [number for label, number in rows if label == title]
        if not own or len(rows) < 2:
            continue
        extreme = max(number for _, number in rows) if match["most"] else min(number for _, number in rows)
        if extreme not in own:
            at = context.start + match.start("word")
            yield _claim(text, at, at + len(match["word"]), f"Another {family} has {extreme:g}.")
        return


def _number(fact: Fact | None) -> float | None:
    value = fact.value if fact else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _kind(id_: str) -> str:
    return ".".join(part for part in id_.split(".") if not part.isdigit())


def _numbered(id_: str) -> bool:
    return any(part.isdigit() for part in id_.split("."))


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in english.WORD.findall(text)]


def _claim(text: str, start: int, end: int, why: str) -> Claim:
    return Claim(kind=ClaimKind.COMPARISON, start=start, end=end, text=text[start:end], supported=False, why=why)
