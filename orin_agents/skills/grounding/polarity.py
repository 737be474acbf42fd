"""Negation: what the words deny and the evidence says, and the other way round. It speaks up only when rather sure.

Held are: `no task is overdue` against a count, `there are overdue tasks` against a count of 0, `TITLE is not overdue`
against the facts of that kind, and a clause that shares most of its words with one of the evidence but has a negation,
or the contrary of a word, that this one lacks.
"""

import re
from collections.abc import Iterator, Sequence

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.domain.facts import Fact
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.context import Context, within
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.pieces import STATES, Piece
from orin_agents.skills.grounding.reading import blank, clauses, flat

ALIKE = 0.7
"""The share of a clause's weight that a sentence of the evidence has to have for the two to be about one thing."""
CLOSE = 0.7
"""Sentences less like the clause than this, beside the one most like it, have no say."""
LEAST_LIKE = 0.3
"""The share of all their words that the clause and the sentence most like it must have in common."""
FEWEST_WORDS = 6
"""Words that a fact's value has to have to be a sentence."""
FEWEST = 3
"""Roots that the two have to share."""

_NEGATED = re.compile(
    r"\b(?:not (?!only\b|just\b|least\b|to mention\b)"
    r"|no (?!longer than|more than|less than|later than|need\b|matter\b|doubt\b|wonder\b)"
    r"|never\b|none\b|nothing\b|nobody\b|neither\b|nor\b|without\b|cannot\b|unable to\b|[a-z]{2,7}n['’]t\b"
    r"|lacks?\b|fails? to\b|hardly\b|no longer\b)",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:no (?!longer\b|more\b|less\b|later\b|need\b|one\b|matter\b|doubt\b|fewer\b)|not a single "
    r"|none of (?:the |your |its )?|nothing\b|not any |without any |zero )",
    re.IGNORECASE,
)
_SOME = re.compile(r"\b(?:there (?:are|is)|some|several|a few|many|multiple|a number of)\b", re.IGNORECASE)
_TASK = re.compile(r"[-*+\d.) \t]*\[ \]")
_CONTRARIES = """
accepted rejected; stable unstable; stabilised unstabilised; include exclude; increase decrease; allow forbid;
required optional; before after; easy hard; possible impossible; safe unsafe; supported unsupported; enabled disabled;
complete incomplete; known unknown; success failure; succeeded failed; agreed disagreed; public private; static
dynamic; open closed; early late; start stop; enough scarce; useful useless; mitigated unmitigated; passed failed;
present absent; worse better; easier harder; lower higher; less more; fewer more; cheap expensive; faster slower;
synchronous asynchronous; always never; voluntary mandatory; first last; best worst; finished unfinished; merged
unmerged; minimum maximum; encouraged discouraged; continue stop; rose fell; internal external; upstream downstream;
simple complex; common rare; confident doubtful; small large; short long; strong weak; improves worsens; simplifies
complicates; add remove; keep drop; allowed forbidden
"""
_PAIRS = [tuple(map(english.root, pair.split())) for pair in _CONTRARIES.split(";")]
_CONTRARY: dict[str, set[str]] = {}
for _one, _other in (*_PAIRS, *(pair[::-1] for pair in _PAIRS)):
    _CONTRARY.setdefault(_one, set()).add(_other)


def check_polarity(text: str, contexts: Sequence[Context], titles: Sequence[Claim]) -> Iterator[Claim]:
    """A claim for every denial that is known to be so or otherwise; the titles of the text are no words of its own."""
    own = blank(text, [(title.start, title.end) for title in titles])
    counted = blank(text, [(title.start, title.end) for title in titles if _NEGATED.search(title.text)])
    for context in contexts:
        mentioned = within(context, titles)
        found = [*_of_states(text, context, mentioned), *_of_counts(counted, context)]
        yield from found
        if not found:
            yield from _turned(own, context)


def _of_counts(text: str, context: Context) -> Iterator[Claim]:
    for start, end in context.clauses:
        none = _NONE.search(text, start, end)
        some = None if none or _NEGATED.search(text, start, end) else _SOME.search(text, start, end)
        found = none or some
        before = english.roots(text[context.start : none.start()]) if none else frozenset()
        if not found or any(map(context.known.weight, before)):
            continue
        count = _counted(english.roots(text[found.start() if none else start : end]), context.known)
        if not count or not isinstance(count.value, int | float):
            continue
        stop = _stop(text, found.start(), end)
        if none:
            why = "" if count.value == 0 else f"{count.id} counts {count.value:g}."
            yield _claim(text, found.start(), stop, by="" if why else count.id, why=why)
        elif count.value == 0 and not re.search(r"\d", text[start:end]):
            yield _claim(text, found.start(), stop, why=f"{count.id} counts none.")


def _counted(roots: frozenset[str], known: Known) -> Fact | None:
    """The count whose whole label is among the roots, the longest label first."""
    fitting = [
        piece
        for piece in known.pieces
        if piece.fact
        and piece.label
        and piece.label <= roots
        and piece.fact.unit not in ("", "ratio", "minutes", "hours", "days", "percent", "date", "interval")
        and isinstance(piece.fact.value, int | float)
        and (english.root(piece.fact.unit) in roots or not piece.row)
        and (english.root(piece.fact.unit) in roots or not (roots - piece.label) & known.units)
        and len(roots - piece.label - {english.root(piece.fact.unit)}) <= 1
        and not _NEGATED.search(piece.fact.label)
    ]
    found = max(fitting, key=lambda piece: len(piece.label), default=None)
    return found.fact if found else None


