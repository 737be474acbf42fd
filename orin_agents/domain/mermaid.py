"""Text inside a Mermaid drawing."""

from orin_agents.domain.markdown import one_line

_CODES = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "&": "#amp;"})


def label(text: str, most: int = 60) -> str:
    """The text as a quoted Mermaid label that shows exactly its characters, cut after `most` of them.

    Mermaid writes characters of its own syntax as `#name;` codes, without the ampersand of HTML.
    """
    line = one_line(text) or " "
    if len(line) > most:
        line = line[: most - 1].rstrip() + "…"
    return f'"{line.translate(_CODES)}"'
