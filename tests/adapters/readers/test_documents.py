"""The text of files: PDF, HTML, Word and plain text, whatever is wrong with them."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orin_agents.adapters.readers import documents
from orin_agents.adapters.readers.documents import DocumentReader
from orin_agents.domain.material import LeftOut
from orin_agents.domain.passages import Form, ReadText
from orin_agents.skills.chunks import chunks

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
)
RELS = (
    f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}" '
    'Target="word/document.xml"/></Relationships>'
)


def pdf(*pages: str) -> bytes:
    """A PDF whose pages show those lines (PDF 1.4, ISO 32000-1, 7.5)."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in text.split("\n"))
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        box = f"/MediaBox[0 0 612 792]/Contents {5 + 2 * number} 0 R/Resources<</Font<</F1 3 0 R>>>>"
        objects += [f"<</Type/Page/Parent 2 0 R{box}>>", f"<</Length {len(stream)}>>stream\n{stream}\nendstream"]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj{body}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF"
    return data + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def docx(body: str, document: str = "", more: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """A Word file with that body."""
    whole = document or f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("word/document.xml", whole)):
            archive.writestr(name, data)
        for name, part in more:
            archive.writestr(name, part)
    return file.getvalue()


def paragraph(text: str, style: str = "") -> str:
    kind = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{kind}<w:r><w:t>{text}</w:t></w:r></w:p>"


def read(path: str, data: bytes | str) -> ReadText:
    found = DocumentReader().read(path, data.encode() if isinstance(data, str) else data)
    assert isinstance(found, ReadText), found
    return found


def refused(path: str, data: bytes) -> str:
    found = DocumentReader().read(path, data)
    assert isinstance(found, LeftOut), found
    assert found.path == path
    return found.reason


def test_a_pdf_is_read_page_by_page() -> None:
    found = read("a.pdf", pdf("The hall\nis cold", "", "Soup on Sunday"))
    assert (found.form, found.text.split("\n")) == (Form.PAGES, ["The hall", "is cold", "", "Soup on Sunday"])
    assert [(one.first_line, one.last_line, one.heading) for one in chunks(found)] == [
        (1, 2, "page 1"),
        (4, 4, "page 3"),
    ]


def test_what_a_pdf_cannot_give_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdf

    assert refused("scan.pdf", pdf("", "")) == "holds no text; it may be a scan"
    assert refused("empty.pdf", b"").startswith("cannot be read: ")
    assert refused("broken.pdf", b"%PDF-1.4\nnonsense").startswith("cannot be read: ")
    assert refused("cut.pdf", pdf("x")[:300]).startswith("cannot be read: ")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("secret")))
    writer.encrypt("sesame", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    assert refused("locked.pdf", locked.getvalue()) == "encrypted"
    monkeypatch.setattr(documents, "MOST_PAGES", 2)
    assert read("long.pdf", pdf("one", "two", "three")).note == "only its first 2 pages are in the index"
    stopped = DocumentReader().read("a.pdf", pdf("one"), lambda: True)
    assert isinstance(stopped, LeftOut)


def test_html_is_read_as_markdown_without_what_nobody_sees() -> None:
    page = """<html><head><title>Tariffs</title><style>p {color: red}</style></head><body><script>steal()</script>
    <h2>Hall</h2><p>The <b>hall</b> costs <a href="http://example.org/x">900</a> a day.</p>
    <ul><li>heating</li><li>chairs</li></ul><img src="http://example.org/a.png" alt="floor plan"><noscript>on</noscript>
    <table><tr><th>when</th><th>what</th></tr><tr><td>May</td><td>600</td></tr></table></body></html>"""
    found = read("a.html", page)
    assert found.form is Form.MARKDOWN
    assert "# Tariffs\n" in found.text and "\n## Hall\n" in found.text
    assert "The **hall** costs 900 a day." in found.text
    assert "- heating" in found.text and "floor plan" in found.text and "| May | 600 |" in found.text
    assert not any(gone in found.text for gone in ("steal", "color", "example.org", "noscript"))
    assert [one.heading for one in chunks(found)][-1].startswith("Tariffs")


def test_odd_html_is_read_too() -> None:
    assert read("a.htm", "just text, no tags").text == "just text, no tags\n"
    assert read("a.html", "<p>open <b>bold <i>both").text.strip() == "open **bold *both***"
    assert refused("deep.html", b"<div>" * 20_000 + b"x") == "nested too deeply to be read"
    assert "http" not in read("a.html", '<?xml version="1.0"?><!DOCTYPE html><html><p>x</p></html>').text


def test_a_word_file_is_read_as_markdown() -> None:
    body = paragraph("Contract", "Heading1") + paragraph("Rent is due on the third.") + paragraph("Keys", "Heading2")
    found = read("a.docx", docx(body + paragraph("Two of them.")))
    assert found.form is Form.MARKDOWN
    assert found.text == "# Contract\n\nRent is due on the third.\n\n## Keys\n\nTwo of them.\n"


def test_hostile_and_broken_word_files_are_refused() -> None:
    assert refused("a.docx", b"PK nonsense") == "not a Word file, or encrypted"
    assert refused("a.docx", docx("")) == "holds no text"
    bomb = docx(paragraph("x"), more=[("word/bomb.xml", b"0" * (documents.LARGEST_ARCHIVE + 1))])
    assert len(bomb) < 1_000_000
    assert refused("a.docx", bomb) == "unpacks to 16 MiB, more than 16"
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 20}">' for n in range(1, 9))
    entities = f'<!DOCTYPE d [<!ENTITY l0 "lol">{laughs}]>'
    whole = f'{entities}<w:document xmlns:w="{WORD}"><w:body>{paragraph("&l8;")}</w:body></w:document>'
    assert refused("a.docx", docx("", document=whole)).startswith("cannot be read: ")
    nothing = io.BytesIO()
    zipfile.ZipFile(nothing, "w").close()
    assert refused("a.docx", nothing.getvalue()).startswith("cannot be read: ")


