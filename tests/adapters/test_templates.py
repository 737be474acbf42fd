"""Pages: facts in, an artifact's text out, and nothing a person wrote can break it."""

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from orin_agents.adapters.templates import PageTemplates
from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.domain.errors import NotFound, OrinError
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source, Value
from orin_agents.domain.pages import Message, Narrative, Page, Rendered, Sentence
from orin_agents.host.shipped import shipped
from tests.adapters.findings import full

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=ZoneInfo("Europe/Berlin"))
SHIPPED = PageTemplates(shipped().templates)
MARKDOWN = sorted(name for name in SHIPPED.names() if name.endswith(".md.j2"))
NASTY = st.text(alphabet=st.sampled_from(list("ab1 #*_`[]()<>!|~\\&;:%-+=.{}\n\r\t\u2028\u202e\x00/\"'f")), max_size=40)


def page(*facts: Fact, **values: object) -> Page:
    remarks = values.pop("remarks", ())
    missing = values.pop("missing", ())
    finding = Finding(skill="okr", facts=facts, remarks=remarks, missing=missing)  # type: ignore[arg-type]
    settings = {"project": "Home", "agent": "Scribe", "routine": "Brief", "now": NOW, "findings": {"okr": finding}}
    return Page(**{**settings, **values})  # type: ignore[arg-type]


def fact(name: str, value: Value, unit: str = "", label: str = "", lines: int = 1) -> Fact:
    sources = tuple(Source(path=f"raw_notes/{n}.md", version=1, first_line=3) for n in range(lines))
    return Fact(id=name, label=label or name, value=value, unit=unit, sources=sources)


def render(folder: Path, template: str, asked: Page, name: str = "page.md.j2") -> Rendered:
    (folder / name).write_text(template)
    return PageTemplates(folder).render(name, asked)


def body(rendered: Rendered) -> str:
    return rendered.text.partition("\n\n## Sources")[0]


def test_facts_are_marked_in_the_order_of_first_use(tmp_path: Path) -> None:
    asked = page(fact("a", 0.625, "ratio"), fact("b", 3, "tasks"))
    done = render(tmp_path, '{{ fact("b") }} {{ fact("a") }} {{ fact("b") }} {{ fact("a", "percent") }}', asked)
    assert body(done) == "3 [f1] 0.62 [f2] 3 [f1] 62 % [f2]"
    assert [f.id for f in done.cited] == ["b", "a"]


def test_values_and_marks_apart(tmp_path: Path) -> None:
    done = render(
        tmp_path, '{{ value("a") }}|{{ mark("a") }}|{{ value("none") }}|{{ mark("none") }}|', page(fact("a", 2))
    )
    assert body(done) == "2|[f1]|—||"


def test_an_absent_fact_is_a_dash_and_cites_nothing(tmp_path: Path) -> None:
    done = render(tmp_path, '{{ fact("none") }} {{ has("none") }} {{ fact("none").part("x") }}', page())
    assert body(done) == "— False —"
    assert done.cited == ()
    assert "_This page states no figures._" in done.text


def test_numbered_facts_come_with_their_parts(tmp_path: Path) -> None:
    block = "2026-11-21T08:00:00+00:00/2026-11-21T09:30:00+00:00"
    asked = page(
        fact("block.1", block, "interval", "Call | mend"), fact("block.1.energy", "high"), fact("block.2", block)
    )
    template = '{% for b in facts("block") %}{{ b.text }} {{ b.label }} {{ b.part("energy").text }};{% endfor %}'
    assert body(render(tmp_path, template, asked)).startswith(r"09:00–10:30 Call \| mend high;")


def test_a_mark_is_given_to_each_remark_once_and_grave_ones_come_first(tmp_path: Path) -> None:
    remarks = (
        Remark(text="Small", severity=Severity.INFO, facts=("a", "none")),
        Remark(text="Grave #1", severity=Severity.HIGH, facts=("b", "a")),
    )
    asked = page(fact("a", 1), fact("b", 2), remarks=remarks)
    template = '{% for r in remarks("okr") %}{{ r.severity }} {{ r.text }}{{ r.marks }};{% endfor %}'
    assert body(render(tmp_path, template, asked)) == r"high Grave \#1 [f1] [f2];info Small [f2];"
    assert body(render(tmp_path, '{{ remarks("drift") | length }}', asked)) == "0"


def test_missing_inputs_are_named_once(tmp_path: Path) -> None:
    asked = page(missing=("plans/okr.json", "plans/okr.json"))
    assert body(render(tmp_path, "{% for m in missing() %}{{ m }}{% endfor %}", asked)) == "plans/okr.json"


