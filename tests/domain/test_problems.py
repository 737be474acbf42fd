import pytest

from orin_agents.domain import errors
from orin_agents.domain.errors import BrokenFile, OrinError
from orin_agents.domain.problems import error_of, problem

PLAIN = [cls for cls in vars(errors).values() if isinstance(cls, type) and cls is not BrokenFile]


@pytest.mark.parametrize("cls", PLAIN)
def test_an_error_comes_back_as_it_went(cls: type[OrinError]) -> None:
    back = error_of(problem(cls("what", kept="kept", remedy="remedy")))
    assert type(back) is cls
    assert (back.what, back.kept, back.remedy, str(back)) == ("what", "kept", "remedy", "what")


def test_a_broken_file_keeps_its_place() -> None:
    back = error_of(problem(BrokenFile("a.json", 3, "no comma", remedy="Mend it.")))
    assert isinstance(back, BrokenFile)
    assert (back.path, back.line, back.reason, back.what) == ("a.json", 3, "no comma", "a.json:3: no comma")


def test_codes_are_unlike() -> None:
    codes = [cls.code for cls in PLAIN]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("members", [{}, {"code": "from-the-future"}, {"title": "Teapot", "detail": ""}])
def test_what_is_unknown_is_still_an_error(members: dict[str, str]) -> None:
    assert type(error_of(members)) is OrinError
    assert error_of(members).what
