"""Links: addresses, `[[wikilinks]]`, Markdown targets and mail addresses must stand in the evidence just so."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.skills.grounding.known import Known

_URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.)[^\s<>\"“”«»|\x00-\x1f\[\]{}`]{1,2000}", re.IGNORECASE)
_WIKI = re.compile(r"!?\[\[([^\[\]|#\n\x00]{0,300})(#[^\[\]|\n\x00]{0,300})?(?:\|([^\[\]\n\x00]{0,300}))?\]\]")
_TARGET = re.compile(r"\]\(<?([^()<>\s\x00]{1,1000}(?:\([^()\s]{0,100}\))?)>?(?:\s+\"[^\"\n]{0,200}\")?\)")
_MAIL = re.compile(r"(?<![\w.+@/-])[\w+-][\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,5}(?<!\.)")
_DEFINED = re.compile(r"^[ \t]*\[[^\[\]\n]{1,200}\]:[ \t]*<?(\S{1,1000}?)>?[ \t]*$", re.MULTILINE)
_BEHIND = ".,;:!?'’*_~"


class Links:
    """The targets of the evidence, each with the id of what has it first; titles and file names are wikilinks too."""

    def __init__(self, known: Known) -> None:
        self._targets: dict[str, str] = {}
        for id_, text in known.blocks:
            for _, _, target in _found(text):
                self._targets.setdefault(_same(target), id_)
            for match in _DEFINED.finditer(text):
                self._targets.setdefault(_same(match[1]), id_)
            line = text.strip()
            if len(line) <= 300 and "\n" not in line:
                self._targets.setdefault(_same(line), id_)
                self._targets.setdefault(PurePosixPath(line).name.casefold().removesuffix(".md"), id_)

    def by(self, target: str) -> str:
        """The id of what has the target, or nothing."""
        found = self._targets.get(_same(target), "")
        if not found and not target.startswith(("http", "www")):
            found = self._targets.get(target.partition("#")[0].casefold().removesuffix(".md").removeprefix("./"), "")
        return found


def check_links(text: str, links: Links) -> Iterator[Claim]:
    """A claim for every link of the text, on its target."""
    for start, end, target in _found(text):
        by = links.by(target)
        why = "" if by else "This link stands in no fact or passage."
        yield Claim(kind=ClaimKind.LINK, start=start, end=end, text=text[start:end], supported=bool(by), by=by, why=why)


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of each link's target, and the target, in order; none overlaps another."""
    spans: list[tuple[int, int, str]] = []
    for pattern in (_WIKI, _TARGET, _URL, _MAIL):
        for match in pattern.finditer(text):
            group = 1 if pattern in (_WIKI, _TARGET) else 0
            start, target = match.start(group), match[group]
            if pattern is _URL:
                target = _whole(target)
            elif pattern is _WIKI:
                target = target.strip()
                start += match[group].find(target)
            if target:
                spans.append((start, start + len(target), target))
    end = -1
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if span[0] >= end:
            yield span
            end = span[1]


def _whole(address: str) -> str:
    """The address without the marks of the sentence behind it, and without a bracket that opens before it."""
    address = address.rstrip(_BEHIND)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_BEHIND)
    return address


def _same(target: str) -> str:
    target = target.strip()
    scheme, mark, rest = target.partition("://")
    if mark:
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host.lower()}{slash}{path}".rstrip("/")
    return target.casefold().removesuffix(".md").removeprefix("./").rstrip("/")
