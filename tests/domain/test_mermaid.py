"""Labels in drawings."""

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.mermaid import label


@given(st.text(max_size=90))
def test_a_label_is_one_quoted_line_without_syntax(text: str) -> None:
    inside = label(text)[1:-1]
    assert label(text)[0] == label(text)[-1] == '"'
    assert not set(inside) & set('"`<>\n\r')
    assert inside.strip() or inside == " "


def test_syntax_becomes_codes() -> None:
    assert label('a "b" #1') == '"a #quot;b#quot; #35;1"'
