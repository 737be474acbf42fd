"""The walk through a routine's graph: in order, on conditions, and always to an end."""

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Fact, Finding, Remark, Severity
from orin_agents.domain.routines import Condition, Routine
from orin_agents.skills.flow import Flow, holds


def routine(count: int, edges: list[dict] | None = None) -> Routine:
    steps = [{"id": f"s{number}", "agent": "critic"} for number in range(count)]
    return Routine.model_validate(
        {"id": "r", "title": "R", "part": "morning", "at": "07:30", "steps": steps, "edges": edges or []}
    )


def walk(flow: Flow, findings=()) -> list[str]:
    turns = []
    while turn := flow.next():
        turns.append(turn.id)
        flow.finish(turn, findings)
    return turns


def finding(value: float, severity: Severity = Severity.INFO) -> Finding:
    fact = Fact(id="drift.total", label="Drift", value=value)
    return Finding(skill="drift", facts=(fact,), remarks=(Remark(text="So it is.", severity=severity),))


def test_without_edges_steps_run_one_after_the_other():
    assert walk(Flow(routine(3))) == ["r.s0", "r.s1", "r.s2"]


def test_an_edge_is_taken_only_when_its_condition_holds():
    edges = [{"from": "s0", "to": "s1", "when": {"fact": "drift.total", "above": 0.2}}, {"from": "s0", "to": "s2"}]
    assert walk(Flow(routine(3, edges)), (finding(0.1),)) == ["r.s0", "r.s2"]
    assert walk(Flow(routine(3, edges)), (finding(0.3),)) == ["r.s0", "r.s1", "r.s2"]


def test_paths_that_meet_run_their_common_step_once():
    pairs = (("s0", "s1"), ("s0", "s2"), ("s1", "s3"), ("s2", "s3"))
    edges = [{"from": start, "to": end} for start, end in pairs]
    assert walk(Flow(routine(4, edges))) == ["r.s0", "r.s1", "r.s2", "r.s3"]


def test_a_loop_runs_as_often_as_it_may_and_its_turns_have_names_of_their_own():
    edges = [{"from": "s0", "to": "s1", "at_most": 3}, {"from": "s1", "to": "s0", "at_most": 2}]
    assert walk(Flow(routine(2, edges))) == ["r.s0", "r.s1", "r.s0#2", "r.s1#2", "r.s0#3", "r.s1#3"]


def test_conditions():
    high = (finding(0.3, Severity.HIGH),)
    assert holds(None, ())
    assert holds(Condition(severity="warning"), high)
    assert not holds(Condition(severity="warning", negate=True), high)
    assert holds(Condition(fact="drift.total", above=0.2, below=0.4), high)
    assert not holds(Condition(fact="drift.total", above=0.3), high)
    assert holds(Condition(fact="drift.total", equals=0.3), high)
    assert not holds(Condition(fact="none", equals=0.3), high)
    assert not holds(Condition(fact="none", equals=0.3, negate=True), high)


@given(st.data())
def test_every_walk_ends_and_takes_no_edge_too_often(data):
    count = data.draw(st.integers(1, 6))
    names = st.sampled_from([f"s{number}" for number in range(count)])
    edges = data.draw(
        st.lists(st.fixed_dictionaries({"from": names, "to": names, "at_most": st.integers(1, 3)}), max_size=10)
    )
    flow = Flow(routine(count, edges))
    turns = walk(flow)
    assert len(turns) == len(set(turns))
    assert len(turns) <= count + sum(edge["at_most"] for edge in edges or [{"at_most": count}])
