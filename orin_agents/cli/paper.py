"""What commands print: tables, texts and JSON on stdout; remarks and errors on stderr.

On a terminal rich draws; into a pipe the same goes as plain lines, nothing cut, and rich is not even imported.
Text that comes from files never reaches a terminal raw: control characters are shown as pictures of themselves.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from orin_agents.cli.flow import flowed
from orin_agents.domain.errors import OrinError

if TYPE_CHECKING:
    from rich.console import Console

PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
"""C0 controls as the characters of Unicode's block Control Pictures."""
HIDDEN = {
    code: f"\\u{code:04x}"
    for code in (*range(0x80, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""C1 controls, which some terminals obey, and marks that turn the direction of writing, which deceive readers."""
IN_CELL = PICTURES | HIDDEN | {ord("\n"): " ", ord("\t"): " ", ord("\r"): " "}
IN_TEXT = {code: shown for code, shown in (PICTURES | HIDDEN).items() if code not in (0x09, 0x0A)}
RED = "31"
STATE_STYLES = {
    "ok": "green",
    "approved": "green",
    "needs-you": "yellow",
    "waiting": "yellow",
    "warning": "yellow",
    "failed": "red",
    "problem": "red",
    "rejected": "red",
    "running": "cyan",
}


def on_terminal() -> bool:
    """Whether somebody reads stdout as it comes."""
    return sys.stdout.isatty()


def cell(text: object) -> str:
    """Text for one line: controls shown, line breaks as blanks."""
    return str(text).translate(IN_CELL)


def moment(at: datetime | None) -> str:
    """A moment in local time, to the minute."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""


def show_json(value: Any) -> None:
    """The value as JSON."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    print(text.translate(HIDDEN) if on_terminal() else text)


def show_line(text: str) -> None:
    """One line of our own, with text from elsewhere in it."""
    print(cell(text))


def show_text(text: str) -> None:
    """A text as it is: raw into a pipe, with its control characters shown on a terminal."""
    if on_terminal():
        text = text.translate(IN_TEXT)
    sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")


def show_markdown(text: str) -> None:
    """A Markdown text, drawn on a terminal, as it is in a pipe."""
    if not on_terminal():
        show_text(text)
        return
    from rich.markdown import Markdown

    _console().print(Markdown(text.translate(IN_TEXT)))


def show_diff(text: str) -> None:
    """A unified diff, coloured on a terminal."""
    if not on_terminal():
        show_text(text)
        return
    from rich.text import Text

    styles = {"+": "green", "-": "red", "@": "cyan"}
    lines = text.translate(IN_TEXT).splitlines()
    _console().print(Text("\n").join(Text(line, styles.get(line[:1], "")) for line in lines), soft_wrap=True)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; in a pipe, aligned columns two blanks apart, nothing cut."""
    cells = [[cell(value) for value in row] for row in rows]
    if on_terminal():
        _draw(columns, cells)
        return
    heads = [column.upper() for column in columns]
    widths = [max(len(row[at]) for row in (heads, *cells)) for at in range(len(heads))]
    for row in (heads, *cells):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def show_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, a line each; what is empty is left out."""
    kept = [(name, cell(value)) for name, value in pairs if value not in ("", None, ())]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        print(f"{name.ljust(width)}  {value}")


def remark(text: str) -> None:
    """Something beside the answer, for the person: on stderr."""
    text = cell(text)
    print(flowed(text) if sys.stderr.isatty() else text, file=sys.stderr, flush=True)


def coloured(text: str, colour: str, stream: TextIO) -> str:
    """The text in a colour (a number of ECMA-48's SGR) where the stream is a terminal and nobody objects to colours
    (NO_COLOR, see no-color.org).
    """
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{colour}m{text}\x1b[0m"


def tell(error: OrinError) -> None:
    """The error as one block on stderr: what happened, what was kept, what to do."""
    block = [f"{coloured('orin:', RED, sys.stderr)} {error.what.translate(IN_TEXT)}"]
    block += [f"  {text.translate(IN_TEXT)}" for text in (error.kept, error.remedy) if text]
    print("\n".join(block), file=sys.stderr)


def _draw(columns: Sequence[str], cells: list[list[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*(Text(text, STATE_STYLES.get(text, "")) for text in row))
    _console().print(table)


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)
