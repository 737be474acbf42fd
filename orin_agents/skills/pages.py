"""What a page that an agent made says in words of its own: a model's narrative, and what a person wrote into it.

The rest repeats facts, which other documents state already. Read again, it would quote the project to itself, and its
list of sources would become the project's main theme.
"""

import re

from orin_agents.domain.snapshot import Document

AGENT = "agent:"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_MARK = re.compile(r" ?\[f\d{1,6}\]")
_ITALICS = re.compile(r"[ \t]*(?:[-*][ \t]*)?_[^_]*_[ \t]*$")
"""A line in italics: what a template says, not what anybody thought."""
REPEATING = ("Sources", "Handed on", "Handed over")
"""Sections that repeat from their first line to their last: what facts rest on, and what other agents said."""
_SECTION = re.compile(rf"## (?:{'|'.join(REPEATING)})[ \t]*$")
_HEADING = re.compile(r"#{1,6}[ \t]")
_BEGIN, _END = "<!-- narrative -->", "<!-- /narrative -->"


def own_words(document: Document) -> str:
    """The document's text; of an agent's page only what is new in it. Lines keep their numbers.

    A version saved by the agent has new words in its narrative alone, whose marks are left out; in one that a person
    has edited since, whatever bears no mark may be theirs.
    """
    if not document.owner.startswith(AGENT):
        return document.text
    edited = not document.author.startswith(AGENT)
    kept: list[str] = []
    repeats = told = False
    for line in _LINE.findall(document.text):
        bare = line.rstrip("\r\n")
        heading = bool(_HEADING.match(bare))
        if heading:
            repeats = bool(_SECTION.match(bare))
        edge = bare in (_BEGIN, _END)
        if edge:
            told = bare == _BEGIN
        repeated = edge or repeats or heading or _ITALICS.search(bare) or (not told and _MARK.search(bare))
        new = (told or edited) and not repeated
        kept.append((_MARK.sub("", line) if told else line) if new else line[len(bare) :])
    return "".join(kept)