def test_sources_are_listed_with_version_and_lines(tmp_path: Path) -> None:
    done = render(tmp_path, '{{ fact("a") }}', page(fact("a", 1, "tasks", "Done *now*")))
    assert done.text.endswith("## Sources\n\n- [f1] Done \\*now\\*: 1 task — raw_notes/0.md@1:3\n")


def test_many_sources_are_counted(tmp_path: Path) -> None:
    done = render(tmp_path, '{{ fact("a") }}', page(fact("a", 14, lines=14)))
    assert done.text.count("raw_notes/") == 12
    assert done.text.endswith("raw_notes/11.md@1:3 and 2 more\n")


def test_filters_for_time(tmp_path: Path) -> None:
    template = '{{ now | day }} {{ "2026-11-18" | short_day }} {{ 90 | hours }} {{ 0.5 | percent }}'
    assert body(render(tmp_path, template, page())) == "Saturday 21 November Wed 18 Nov 1 h 30 min 50 %"
    template = '{{ "2026-11-21T08:00:00+00:00/2026-11-21T09:30:00+00:00" | clock }}'
    assert body(render(tmp_path, template, page())) == "09:00–10:30"


def told(text: str, unverified: str = "") -> Narrative:
    start = text.index(unverified)
    claim = Claim(kind=ClaimKind.DATE, start=start, end=start + len(unverified), text=unverified, supported=False)
    return Narrative(paragraphs=((Sentence(text=text, unverified=(claim,) if unverified else ()),),), claims=2)


MARKED = (
    "<!-- narrative -->\nIt ships ⟦⚠ in March⟧.\n\n"
    "_⚠ 1 of 2 figures, dates, names, links and quotes in these words stands in no source._\n<!-- /narrative -->"
)


@pytest.mark.parametrize(
    ("narrative", "said"),
    [
        (
            Narrative(),
            "<!-- narrative -->\n_No model answered; this page is complete without narrative._\n<!-- /narrative -->",
        ),
        (Narrative(note="Out of memory."), "<!-- narrative -->\n_Out of memory._\n<!-- /narrative -->"),
        (told("All well."), "<!-- narrative -->\nAll well.\n<!-- /narrative -->"),
        (
            told("A # <!-- /narrative --> *b*"),
            "<!-- narrative -->\nA \\# &lt;!-- /narrative --> \\*b\\*\n<!-- /narrative -->",
        ),
        (told("It ships in March.", unverified="in March"), MARKED),
        (None, ""),
    ],
)
def test_the_place_of_the_words(tmp_path: Path, narrative: Narrative | None, said: str) -> None:
    assert body(render(tmp_path, "A\n\n{{ narrative() }}", page(narrative=narrative))) == f"A\n\n{said}".strip()


def test_words_cite_facts_of_the_page_and_passages_they_quote(tmp_path: Path) -> None:
    place = Source(path="raw_notes/hall.md", version=2, first_line=14, last_line=16)
    quoted = Fact(id="passage.1", label="Hall › Costs", value="The hall costs 420 a day", sources=(place,))
    sentences = (
        Sentence(text="Three are left.", cites=("a", "gone")),
        Sentence(text="It costs.", cites=("passage.1",)),
    )
    asked = page(fact("a", 3), narrative=Narrative(paragraphs=(sentences,), quoted=(quoted,)))
    done = render(tmp_path, '{{ narrative() }} {{ fact("a") }}', asked)
    assert "Three are left. [f1] It costs. [f2]" in done.text
    assert "- [f2] Hall › Costs: The hall costs 420 a day — raw_notes/hall.md@2:14–16" in done.text
    assert [fact.id for fact in done.cited] == ["a", "passage.1"]


def test_data_files_hold_literals_and_cite_by_value(tmp_path: Path) -> None:
    asked = page(fact("a", 'x "y"\n', label="k: |"), fact("b", float("nan")), fact("c", None), fact("d", 3))
    template = '{"a": {{ fact("a") }}, "label": {{ fact("a").label }}, "b": {{ fact("b") }}, '
    template += '"c": {{ fact("c") }}, "d": {{ fact("d").bare }}, "n": {{ missing() }}}'
    done = render(tmp_path, template, asked, "data.json.j2")
    assert json.loads(done.text) == {"a": 'x "y"\n', "label": "k: |", "b": None, "c": None, "d": 3, "n": []}
    assert [f.id for f in done.cited] == ["a", "b", "c"]
    done = render(tmp_path, 'a: {{ fact("a") }}\nd: {{ fact("d") }}\nn: {{ fact("none") }}\n', asked, "data.yaml.j2")
    assert yaml.safe_load(done.text) == {"a": 'x "y"\n', "d": 3, "n": None}


