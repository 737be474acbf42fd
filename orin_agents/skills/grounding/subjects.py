"""Subjects: known things said of another than the evidence says them of. It speaks up only when rather sure.

Held are: a name in a sentence that shares most of its other words with one of the evidence, where another name stands;
and a word such as `critical` or `mitigated` said of a title, where the facts give this title another of its kind.
"""

import re
from collections.abc import Iterator, Sequence

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.context import Context, within
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.pieces import Piece
from orin_agents.skills.grounding.reading import flat

ALIKE = 0.6
SURE = 0.8
"""The share that two words alone have to make up."""
FEWEST = 2

_HANDLE = re.compile(r"@[\w-]{2,60}")
_PROPER = re.compile(r"(?<![\w.'’-])[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*")


class Values:
    """For each title its facts' values of one word, and for each such value the kinds of facts that can have it."""

    def __init__(self, known: Known) -> None:
        self.of: dict[str, dict[str, set[str]]] = {}
        self.kinds: dict[str, set[str]] = {}
        for fact in known.facts:
            prefix, _, rest = fact.id.partition(".")
            number, _, part = rest.partition(".")
            if number.isdigit() and isinstance(fact.value, str) and fact.value.isalpha() and fact.value.islower():
                kind = f"{prefix}.{part}"
                self.of.setdefault(_title(fact.label), {}).setdefault(kind, set()).add(fact.value)
                self.kinds.setdefault(fact.value, set()).add(kind)


def check_subjects(
    text: str, contexts: Sequence[Context], names: Sequence[Claim], titles: Sequence[Claim], values: Values
) -> Iterator[Claim]:
    """A claim, never supported, for every name or state that the evidence has of another."""
    for context in contexts:
        here = within(context, titles)
        yield from _states(text, context, here, values)
        named = [name for name in within(context, names) if name.supported and _person(name)]
        by_clause: dict[int, list[Claim]] = {}
        for name in named:
            by_clause.setdefault(context.clause(name.start), []).append(name)
        handles = sum(name.text.startswith("@") for name in named)
        for number, group in (by_clause if handles > 1 else {0: named} if named else {}).items():
            yield from _swapped(text, context, group, context.roots(number) if handles > 1 else context.all_roots)


def _states(text: str, context: Context, titles: Sequence[Claim], values: Values) -> Iterator[Claim]:
    for start, end in context.clauses:
        here = [title for title in titles if start <= title.start < end]
        if len(here) != 1:
            continue
        known = values.of.get(_title(here[0].text), {})
        for match in english.WORD.finditer(text, start, end):
            word = match.group()
            if here[0].start <= match.start() < here[0].end or word not in values.kinds:
                continue
            shared = [kind for kind in values.kinds[word] if kind in known]
            if shared and not any(word in known[kind] for kind in known):
                why = f"It is known as {', '.join(sorted(known[shared[0]]))}."
                yield _claim(text, match.start(), match.end(), why)


def _swapped(text: str, context: Context, named: Sequence[Claim], roots: frozenset[str]) -> Iterator[Claim]:
    known = context.known
    for name in named:
        addressed = text.endswith(", ", 0, name.start) and not text[name.end : name.end + 1].isspace()
        if addressed or name.text.endswith(("'s", "’s")) or text.startswith(("'s", "’s"), name.end):
            continue
        own = {english.root(word) for word in english.WORD.findall(name.text)}
        rest = roots - own
        near = known.near(dict.fromkeys(rest, 1.0))
        whole = sum(known.weight(root) or 1.0 for root in rest)
        close = [known.pieces[at] for at in sorted(near, key=lambda at: (-near[at], at))[:6]]
        close = [piece for piece in close if _is_close(piece, rest, whole, known)]
        others = set().union(*(_names(piece, name.text) for piece in close))
        said = {other.text for other in named} if not name.text.startswith("@") else {name.text}
        there = any(other in text[context.start : context.end] for other in others if not other.startswith("@"))
        if not close or there or any(_has(piece, other, known) for piece in close for other in said):
            continue
        best = max(near.values())
        elsewhere = any(score >= 0.75 * best and _has(known.pieces[at], name.text, known) for at, score in near.items())
        if others and not elsewhere:
            yield _claim(text, name.start, name.end, f"{close[0].id} has {min(others)} there.")


def _is_close(piece: Piece, rest: frozenset[str], whole: float, known: Known) -> bool:
    """Whether the sentence of the evidence shares most of the words, other than the name, with that of the text."""
    shared = piece.roots & rest
    if piece.fact or len(shared) < FEWEST:
        return False
    return sum(map(known.weight, shared)) >= _alike(piece, rest) * whole


def _alike(piece: Piece, rest: frozenset[str]) -> float:
    return ALIKE if len(piece.roots & rest) > FEWEST or _HANDLE.search(piece.text) else SURE


def _person(name: Claim) -> bool:
    """Whether it may be who or what does something: no flag, path or piece of code."""
    return name.text.startswith("@") or (
        name.text[0].isupper()
        and not name.text.removeprefix("The ").isupper()
        and not re.search(r"[/\\_`=]", name.text)
    )


def _has(piece: Piece, name: str, known: Known) -> bool:
    roots = english.roots(name)
    return flat(name) in flat(piece.text) or (not name.startswith("@") and bool(roots) and roots <= piece.roots)


def _names(piece: Piece, like: str) -> set[str]:
    """The names of the piece that could stand in the place of `like`: handles for a handle, else capitalised ones."""
    if like.startswith("@"):
        return set(_HANDLE.findall(piece.text))
    found = [(match.start(), match.group()) for match in _PROPER.finditer(piece.text)]
    return {word for at, word in found if (at and piece.text[at - 2 : at] not in ("| ", "- ")) or len(word.split()) > 1}


def _title(label: str) -> str:
    return " ".join(word.lower().replace("’", "'") for word in english.WORD.findall(label))


def _claim(text: str, start: int, end: int, why: str) -> Claim:
    return Claim(kind=ClaimKind.SUBJECT, start=start, end=end, text=text[start:end], supported=False, why=why)
