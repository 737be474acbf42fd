"""Notes as a Zettelkasten: an id for each, the links between them, links worth making, and what hangs loose."""

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from orin_agents.domain.artifacts import Artifact
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, merged
from orin_agents.domain.snapshot import Document
from orin_agents.skills import likeness, prose, terms
from orin_agents.skills.pages import own_words
from orin_agents.skills.vault import Vault, linked

LEAST = 0.06
"""The least likeness of two notes for a link between them to be suggested."""
EACH = 3
"""How many links are suggested for a note."""
MOST = 50
BROKEN = 200
MOST_SOURCES = 12
FEWEST_WORDS = 5
"""A note with fewer distinct words is like nothing."""
TITLE = 3
"""How many times a word of the title counts."""

_OWN_ID = re.compile(r"(?<!\d)(\d{12}|\d{14}|\d{16})(?!\d)")
_PROPERTY = re.compile(
    r"^(?:id|zettel|zettel_id|uid)[ \t]*:[ \t]*[\"']?(\d{12,17})[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_HEAD = 2000
"""Where in a note its own id is looked for: in the front matter at its head."""

Pair = frozenset[str]


def link_notes(documents: tuple[Document, ...], now: datetime, artifacts: tuple[Artifact, ...] = ()) -> Finding:
    """`zettel.N` (each note's id), `link.N` (likeness of two notes that are not linked), `orphan.N`, `broken_link.N`.

    Links resolve by path, file name and alias. With `artifacts`, links to files that are no notes are judged too.
    """
    notes = tuple(prose.ordered(documents))
    vault = Vault(notes, (artifact.path for artifact in artifacts if artifact.removed is None))
    links: set[tuple[str, str]] = set()
    broken: list[Fact] = []
    for note, link, target in linked(notes, vault):
        if target is None:
            broken.append(
                Fact(id=f"broken_link.{len(broken) + 1}", label=note.title, value=link.target, sources=(link.source,))
            )
        elif target and target != note.path:
            links.add((note.path, target))
    paths = {note.path for note in notes}
    between = {(start, end) for start, end in links if end in paths}
    facts = _ids(notes, now)
    facts += _suggestions(notes, {frozenset(pair) for pair in between})
    orphans = _orphans(notes, links)
    facts += orphans
    facts += broken[:BROKEN]
    facts.append(Fact(id="zettel.notes", label="Notes", value=len(notes), unit="notes"))
    facts.append(Fact(id="zettel.links", label="Links between notes", value=len(between), unit="links"))
    facts.append(Fact(id="zettel.broken", label="Links that lead nowhere", value=len(broken), unit="links"))
    where = merged(source for fact in orphans for source in fact.sources)[:MOST_SOURCES]
    facts.append(Fact(id="zettel.alone", label="Notes without a link", value=len(orphans), unit="notes", sources=where))
    return Finding(skill="zettel", facts=tuple(facts), remarks=tuple(_remarks(notes, orphans, broken)))


def zettel_ids(notes: Iterable[Document], now: datetime) -> dict[str, str]:
    """A unique id for each note by path.

    An id that the note itself bears, in its front matter or file name, is kept. Any other is the minute of its first
    version in the zone of `now`, YYYYMMDDHHMM, and six digits out of its path, so that the id of one note hangs on no
    other note: it stays when notes are edited, added or removed. Where two still meet, the later path counts on.
    """
    ids: dict[str, str] = {}
    taken: set[str] = set()
    notes = prose.ordered(tuple(notes))
    for note in notes:
        own = _own_id(note)
        if own and own not in taken:
            ids[note.path] = own
            taken.add(own)
    for note in notes:
        if note.path not in ids:
            ids[note.path] = _free_id(note, now, taken)
            taken.add(ids[note.path])
    return ids


def _own_id(note: Document) -> str:
    if note.text.startswith("---"):
        head = note.text[:_HEAD]
        if found := _PROPERTY.search(head, 0, max(0, head.find("\n---", 3))):
            return found[1]
    found = _OWN_ID.search(PurePosixPath(note.path).stem)
    return found[1] if found and found[1][:2] in ("19", "20") else ""


def _free_id(note: Document, now: datetime, taken: set[str]) -> str:
    moment = note.created or note.changed
    if moment.tzinfo is not None and now.tzinfo is not None:
        moment = moment.astimezone(now.tzinfo)
    minute = f"{moment.year:04d}{moment:%m%d%H%M}"
    counter = zlib.crc32(note.path.encode("utf-8", "surrogatepass")) % 1_000_000
    while f"{minute}{counter:06d}" in taken:
        counter += 1
    return f"{minute}{counter:06d}"


def _ids(notes: tuple[Document, ...], now: datetime) -> list[Fact]:
    ids = zettel_ids(notes, now)
    return [
        Fact(id=f"zettel.{number}", label=note.title, value=ids[note.path], sources=(prose.whole(note),))
        for number, note in enumerate(notes, start=1)
    ]


def _suggestions(notes: tuple[Document, ...], existing: set[Pair]) -> list[Fact]:
    """The likest pairs first; none that is linked in either direction, none of a note and its copy."""
    bags = [_bag(note) for note in notes]
    cosines = likeness.pairs(likeness.vectors(bags), LEAST)
    given: Counter[int] = Counter()
    facts: list[Fact] = []
    for (i, j), cosine in sorted(cosines.items(), key=lambda item: (-round(item[1], 4), item[0])):
        if len(facts) == MOST:
            break
        first, second = notes[i], notes[j]
        linked_already = frozenset((first.path, second.path)) in existing
        if linked_already or first.text.strip() == second.text.strip() or max(given[i], given[j]) >= EACH:
            continue
        given.update((i, j))
        facts.append(
            Fact(
                id=f"link.{len(facts) + 1}",
                label=f"{first.title} → {second.title}",
                value=round(cosine, 4),
                unit="ratio",
                sources=(prose.whole(first), prose.whole(second)),
            )
        )
    return facts


def _bag(note: Document) -> Counter[str]:
    bag = Counter(word for piece in prose.pieces(own_words(note)) for word in terms.content(prose.plain(piece.text)))
    for word in terms.content(note.title):
        bag[word] += TITLE
    return bag if len(bag) >= FEWEST_WORDS else Counter()


def _orphans(notes: tuple[Document, ...], links: set[tuple[str, str]]) -> list[Fact]:
    held = {path for pair in links for path in pair}
    alone = [note for note in notes if note.path not in held]
    return [
        Fact(id=f"orphan.{number}", label=note.title, value=True, sources=(prose.whole(note),))
        for number, note in enumerate(alone, start=1)
    ]


def _remarks(notes: tuple[Document, ...], orphans: list[Fact], broken: list[Fact]) -> Iterable[Remark]:
    if broken:
        lead = "1 link leads" if len(broken) == 1 else f"{len(broken)} links lead"
        shown = tuple(fact.id for fact in broken[:3])
        yield Remark(text=f"{lead} nowhere.", severity=Severity.WARNING, facts=("zettel.broken", *shown))
    if orphans and len(notes) > 1:
        stand = "1 note stands" if len(orphans) == 1 else f"{len(orphans)} notes stand"
        shown = tuple(fact.id for fact in orphans[:3])
        yield Remark(text=f"{stand} alone, without a link in or out.", facts=("zettel.alone", *shown))
