"""Path globs as agents' policies use them: `*` within a folder, `**` across folders, `?` one character, `[…]` a set.

A pattern that ends in `/` means everything below that folder. Matching is exact: case counts, and a letter of
another alphabet that looks alike is another letter.
"""

import re
from functools import lru_cache


def problem_with(glob: str) -> str:
    """Why the glob can match no path of a case file, or an empty string when it can."""
    pattern = glob.removeprefix("!")
    if not pattern or pattern.strip() != pattern:
        return "it is empty or has spaces around it"
    if pattern.startswith(("/", "~")):
        return "it is absolute; write it relative to the case file"
    if "\\" in pattern:
        return "it has a backslash; write folders with /"
    if any(part in ("..", ".") for part in pattern.split("/")):
        return "it leaves the case file"
    if "//" in pattern:
        return "it has an empty folder name"
    if any("**" in part and part != "**" for part in pattern.rstrip("/").split("/")):
        return "** must stand alone between slashes"
    if pattern.count("[") != pattern.count("]"):
        return "a [ is not closed"
    return ""


def matches(path: str, globs: "list[str] | tuple[str, ...]") -> bool:
    """Whether the case-file path matches one of the globs and none that begins with `!`."""
    wanted = any(_compiled(glob).fullmatch(path) for glob in globs if not glob.startswith("!"))
    return wanted and not any(_compiled(glob[1:]).fullmatch(path) for glob in globs if glob.startswith("!"))


@lru_cache(maxsize=1024)
def _compiled(glob: str) -> re.Pattern[str]:
    pattern = f"{glob}**" if glob.endswith("/") else glob
    parts = pattern.split("/")
    text = ""
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            text += ".+" if last else "(?:[^/]+/)*"
        else:
            text += _segment(part) + ("" if last else "/")
    return re.compile(text)


def _segment(part: str) -> str:
    text, index = "", 0
    while index < len(part):
        char = part[index]
        close = part.find("]", index + 2) if char == "[" else -1
        if char == "*":
            text += "[^/]*"
        elif char == "?":
            text += "[^/]"
        elif close > 0:
            inside = part[index + 1 : close].replace("\\", "\\\\").replace("[", "\\[")
            text += f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]"
            index = close
        else:
            text += re.escape(char)
        index += 1
    return text
