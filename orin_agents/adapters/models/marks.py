"""Marks in a text that arrives in pieces: a mark may be parted anywhere."""


def begun(text: str, mark: str) -> int:
    """How many characters at the text's end may be the beginning of the mark."""
    return next((n for n in range(min(len(text), len(mark) - 1), 0, -1) if mark.startswith(text[-n:])), 0)