def _of_states(text: str, context: Context, titles: Sequence[Claim]) -> Iterator[Claim]:
    known = context.known
    for number, (start, end) in enumerate(context.clauses):
        here = [title for title in titles if start <= title.start < end]
        own = blank(text[start:end], [(title.start - start, min(title.end, end) - start) for title in here])
        known_title = len(here) == 1 and flat(here[0].text) in known.labelled
        roots = english.roots(own) if known_title else frozenset()
        for state in sorted(STATES):
            if english.root(state) not in roots or state not in known.families or number >= len(context.clauses):
                continue
            bearers = {" ".join(_words(label)) for label in known.families[state]}
            bears = " ".join(_words(here[0].text)) in bearers
            denied = _NEGATED.search(own)
            if bears and denied:
                at = start + denied.start()
                yield _claim(text, at, at + len(denied.group().rstrip()), why=f"It is {state}.")
            elif (
                not bears
                and not denied
                and state in own
                and re.search(r"\b(?:is|are|was|were|remains?|stays?|still)\b", own)
            ):
                title = here[0]
                yield _claim(text, title.start, title.end, ClaimKind.SUBJECT, why=f"This is not known to be {state}.")


def _turned(text: str, context: Context) -> Iterator[Claim]:
    """Denials of what a sentence of the evidence says in nearly the same words, or the reverse."""
    known = context.known
    for start, end in _spans(context):
        said = english.roots(text[start:end])
        if len(said) < FEWEST:
            continue
        whole = sum(known.weight(root) or 1.0 for root in said)
        turned = {other for root in said for other in _CONTRARY.get(root, ())}
        near = known.near(dict.fromkeys(said | turned, 1.0))
        best = sorted(near, key=lambda at: -near[at])[:5]
        alike = [
            known.pieces[at]
            for at in best
            if near[at] >= ALIKE * whole and len(known.pieces[at].label & (said | turned)) >= FEWEST
        ]
        prose = [piece for piece in alike if _is_prose(piece)]
        if not prose:
            continue
        likeness = {piece: _likeness(english.roots(piece.text), said | turned, known) for piece in prose}
        if max(likeness.values()) < LEAST_LIKE:
            continue
        prose = [piece for piece in prose if likeness[piece] >= CLOSE * max(likeness.values())]
        verdicts = [_against(text[start:end], said, piece) for piece in prose]
        if None in verdicts:
            continue
        denied = _NEGATED.search(text, start, end)
        word = next((word for word in verdicts if word), "")
        at = text.find(word, start, end) if word else -1
        if at >= 0:
            yield _claim(text, at, at + len(word), why=f"{prose[0].id} says the contrary.")
        elif denied:
            yield _claim(
                text,
                denied.start(),
                denied.start() + len(denied.group().rstrip()),
                why=f"{prose[0].id} does not deny it.",
            )
        else:
            yield _claim(text, start, end, why=f"{prose[0].id} denies it.")


def _likeness(one: frozenset[str], other: frozenset[str], known: Known) -> float:
    """The weight of the roots that both have over that of all: Jaccard's index, weighted."""
    shared = sum(known.weight(root) for root in one & other)
    return shared / (sum(known.weight(root) for root in one | other) or 1.0)


def _is_prose(piece: Piece) -> bool:
    """Whether the piece says something: a sentence, though no open task, or a fact whose value or label is one."""
    if piece.fact is None:
        return not _TASK.match(piece.text)
    value, label = str(piece.fact.value), piece.fact.label
    ends = label.rstrip("\"'”’*_)")[-1:] in (".", "!", "?")
    return any(
        len(said.split()) >= FEWEST_WORDS and said[0].isupper() for said in ([value, label] if ends else [value])
    )


def _spans(context: Context) -> list[tuple[int, int]]:
    return [(context.start, context.end)] if len(context.clauses) > 1 else context.clauses[:1]


def _against(said: str, roots: frozenset[str], piece: Piece) -> str | None:
    """None where the piece agrees; else the word that is its contrary, or nothing where one of the two is denied."""
    text = _closest(piece.text, roots | {other for root in roots for other in _CONTRARY.get(root, ())})
    theirs = english.roots(text) | {english.root(word) for word in english.WORD.findall(text)}
    denied, denies = len(_NEGATED.findall(said)) % 2, len(_NEGATED.findall(text)) % 2
    if denied and _NEGATED.search(piece.text):
        return None
    flips, turned = denied + denies, ""
    for match in english.WORD.finditer(said):
        root = english.root(match.group())
        if root not in theirs and _CONTRARY.get(root, set()) & theirs:
            turned = match.group()
            flips += 0 if theirs & _CONTRARY[root] <= english.NEGATORS else 1
            break
    return turned if flips % 2 else None


def _closest(text: str, roots: frozenset[str]) -> str:
    """The clause that shares nearly all roots with those given, else all from the first to the last that share one."""
    parts = clauses(text, 0, len(text))
    shared = [len(english.roots(text[start:end]) & roots) for start, end in parts]
    best = max(range(len(parts)), key=lambda at: shared[at])
    if shared[best] >= 0.8 * len(english.roots(text) & roots):
        return text[parts[best][0] : parts[best][1]]
    sharing = [part for part, number in zip(parts, shared, strict=True) if number]
    return text[sharing[0][0] : sharing[-1][1]] if sharing else text


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in english.WORD.findall(text)]


def _stop(text: str, start: int, end: int) -> int:
    """Where the phrase that begins at `start` ends: five words on at most."""
    words = list(english.WORD.finditer(text, start, end))[:5]
    return words[-1].end() if words else end


def _claim(text: str, start: int, end: int, kind: ClaimKind = ClaimKind.NEGATION, by: str = "", why: str = "") -> Claim:
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Claim(kind=kind, start=start, end=end, text=text[start:end], supported=bool(by), by=by, why=why)
