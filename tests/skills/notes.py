"""Documents, artifacts and journal entries as the tests of skills on notes need them, and texts that try to break."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from orin_agents.domain.artifacts import Artifact, Kind, State, kind_of
from orin_agents.domain.facts import Finding, Source
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.material import Link
from orin_agents.domain.snapshot import Document

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DATA = Path(__file__).parent.parent / "data"


HOSTILE = {
    "nothing": "",
    "blank lines": "\n" * 5000,
    "control characters": "\x00\x01 a\x1b[31mb \x7f\u202e c\ufeff\u200b\ud800",
    "open fence": "Before it.\n```\ncode goes on\n" * 3,
    "open front matter": "---\ntitle: a\nNever closed.\n",
    "open comment": "Text stands here. <!-- and it never ends",
    "one long line": "word " * 40_000,
    "one long word": "x" * 200_000,
    "dots": "." * 200_000,
    "brackets": "[" * 100_000 + "](" * 20_000,
    "backticks": "`" * 100_000,
    "quotes": ">" * 100_000 + " a",
    "pipes": "a|b\n" + "-|" * 50_000,
    "lists": "- " * 50_000 + "\n" + "1. " * 20_000,
    "underscores": "_a" * 50_000,
    "addresses": "http://" * 20_000,
    "line ends": "One.\rTwo.\r\nThree.\n\rFour.\u2028Five.\x0bSix.",
    "digits": "9" * 100_000,
}
"""Texts that people and programs leave behind, and that a careless pattern takes minutes for."""

WORDS = ["harbour", "booking", "rope", "hall", "bicycles", "the", "and", "of", "is", "A", "We", "assume", "it", "Then"]
FRAGMENTS = [
    *(f"{word} " for word in WORDS),
    ". ",
    "? ",
    "\n",
    "\n\n",
    "\r\n",
    "# ",
    "- ",
    "- [ ] ",
    "> ",
    "| a | b |\n|---|---|\n",
    "```\n",
    "[a](b.md) ",
    "[[Hall|the hall]] ",
    "<!-- ",
    "--> ",
    "---\n",
    "**bold** ",
    "TBD ",
    "e.g. ",
    "\x00",
    "§",
]


def markdown() -> st.SearchStrategy[str]:
    """Markdown of all kinds, whole and broken."""
    return st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join), st.text(max_size=200))


def documents(least: int = 0) -> st.SearchStrategy[tuple[Document, ...]]:
    """Some documents with paths of their own."""
    return st.lists(markdown(), min_size=least, max_size=6).map(
        lambda texts: tuple(note(text, f"raw_notes/n{number}.md") for number, text in enumerate(texts))
    )


def note(
    text: str,
    path: str = "raw_notes/note.md",
    *,
    title: str = "",
    tags: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    changed: datetime = NOW,
    created: datetime | None = None,
) -> Document:
    """A note; each of its links stands on line 1."""
    return Document(
        path=path,
        version=1,
        title=title or Path(path).stem,
        text=text,
        changed=changed,
        tags=tags,
        links=tuple(Link(target=target, source=Source(path=path, first_line=1, last_line=1)) for target in links),
        aliases=aliases,
        created=created,
    )


def artifact(path: str, *, changed: datetime = NOW, version: int = 1, removed: datetime | None = None) -> Artifact:
    """A file of the case file."""
    return Artifact(
        id=1,
        project="home",
        path=path,
        kind=kind_of(path) if path else Kind.NOTE,
        state=State.DRAFT,
        owner="person:ada",
        version=version,
        sha256="0" * 64,
        size=1,
        created=changed,
        changed=changed,
        removed=removed,
    )


def run(number: int, seconds: float, *, routine: str = "morning", state: str = "ok", ago: float = 24) -> list[Entry]:
    """The start and the end of a run, `ago` hours before NOW."""
    start = NOW - timedelta(hours=ago)
    common = {"actor": "person:ada", "subject": routine, "correlation": f"r{number}"}
    return [
        Entry(seq=2 * number, at=start, event=Event.RUN_STARTED, **common),
        Entry(
            seq=2 * number + 1,
            at=start + timedelta(seconds=seconds),
            event=Event.RUN_FINISHED,
            data={"state": state},
            **common,
        ),
    ]


def shelf(name: str) -> tuple[Document, ...]:
    """The notes below tests/data/NAME, without what a reader would have found in them."""
    root = DATA / name
    return tuple(
        note(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix()) for path in sorted(root.rglob("*.md"))
    )


def at_lines(text: str, source: Source) -> str:
    """The lines of the text that the source names."""
    assert source.first_line is not None
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n|$)", text)
    return "".join(lines[source.first_line - 1 : source.last_line])


def values(finding: Finding, prefix: str) -> list[object]:
    """The values of the numbered facts."""
    return [fact.value for fact in finding.numbered(prefix)]


def labels(finding: Finding, prefix: str) -> list[str]:
    """The labels of the numbered facts."""
    return [fact.label for fact in finding.numbered(prefix)]


def value(finding: Finding, fact_id: str) -> object:
    """The value of the fact; it must be there."""
    fact = finding.get(fact_id)
    assert fact is not None, f"no fact {fact_id}"
    return fact.value
