"""Paths of a case file: one normal form, and names made to be taken for another."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.errors import Invalid
from orin_agents.domain.paths import case_path, is_temporary, look_alike, shown, skeleton


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "plans/okr.json",
        "code/.gitignore",
        "notes/日本語テスト.md",
        "it's – ok (1).md",
        "a..b/c...d",
        "…/x",
        "1:1.md",
    ],
)
def test_a_sound_path_is_its_own_normal_form(path: str) -> None:
    assert case_path(path) == path


def test_a_path_in_another_normal_form_becomes_nfc() -> None:
    assert case_path(unicodedata.normalize("NFD", "notes/Übung.md")) == "notes/Übung.md"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("~/x", "absolute"),
        ("../x", "leaves the case file"),
        ("a/../../x", "leaves the case file"),
        ("a/./b", "dots alone"),
        ("...", "dots alone"),
        ("a//b", "empty name"),
        ("a/", "empty name"),
        ("a\\b", "backslash"),
        ("a\x00b", "control character U+0000"),
        ("a\nb", "control character U+000A"),
        ("a\u2028b", "control character U+2028"),
        ("a\u202egpj.exe", "U+202E"),
        ("a\udce4", "not valid Unicode"),
        ("a /b", "ends in a space"),
        ("a/b.", "ends in a dot"),
        ("ä" * 128, "longer than 255 bytes"),
        ("a/" * 600 + "a", "longer than 1024 bytes"),
        (".orin/x", "hidden"),
        (".git/config", "hidden"),
        (".bashrc", "hidden"),
        ("code/.git/hooks/pre-commit", "hidden"),
        ("code/.GIT", "hidden"),
        ("drafts/.orin-1.tmp", "temporary"),
    ],
)
def test_a_path_no_case_file_can_hold_is_refused_with_reason_and_remedy(path: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        case_path(path)
    assert reason in refused.value.what
    assert refused.value.remedy
    assert refused.value.what.isprintable()


@given(st.text())
def test_what_passes_is_stable_relative_and_writable(text: str) -> None:
    try:
        path = case_path(text)
    except Invalid:
        return
    assert case_path(path) == path
    parts = path.split("/")
    assert not any(part in ("", ".", "..") or "\0" in part or len(part.encode()) > 255 for part in parts)
    assert not parts[0].startswith((".", "~"))


@pytest.mark.parametrize(
    "path",
    [
        "plans/okr.json",
        "notes/日本語テスト.md",
        "Tシャツ.md",
        "人々.md",
        "한글 notes.md",
        "заметки/план 2025.md",
        "Ünïcödé.md",
        "❤️ 👨‍👩‍👧.md",
        "Ω and μ.md",
        "naïve’s.md",
    ],
)
def test_honest_names_in_any_language_are_not_look_alikes(path: str) -> None:
    assert look_alike(path) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("plаns/okr.json", "mixes Cyrillic and Latin"),
        ("pl\u200bans/okr.json", "invisible character U+200B"),
        ("plans\u00ad/okr.json", "invisible character U+00AD"),
        ("plans\ufe0f/okr.json", "invisible character U+FE0F"),
        ("ｐlans/okr.json", "stands for 'p'"),
        ("plans/ﬁle.md", "stands for 'fi'"),
        ("plans/e\u0301.md", "NFC"),
        ("plans/ okr.json", "begins with a space"),
        ("plans\u00a0/okr.json", "stands for ' '"),
    ],
)
def test_names_made_to_be_taken_for_another_are_told(path: str, why: str) -> None:
    assert why in look_alike(path)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters=" ")))
def test_plain_ascii_is_never_a_look_alike(text: str) -> None:
    assert look_alike(text) == ""


@pytest.mark.parametrize("twin", ["Plans", "PLANS", "plаns", "ｐｌａｎｓ", "pl\u200bans", "pl\u0430ns"])
def test_names_a_reader_takes_for_each_other_have_one_skeleton(twin: str) -> None:
    assert skeleton(twin) == skeleton("plans")


def test_different_names_have_different_skeletons() -> None:
    assert len({skeleton(name) for name in ("plan", "plans", "p1ans", "plans2", "планы")}) == 5


def test_temporary_names_and_shown_text() -> None:
    assert is_temporary(".orin-ab12.tmp") and not is_temporary("orin-ab12.tmp") and not is_temporary(".orin-x")
    assert shown("a\u202eb") == r"'a\u202eb'"
    assert len(shown("x" * 5000)) < 130
