"""The text of files, as the index reads it: text as it stands, PDF by pages, HTML and Word as Markdown.

Nothing is fetched, nothing is run. What a hostile or huge file can cost is bounded: by bytes read, by what an archive
may hold, by pages, and by seconds.
"""

import io
import logging
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from orin_agents.domain.encoding import decoded
from orin_agents.domain.material import LeftOut
from orin_agents.domain.passages import Form, ReadText
from orin_agents.domain.syntax import unified

log = logging.getLogger(__name__)

VERSION = "1"
"""Raised when the same bytes give another text or other lines."""
MIB = 1024 * 1024
LARGEST_TEXT = 4 * MIB
"""Characters of a text that are read."""
LARGEST_DATA = 64 * 1024
"""Bytes of a JSON file that are read: larger ones are for programs."""
LARGEST_PAGE = 2 * MIB
"""Characters of an HTML page that are read: they take seconds."""
LARGEST_ARCHIVE = 16 * MIB
"""Bytes that the XML of a Word file may unpack to; its pictures are not unpacked."""
MOST_PAGES = 2000
PATIENCE = 60.0
"""Seconds that the pages of a PDF may take."""

_MARKDOWN = frozenset((".md", ".markdown", ".mdown", ".mkd"))
_HTML = frozenset((".html", ".htm", ".xhtml"))
_JSON = frozenset((".json", ".yaml", ".yml"))
_FOR_PROGRAMS = (
    ".ics",
    ".ical",
    ".ifb",
    ".canvas",
    ".svg",
    ".jsonl",
    ".ndjson",
    ".lock",
    ".map",
    ".xml",
    ".ps",
    ".eps",
)
_OTHER = (
    ".rtf",
    ".doc",
    ".odt",
    ".epub",
    ".xls",
    ".xlsx",
    ".ods",
    ".ppt",
    ".pptx",
    ".odp",
    ".pem",
    ".key",
    ".asc",
    ".sig",
)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".tif", ".tiff", ".mp3", ".mp4", ".wav", ".ogg", ".mov")
_PACKED = (".zip", ".gz", ".xz", ".zst", ".7z", ".tar", ".db", ".sqlite", ".parquet", ".gguf", ".npy", ".pyc", ".so")
_NO_TEXT = frozenset((*_FOR_PROGRAMS, *_OTHER, *_PICTURES, *_PACKED))
"""Files that hold no text, or none that a person would look for, or one that nothing here reads."""
_UNSEEN = ("script", "style", "template", "noscript", "svg", "iframe", "object", "head", "math", "canvas")


class DocumentReader:
    """Implements Documents."""

    version = VERSION

    def read(self, path: str, data: bytes, stopped: Callable[[], bool] = lambda: False) -> ReadText | LeftOut | None:
        """The file's text, or why it cannot be read; None when a file of that kind holds no text to find."""
        suffix = PurePosixPath(path).suffix.lower()
        reader = _TYPES.get(suffix, _text)
        if suffix in _NO_TEXT or (suffix in _JSON and len(data) > LARGEST_DATA):
            return None
        try:
            read = _pdf(data, stopped) if suffix == ".pdf" else reader(data)
        except RecursionError:
            read = "nested too deeply to be read"
        except MemoryError:
            read = "too large to be read"
        except Exception as error:
            log.info("%s could not be read", path, exc_info=error)
            read = f"cannot be read: {type(error).__name__}: {error}"[:300]
        if isinstance(read, str):
            return LeftOut(path=path, reason=read) if suffix in (*_TYPES, ".pdf") or read != NO_TEXT else None
        return read


NO_TEXT = "not text"


def _text(data: bytes, form: Form = Form.LINES, largest: int = LARGEST_TEXT) -> ReadText | str:
    text, note = decoded(data)
    if text is None:
        return NO_TEXT
    text = unified(text)
    if len(text) > largest:
        text = text[: text.rfind("\n", 0, largest) + 1 or largest]
        note = f"only its first {largest / MIB:g} MiB are in the index"
    return ReadText(text=text, form=form, note=note)


def _markdown(data: bytes) -> ReadText | str:
    return _text(data, Form.MARKDOWN)


def _html(data: bytes) -> ReadText | str:
    read = _text(data, largest=LARGEST_PAGE)
    if isinstance(read, str):
        return read
    return ReadText(text=_from_html(read.text), form=Form.MARKDOWN, note=read.note)


def _from_html(html: str) -> str:
    """The page as Markdown: without scripts and styles, images as their descriptions, links as their words."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bs4 remarks on what a text resembles
        soup = BeautifulSoup(html, "html.parser")
    for tag in soup(_UNSEEN):
        title = tag.find("title") if tag.name == "head" else None
        if title and title.get_text(strip=True) and not soup.find("h1"):
            tag.name = "h1"
            tag.string = title.get_text(" ", strip=True)
        else:
            tag.decompose()
    for image in soup("img"):
        image.replace_with(str(image.get("alt") or ""))
    converter = MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        strip=["a"],
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
    )
    lines = (line.rstrip() for line in unified(str(converter.convert_soup(soup))).split("\n"))
    return "\n".join(lines).strip("\n") + "\n"


def _word(data: bytes) -> ReadText | str:
    import mammoth

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist() if part.filename.endswith((".xml", ".rels")))
    except zipfile.BadZipFile:
        return "not a Word file, or encrypted"
    if unpacked > LARGEST_ARCHIVE:
        return f"unpacks to {unpacked // MIB} MiB, more than {LARGEST_ARCHIVE // MIB}"
    page = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(lambda image: {}))
    text = _from_html(page.value)
    return ReadText(text=text, form=Form.MARKDOWN) if text.strip() else "holds no text"


def _pdf(data: bytes, stopped: Callable[[], bool]) -> ReadText | str:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it remarks on every slip of a file's author
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        return "encrypted"
    until = time.monotonic() + PATIENCE
    lines: list[str] = []
    starts: list[int] = []
    unread, size, note = 0, 0, ""
    for number, page in enumerate(reader.pages, start=1):
        if number > MOST_PAGES or size > LARGEST_TEXT or time.monotonic() > until or stopped():
            note = f"only its first {number - 1} pages are in the index"
            break
        text = _page(page)
        unread += text is None
        size += len(text or "")
        starts.append(len(lines) + 1)
        lines += (text or "").split("\n")
    if not size:
        return "holds no text; it may be a scan"
    note = note or (f"{unread} of its pages cannot be read" if unread else "")
    return ReadText(text="\n".join(lines), form=Form.PAGES, pages=tuple(starts), note=note)


def _page(page: Any) -> str | None:
    """A page's text, or None when it cannot be read."""
    try:
        text = unified(page.extract_text()).replace("\0", "").strip("\n").encode("utf-8", "replace").decode()
    except Exception as error:
        log.info("a page could not be read", exc_info=error)
        return None
    return text if text.strip() else ""


_TYPES: dict[str, Callable[[bytes], ReadText | str]] = {
    **dict.fromkeys(_MARKDOWN, _markdown),
    **dict.fromkeys(_HTML, _html),
    ".docx": _word,
}
