"""Where the links of notes lead, as Obsidian resolves them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from orin_agents.domain.material import Link
from orin_agents.domain.snapshot import Document

NOTES = (".md", ".markdown", ".txt")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$|\.7z$|\.mp[34]$")


class Vault:
    """The notes of a case file by path, file name and alias; case and the way accents are encoded make no difference.

    `others` are the paths of further files that links may lead to.
    """

    def __init__(self, documents: Iterable[Document], others: Iterable[str] = ()) -> None:
        self._names: dict[str, list[str]] = {}
        self._aliases: dict[str, str] = {}
        self.judges_files = False
        """Whether the other files are known, so that a link to one that is absent is broken."""
        documents = sorted(documents, key=lambda document: document.path)
        known = {document.path for document in documents}
        for path in [*sorted(known), *sorted(set(others) - known)]:
            self.judges_files = self.judges_files or path not in known
            for name in {_key(PurePosixPath(path).name), _key(_bare(PurePosixPath(path).name))}:
                self._names.setdefault(name, []).append(path)
        for document in documents:
            for alias in document.aliases:
                if alias.strip():
                    self._aliases.setdefault(_key(alias.strip()), document.path)

    def resolve(self, link: Link, path: str) -> str | None:
        """The path that a link in the note `path` leads to; None when it leads nowhere, empty when it leaves the vault
        or stays in the note.
        """
        target = link.target.replace("\\|", "|").split("|", 1)[0].split("#", 1)[0].split("^", 1)[0].strip()
        if not target or _SCHEME.match(target) or not _printable(target):
            return ""
        for spelling in dict.fromkeys((target, unquote(target))):
            if found := self._named(spelling, path) or self._aliases.get(_key(spelling)):
                return found
        attachment = _SUFFIX.search(target) and not target.lower().endswith(NOTES)
        folder = target.endswith("/")
        return "" if folder or (attachment and not self.judges_files) else None

    def _named(self, target: str, path: str) -> str | None:
        """The file by name, or by the end of its path; of several the one nearest to the note, then the shortest."""
        name = _key(target.rstrip("/").rsplit("/", 1)[-1])
        found = self._names.get(name, [])
        if "/" in target:
            relative = _joined(PurePosixPath(path).parent, target)
            exact = [other for other in found if relative is not None and _same(other, relative)]
            ending = _key(target.lstrip("./"))
            found = exact or [other for other in found if _ends(other, ending)]
        folder = str(PurePosixPath(path).parent)
        return min(found, key=lambda other: (not _within(other, folder), other.count("/"), other), default=None)


def linked(documents: Iterable[Document], vault: Vault) -> Iterator[tuple[Document, Link, str | None]]:
    """Every link of the documents with where it leads."""
    for document in documents:
        for link in document.links:
            yield document, link, vault.resolve(link, document.path)


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _bare(name: str) -> str:
    """The file name without the suffix of a note."""
    return next((name[: -len(suffix)] for suffix in NOTES if name.lower().endswith(suffix)), name)


def _same(path: str, target: str) -> bool:
    return _key(target) in (_key(path), _key(_bare(path)))


def _ends(path: str, ending: str) -> bool:
    return any(key == ending or key.endswith(f"/{ending}") for key in (_key(path), _key(_bare(path))))


def _within(path: str, folder: str) -> bool:
    return str(PurePosixPath(path).parent) == folder


def _joined(folder: PurePosixPath, target: str) -> str | None:
    """The target seen from the folder, `.` and `..` taken up; None when it leaves the case file."""
    parts = [] if target.startswith("/") else list(folder.parts)
    for part in target.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _printable(text: str) -> bool:
    return text.isprintable()
