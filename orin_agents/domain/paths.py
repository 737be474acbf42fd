"""Paths in a case file: their one normal form, and names made to be taken for another.

A path is text with forward slashes, relative to the case file, in Unicode's NFC. What `case_path` gives can be
written on every file system Orin runs on and is listed again; anything else is refused with its reason.
Look-alikes follow Unicode Technical Standard 39 (mixed scripts, confusable letters) in the small.
"""

import unicodedata
from itertools import pairwise

from orin_agents.domain.errors import Invalid

LONGEST_PART = 255
LONGEST_PATH = 1024
TEMPORARY_PREFIX = ".orin-"
TEMPORARY_SUFFIX = ".tmp"

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters outside the category of format characters that show as nothing."""

TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
"""Scripts that people write within one word (UTS 39, highly restrictive)."""

TWINS = str.maketrans(
    "авсԁеһніјӏкмоԛрѕтѵѡхуԝ" + "αβγεζηικμνορτυχω" + "ɑıʋ",
    "abcdehhijlkmoqpstvwxyw" + "abyeznikmvoptuxw" + "aiv",
)
"""Small letters that a reader takes for a Latin one, after case folding."""


def case_path(text: str) -> str:
    """The normal form of a path in a case file. Raises Invalid when no file of a case file may have that path."""
    path = unicodedata.normalize("NFC", text)
    if reason := _problem_with(path):
        raise Invalid(
            f"{shown(text)} cannot be a path in a case file: {reason}",
            kept="Nothing was written.",
            remedy="Write the path relative to the case file, with forward slashes, such as plans/okr.json.",
        )
    return path


def is_temporary(name: str) -> bool:
    """Whether a file of that name is one of Orin's own, half written."""
    return name.startswith(TEMPORARY_PREFIX) and name.endswith(TEMPORARY_SUFFIX)


def look_alike(path: str) -> str:
    """Why the path can be taken for another by a reader, as a sentence without its stop; empty when it cannot."""
    for before, char in pairwise(f" {path}"):
        if _unseen(char) and not _part_of_emoji(before, char):
            return f"it holds the invisible character U+{ord(char):04X}"
    if unicodedata.normalize("NFC", path) != path:
        return "its letters are not in Unicode's normal form NFC"
    for char in path:
        if (plain := unicodedata.normalize("NFKC", char)) != char:
            return f"{char!r} (U+{ord(char):04X}) stands for {plain!r}"
    if unicodedata.normalize("NFKC", path) != path:
        return "its letters are not in Unicode's normal form NFKC"
    if any(part.startswith(" ") for part in path.split("/")):
        return "a name in it begins with a space"
    for word in _words(path):
        scripts = {script for char in word if (script := _script(char))}
        if len(scripts) > 1 and not any(scripts <= family for family in TOGETHER):
            named = " and ".join(sorted(script.capitalize() for script in scripts))
            return f"the word {word!r} mixes {named} letters"
    return ""


def skeleton(name: str) -> str:
    """What a reader sees of a name: names with one skeleton are taken for each other. Not itself a name."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(char for char in folded if not _unseen(char))
    return unicodedata.normalize("NFC", seen.translate(TWINS))


def shown(text: str) -> str:
    """The text in quotes, short, with everything invisible or misleading written as an escape."""
    short = text if len(text) <= 120 else f"{text[:117]}…"
    return ascii(short) if any(_unseen(char) or not char.isprintable() for char in short) else repr(short)


def _problem_with(path: str) -> str:
    if not path:
        return "it is empty"
    plain = path.isascii() and path.isprintable() and "\\" not in path
    for char in "" if plain else path:
        if reason := _forbidden(char):
            return reason
    if path.startswith(("/", "~")):
        return "it is absolute; paths are relative to the case file"
    if len(path.encode()) > LONGEST_PATH:
        return f"it is longer than {LONGEST_PATH} bytes"
    parts = path.split("/")
    return next(
        (reason for number, part in enumerate(parts) if (reason := _problem_with_part(part, parts, number))), ""
    )


def _problem_with_part(part: str, parts: list[str], number: int) -> str:
    if not part:
        return "it has an empty name between slashes"
    if part == "..":
        return "it leaves the case file with .."
    if not part.strip("."):
        return "it has a name made of dots alone"
    if part[-1] in " .":
        return f"the name {shown(part)} ends in a {'space' if part[-1] == ' ' else 'dot'}"
    if len(part.encode()) > LONGEST_PART:
        return f"the name {shown(part)} is longer than {LONGEST_PART} bytes"
    is_folder = number < len(parts) - 1
    if part.startswith(".") and (is_folder or number == 0 or part.casefold() in (".git", ".orin")):
        return f"{shown(part)} is hidden; hidden folders hold the settings of programs"
    if is_temporary(part):
        return f"{shown(part)} is a name for Orin's temporary files"
    return ""


def _forbidden(char: str) -> str:
    if char == "\\":
        return "it has a backslash"
    if char in BIDI:
        return f"it has the character U+{ord(char):04X}, which turns the direction of writing"
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp"):
        return f"it has the control character U+{ord(char):04X}"
    return "it is not valid Unicode" if category == "Cs" else ""


def _unseen(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or char in UNSEEN or unicodedata.category(char) == "Cf"


def _part_of_emoji(before: str, char: str) -> bool:
    """Whether the joiner or picture selector follows a symbol, as it does in the spelling of many emoji."""
    return char in "\ufe0f\u200d" and (unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f")


def _words(path: str) -> list[str]:
    letters = (char if unicodedata.category(char)[0] in "LMN" else " " for char in path)
    return "".join(letters).split()


def _script(char: str) -> str:
    """The script of a letter, by the first word of its Unicode name; empty for digits and marks of all scripts."""
    if unicodedata.category(char) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    script = unicodedata.name(char, "").split(" ")[0].split("-")[0]
    return "CJK" if script == "IDEOGRAPHIC" else script
