from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Finding, Severity, Source
from orin_agents.domain.rules import Check, Rule, RuleChecklist
from orin_agents.skills.checklist import check_rules
from tests.skills.notes import HOSTILE, NOW, artifact, labels, note, value, values

TEXT = "---\ntags: x\n---\n# Venue\n\nThe hall is cold.\nParking: TBD\n\n## Out of *scope* ##\n\n```\nlong code\n```\n"


def rule(check: str, wanted: Any = "", *, applies_to: str = "raw_notes/*.md", severity: str = "warning") -> Rule:
    return Rule.model_validate(
        {
            "id": f"{check}-{wanted}",
            "text": check,
            "applies_to": applies_to,
            "check": check,
            "value": wanted,
            "severity": severity,
        }
    )


def check(*rules: Rule, text: str = TEXT, path: str = "raw_notes/venue.md") -> Finding:
    return check_rules(RuleChecklist(rules=list(rules)), (note(text, path),), (artifact(path),), NOW)


@pytest.mark.parametrize(
    ("kind", "wanted", "passes"),
    [
        ("contains", "The hall", True),
        ("contains", "the hall", False),
        ("lacks", "TBC", True),
        ("lacks", "TBD", False),
        ("matches", r"^Parking: \w+$", True),
        ("matches", r"^Hall", False),
        ("heading", "out of scope", True),
        ("heading", "## Venue", True),
        ("heading", "In scope", False),
        ("most_words", 10, True),
        ("most_words", 9, False),
        ("least_words", 10, True),
        ("least_words", 11, False),
        ("changed_within_days", 3, True),
        ("exists", "", True),
    ],
)
def test_each_check_passes_what_keeps_it_and_fails_what_does_not(kind: str, wanted: str | int, passes: bool) -> None:
    finding = check(rule(kind, wanted))
    assert (value(finding, "checklist.passed"), value(finding, "checklist.failed")) == (int(passes), int(not passes))
    assert value(finding, "checklist.score") == float(passes)


def test_a_failure_names_the_rule_the_file_and_the_line() -> None:
    finding = check(rule("lacks", "TBD", severity="high"))
    (fact,) = finding.numbered("failure")
    assert (fact.label, fact.value) == ("lacks", "raw_notes/venue.md")
    assert str(fact.sources[0]) == "raw_notes/venue.md:7"
    assert value(finding, "failure.1.severity") == "high"
    assert [(remark.severity, remark.facts) for remark in finding.remarks] == [(Severity.HIGH, ("failure.1",))]


def test_lines_are_counted_over_every_kind_of_line_end() -> None:
    assert (
        str(check(rule("lacks", "x"), text="a\r\nb\rc\nx").numbered("failure")[0].sources[0]) == "raw_notes/venue.md:4"
    )


def test_the_gravest_failures_come_first() -> None:
    finding = check(
        rule("contains", "a!"), rule("contains", "b!", severity="high"), rule("contains", "c!", severity="info")
    )
    assert [value(finding, f"failure.{n}.severity") for n in (1, 2, 3)] == ["high", "warning", "info"]


def test_what_must_exist_and_does_not_is_named_by_its_glob() -> None:
    finding = check(rule("exists", applies_to="drafts/press_note.md"))
    assert values(finding, "failure") == ["drafts/press_note.md"]
    assert finding.remarks[0].text == "“exists”: nothing is there as drafts/press_note.md."


def test_what_was_not_changed_for_long_fails() -> None:
    rules = RuleChecklist(rules=[rule("changed_within_days", 7, applies_to="plans/**")])
    files = (
        artifact("plans/old.md", changed=NOW - timedelta(days=8)),
        artifact("plans/new.md", changed=NOW - timedelta(days=6)),
        artifact("plans/gone.md", changed=NOW - timedelta(days=8), removed=NOW),
    )
    assert values(check_rules(rules, (), files, NOW), "failure") == ["plans/old.md"]


def test_an_absurd_number_of_days_is_no_accident() -> None:
    assert value(check(rule("changed_within_days", 10**12)), "checklist.passed") == 1


def test_rules_with_nothing_to_look_at_are_neither_kept_nor_broken() -> None:
    finding = check(rule("contains", "x", applies_to="other/**"), rule("contains", "y", applies_to="*.png"))
    assert [value(finding, f"checklist.{name}") for name in ("passed", "failed", "idle", "score")] == [0, 0, 2, None]
    assert "contains-x" in finding.remarks[0].text


def test_a_text_that_may_not_be_read_is_not_judged() -> None:
    finding = check_rules(RuleChecklist(rules=[rule("contains", "x")]), (), (artifact("raw_notes/a.md"),), NOW)
    assert value(finding, "checklist.idle") == 1


def test_an_absent_checklist_is_said_and_an_empty_one_gives_zeros() -> None:
    assert check_rules(None, (), (), NOW).missing == ("rule_checklist.yaml",)
    finding = check_rules(RuleChecklist(), (), (), NOW)
    assert [value(finding, f"checklist.{name}") for name in ("passed", "failed", "score")] == [0, 0, None]


SOME = [
    rule("contains", "TBD"),
    rule("lacks", "TBD", severity="high"),
    rule("heading", "Venue"),
    rule("least_words", 3),
    rule("exists", applies_to="drafts/*"),
    rule("matches", "^#"),
    rule("changed_within_days", 2),
]


@given(
    st.lists(st.sampled_from(SOME), unique_by=lambda r: r.id),
    st.lists(st.sampled_from(["", TEXT, "TBD"]), max_size=4),
    st.randoms(),
)
def test_every_rule_is_kept_broken_or_idle(rules: list[Rule], texts: list[str], random: Any) -> None:
    notes = [note(text, f"raw_notes/{n}.md") for n, text in enumerate(texts)]
    files = [artifact(document.path) for document in notes]
    finding = check_rules(RuleChecklist(rules=rules), tuple(notes), tuple(files), NOW)
    counts = [value(finding, f"checklist.{name}") for name in ("passed", "failed", "idle")]
    assert sum(int(str(number)) for number in counts) == len(rules)
    score = value(finding, "checklist.score")
    assert score is None or (isinstance(score, float) and 0 <= score <= 1)
    random.shuffle(notes)
    random.shuffle(files)
    assert check_rules(RuleChecklist(rules=rules), tuple(notes), tuple(files), NOW) == finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_judged(name: str) -> None:
    rules = [rule(kind.value, 5 if "words" in kind or "days" in kind else "x") for kind in Check]
    finding = check(*rules, text=HOSTILE[name])
    assert len(labels(finding, "failure")) == value(finding, "checklist.failed")


def test_counts_point_to_their_rules_and_a_zero_to_the_checklist() -> None:
    place = Source(path="rule_checklist.yaml", first_line=2, last_line=7)
    kept = rule("contains", "hall").model_copy(update={"source": place})
    finding = check(kept, text="The hall.")
    assert (passed := finding.get("checklist.passed")) and (passed.value, passed.sources) == (1, (place,))
    failed = finding.get("checklist.failed")
    assert failed and (failed.value, failed.sources) == (0, (Source(path="rule_checklist.yaml"),))
