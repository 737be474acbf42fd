"""What a page that an agent made says in words of its own: a model's narrative, and what a person wrote into it.

The rest repeats facts, which other documents state already. Read again, it would quote the project to itself, and its
list of sources would become the project's main theme.
"""

import re

from orin_agents.domain.snapshot import Document

AGENT = "agent:"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_REPEATED = re.compile(r"\[f\d{1,6}\]|[ \t]*(?:[-*][ \t]*)?_[^_]*_[ \t]*$")
"""A line with the mark of a fact, or one in italics, which pages use for what a template says."""
_SOURCES = re.compile(r"## Sources[ \t]*$")
_HEADING = re.compile(r"#{1,6}[ \t]")


def own_words(document: Document) -> str:
    """The document's text; of an agent's page only what is new in it. Lines keep their numbers."""
    if not document.owner.startswith(AGENT):
        return document.text
    kept: list[str] = []
    in_sources = False
    for line in _LINE.findall(document.text):
        bare = line.rstrip("\r\n")
        if _HEADING.match(bare):
            in_sources = bool(_SOURCES.match(bare))
        repeats = in_sources or bool(_REPEATED.search(bare)) or bool(_HEADING.match(bare))
        kept.append(line[len(bare) :] if repeats else line)
    return "".join(kept)
