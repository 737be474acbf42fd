from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.domain.marking import marked, marks, unmarked, unverified

TEXT = "The kit ships in March, see [the page](http://evil.example/x?q=1) for 12 kits."


def claim(text: str, part: str, kind: ClaimKind = ClaimKind.DATE, *, supported: bool = False) -> Claim:
    start = text.index(part)
    return Claim(kind=kind, start=start, end=start + len(part), text=part, supported=supported)


def test_what_has_no_source_is_marked_in_place() -> None:
    claims = [claim(TEXT, "ships in March"), claim(TEXT, "12 kits", ClaimKind.NUMBER, supported=True)]
    assert marked(TEXT, claims).startswith("The kit ⟦⚠ ships in March⟧, see [the")
    assert marks(marked(TEXT, claims)) == 1


def test_overlapping_claims_share_a_mark_and_neighbours_do_not() -> None:
    claims = [claim("in March 2027 12", part) for part in ("in March", "March 2027", "12")]
    assert marked("in March 2027 12", claims) == "⟦⚠ in March 2027⟧ ⟦⚠ 12⟧"


@pytest.mark.parametrize(
    "whole",
    ["![a](http://evil.example/x.png)", "[a](http://evil.example/x.png)", "<http://evil.example/x.png>"],
)
def test_a_link_or_image_without_a_source_is_none_any_more(whole: str) -> None:
    for part in (whole, "http://evil.example/x.png"):
        text = f"Look: {whole}."
        assert "⟦⚠ http://evil.example/x.png⟧" in marked(text, [claim(text, part, ClaimKind.LINK)])


def test_a_mark_of_the_model_itself_is_made_plain() -> None:
    assert marked("⟦⚠ sure⟧ 5", [claim("⟦⚠ sure⟧ 5", "5", ClaimKind.NUMBER)]) == "[⚠ sure] ⟦⚠ 5⟧"


@st.composite
def texts_with_claims(draw: st.DrawFn) -> tuple[str, list[Claim]]:
    text = draw(st.text("ab 1\n[]()http:/.", max_size=40))
    bounds = st.integers(0, len(text) + 3)
    spans = draw(st.lists(st.tuples(bounds, bounds, st.booleans(), st.sampled_from(ClaimKind)), max_size=5))
    return text, [Claim(kind=k, start=a, end=b, text=text[a:b], supported=s) for a, b, s, k in spans]


@given(texts_with_claims())
def test_a_mark_can_be_taken_away_again(pair: tuple[str, list[Claim]]) -> None:
    text, claims = pair
    said = marked(text, claims)
    assert unmarked(said) == text
    assert marks(said) == len(unverified(text, claims))


@given(texts_with_claims())
def test_all_and_only_what_lacks_support_is_marked(pair: tuple[str, list[Claim]]) -> None:
    text, claims = pair
    spans = unverified(text, claims)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for claim in claims:
        if not claim.supported and claim.kind is not ClaimKind.LINK:
            wanted = {at for at in range(claim.start, min(claim.end, len(text))) if not text[at].isspace()}
            assert wanted <= {at for start, end in spans for at in range(start, end)}
