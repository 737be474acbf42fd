"""Bytes to text, whatever an editor saved them as."""

import codecs


def decoded(data: bytes) -> tuple[str | None, str]:
    """The text, or None when the bytes are no text; and a note when something had to be assumed or replaced.

    UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252 (Latin-1 where that has gaps).
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
        return text, "some characters are not UTF-16 and were replaced" if "\ufffd" in text else ""
    if b"\0" in data:
        return None, "not text: it holds NUL bytes"
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8-sig", errors="replace")
    lost = text.count("\ufffd")
    kept = sum(1 for character in text if character > "\x7f") - lost
    if kept > lost:
        return text, f"{lost} characters are not UTF-8 and were replaced"
    try:
        return data.decode("cp1252"), "not UTF-8; read as Windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "not UTF-8; read as Latin-1"
