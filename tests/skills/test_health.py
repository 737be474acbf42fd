from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.facts import Severity
from orin_agents.skills.health import judge_health
from tests.skills.notes import NOW, labels, run, value, values

lines = st.lists(
    st.builds(
        CheckLine,
        area=st.sampled_from(["box", "disk"]),
        name=st.sampled_from(["Python", "free", "clock"]),
        verdict=st.sampled_from(Verdict),
        seen=st.sampled_from(["3.11", "1 GB left."]),
        remedy=st.sampled_from(["", "Make room."]),
    ),
    max_size=8,
)


@given(lines)
def test_every_check_is_told_once_problems_first(checks: list[CheckLine]) -> None:
    finding = judge_health(tuple(checks), (), NOW)
    verdicts = values(finding, "check")
    assert sorted(map(str, verdicts)) == sorted(check.verdict.value for check in checks)
    order = ["problem", "warning", "ok"]
    assert [order.index(str(verdict)) for verdict in verdicts] == sorted(order.index(str(v)) for v in verdicts)
    counts = [value(finding, f"health.{name}") for name in ("problems", "warnings", "ok")]
    assert counts == [verdicts.count(name) for name in order]
    assert judge_health(tuple(checks[::-1]), (), NOW) == finding


def test_problems_are_grave_and_say_the_remedy() -> None:
    checks = (
        CheckLine(area="box", name="Python", verdict=Verdict.OK, seen="3.11"),
        CheckLine(area="disk", name="free", verdict=Verdict.PROBLEM, seen="1 GB left", remedy="Make room."),
        CheckLine(area="clock", name="zone", verdict=Verdict.WARNING, seen="UTC."),
    )
    finding = judge_health(checks, (), NOW)
    assert labels(finding, "check") == ["disk: free", "clock: zone", "box: Python"]
    assert [(remark.text, remark.severity) for remark in finding.remarks] == [
        ("disk, free: 1 GB left. Make room.", Severity.HIGH),
        ("clock, zone: UTC.", Severity.WARNING),
    ]
    assert value(finding, "check.1.remedy") == "Make room."


def test_runs_that_failed_in_the_last_day_are_counted() -> None:
    entries = (
        *run(1, 5, state="failed", ago=23),
        *run(2, 5, state="failed", ago=25),
        *run(3, 5, state="ok", ago=2),
        *run(4, 5, state="failed", ago=-1),
    )
    finding = judge_health((), entries, NOW)
    assert value(finding, "health.failed_runs") == 1
    assert "morning" in finding.remarks[0].text
    assert str(finding.facts[-1].sources[0]) == "journal:3"


def test_nothing_gives_zeros() -> None:
    finding = judge_health((), (), NOW)
    assert {fact.value for fact in finding.facts} == {0} and not finding.remarks