KEY_RESULT = '{"id": "K", "title": "20 helpers", "target": 20, "current": 5}'
OKR = f'{{"objectives": [{{"id": "O", "title": "O", "key_results": [{KEY_RESULT}]}}]}}'


@pytest.mark.parametrize(("counted", "text"), [(8.0, OKR.replace('"current": 5', '"current": 8')), (5.0, "")])
def test_the_proposal_for_the_key_results_is_empty_unless_they_differ(counted: float, text: str) -> None:
    asked = page(
        fact("key_result.1", 0.25, "ratio", "20 helpers"),
        fact("key_result.1.counted", counted),
        fact("key_result.2", 0.5, "ratio", "Permits"),
        files={"plans/okr.json": OKR},
    )
    done = SHIPPED.render("okr.json.j2", asked)
    assert done.text == text
    assert [f.id for f in done.cited] == (["key_result.1.counted"] if text else [])
    assert SHIPPED.render("okr.json.j2", page()).text == ""


def test_errors_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        PageTemplates(tmp_path).render("none.md.j2", page())
    for wrong in ("{{ nothing }}", "{% if %}", "{{ ''.__class__.__mro__ }}", "{{ fact(1, 2, 3) }}"):
        with pytest.raises(OrinError, match=r"page\.md\.j2"):
            render(tmp_path, wrong, page())


def test_messages_of_other_agents_are_text(tmp_path: Path) -> None:
    asked = page(messages=(Message(from_agent="Critic", text="| # <!-- x"),))
    template = "{% for m in messages %}{{ m.from_agent }}: {{ m.text }}{% endfor %}"
    assert body(render(tmp_path, template, asked)) == r"Critic: \| \# &lt;!-- x"


def structure(text: str) -> list[str]:
    """The page's blocks and inline elements, without its words."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    kinds: list[str] = []
    for token in tokens:
        kinds.append(token.type)
        kinds.extend(child.type for child in token.children or [] if child.type not in ("text", "text_special"))
    return kinds


def shown(template: str, title: str) -> str:
    return SHIPPED.render(template, asked_of(title)).text


def asked_of(title: str) -> Page:
    return Page(project=title, agent="Scribe", routine="Brief", now=NOW, findings=full(title), narrative=Narrative())


@cache
def plain_page(template: str) -> str:
    return shown(template, "Call the hall")


@pytest.mark.parametrize("template", sorted(SHIPPED.names()))
def test_the_same_page_gives_the_same_text(template: str) -> None:
    assert shown(template, "a") == PageTemplates(shipped().templates).render(template, asked_of("a")).text


@pytest.mark.parametrize("template", MARKDOWN)
@settings(max_examples=12)
@given(title=NASTY)
@example(title="")
@example(title="a\n\n# b\n\n- c\n```\n<!-- narrative -->")
@example(title="| a | b |\n| --- | --- |")
@example(title="[f1] [[x]] ![y](z) <script>alert(1)</script>")
@example(title="x" * 5000)
def test_no_title_can_break_a_page(template: str, title: str) -> None:
    text = shown(template, title)
    plain = plain_page(template)
    assert structure(text) == structure(plain)
    assert text.count("<!--") == plain.count("<!--")
    assert set(re.findall(r"\[f\d+\]", text)) == set(re.findall(r"\[f\d+\]", plain))
    text.encode()


@pytest.mark.parametrize("template", sorted(SHIPPED.names() - set(MARKDOWN)))
@settings(max_examples=30)
@given(title=st.text(max_size=40))
def test_no_title_can_break_a_data_file(template: str, title: str) -> None:
    text = shown(template, title)
    text.encode()
    read = json.loads if ".json" in template else yaml.safe_load
    if text.strip():
        assert isinstance(read(text), dict)


def test_tasks_that_wait_name_what_they_wait_for(tmp_path: Path) -> None:
    asked = page(fact("order.1", "t1", label="Sign | seal"), fact("blocked.1", "t1, t9", label="Send the plan"))
    template = '{% for item in facts("blocked") %}{{ item.label }} waits for {{ titled(item) }}{% endfor %}'
    assert body(render(tmp_path, template, asked)) == r"Send the plan waits for Sign \| seal, t9 [f1]"


def test_a_build_log_without_functions_does_not_say_that_all_are_tested() -> None:
    said = SHIPPED.render("build_log.md.j2", page(fact("codemap.functions", 0))).text
    assert "No function is left out" not in said and "Not looked at" in said
    assert "No function is left out" in SHIPPED.render("build_log.md.j2", page(fact("codemap.functions", 3))).text