def test_a_word_file_fetches_no_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    drawing = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><wp:docPr descr="the plan"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/'
        'drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/'
        'picture"><pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships" r:link="r9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>'
        "</w:r></w:p>"
    )
    target = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    rels = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r9" Type="{target}" '
        'Target="http://example.org/plan.png" TargetMode="External"/></Relationships>'
    )
    monkeypatch.setattr("urllib.request.urlopen", lambda *_: pytest.fail("a picture was fetched"))
    data = docx(drawing + paragraph("text"), more=[("word/_rels/document.xml.rels", rels.encode())])
    assert read("a.docx", data).text == "the plan\n\ntext\n"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("a.md", Form.MARKDOWN),
        ("A.MARKDOWN", Form.MARKDOWN),
        ("a.py", Form.LINES),
        ("todo.txt", Form.LINES),
        ("log.csv", Form.LINES),
        ("plans/okr.json", Form.LINES),
        ("Makefile", Form.LINES),
    ],
)
def test_text_is_read_as_it_stands(path: str, form: Form) -> None:
    found = read(path, "\ufeffone\r\ntwo\r\n")
    assert (found.text, found.form, found.note) == ("one\ntwo\n", form, "")


def test_what_holds_no_text_is_passed_over() -> None:
    reader = DocumentReader()
    for path in ("a.png", "a.PNG", "calendar.ics", "a.zip", "unknown.bin"):
        assert reader.read(path, b"\x89PNG\0\0") is None
    assert reader.read("archive_index.json", b"[" + b"1," * 50_000 + b"1]") is None


def test_bytes_that_are_no_text_are_said_where_text_was_expected() -> None:
    assert refused("a.md", b"\0\1\2") == "not text"
    assert read("a.md", "caf\xe9".encode("latin-1")).note


def test_a_huge_text_is_read_from_its_beginning() -> None:
    found = read("a.log", "line of a log\n" * 320_000)
    assert found.note == "only its first 4 MiB are in the index"
    assert 4_000_000 < len(found.text) <= documents.LARGEST_TEXT and found.text.endswith("log\n")
    assert len(read("a.log", "x" * 5_000_000).text) == documents.LARGEST_TEXT


@settings(max_examples=60)
@given(st.binary(max_size=200), st.sampled_from(["a.pdf", "a.docx", "a.html", "a.md", "a", "a.csv"]))
def test_whatever_the_bytes_a_text_or_a_reason_comes_out(data: bytes, path: str) -> None:
    found = DocumentReader().read(path, data)
    assert found is None or isinstance(found, ReadText | LeftOut)
