from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Fact, Source, Value
from orin_agents.domain.snapshot import Produced
from orin_agents.skills.digest import HEADLINES, digest_day
from tests.skills.notes import NOW, labels, value, values


def produced(path: str, at: datetime = NOW, version: int = 1, **facts: Value) -> Produced:
    found = tuple(
        Fact(id=name.replace("__", "."), label=name, value=figure, sources=(Source(path="okr.json", first_line=3),))
        for name, figure in facts.items()
    )
    return Produced(path=path, version=version, agent="planner", at=at, facts=found)


def test_headlines_stand_in_a_fixed_order_with_the_artifact_they_come_from() -> None:
    finding = digest_day(
        (
            produced("b.md", drift__total=0.5, block__1="x"),
            produced("a.md", NOW - timedelta(hours=1), 4, progress__overdue=2, okr__score=0.4, planned__done=None),
        ),
        NOW,
    )
    assert labels(finding, "headline") == ["Score of the objectives", "Drift this week", "Tasks overdue"]
    assert values(finding, "headline") == [0.4, 0.5, 2]
    assert [str(source) for source in finding.facts[0].sources] == ["a.md@4", "okr.json:3"]
    assert list(zip(labels(finding, "produced"), values(finding, "produced"), strict=True)) == [
        ("a.md", 4),
        ("b.md", 1),
    ]


def test_the_latest_artifact_has_the_word() -> None:
    early, late = produced("a.md", NOW - timedelta(hours=2), okr__score=0.1), produced("b.md", okr__score=0.2)
    assert value(digest_day((late, early), NOW), "headline.1") == 0.2


def test_only_the_persons_day_counts() -> None:
    now = NOW.astimezone(ZoneInfo("Pacific/Auckland"))
    items = (produced("a.md", NOW - timedelta(hours=21)), produced("b.md", NOW - timedelta(hours=23)))
    assert labels(digest_day(items, now), "produced") == ["a.md"]


def test_what_the_run_itself_has_left_behind_counts_though_it_is_later_than_its_start() -> None:
    assert labels(digest_day((produced("a.md", NOW + timedelta(minutes=1)),), NOW), "produced") == ["a.md"]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([name for name, _ in HEADLINES]), st.integers(0, 9)), max_size=8
    )
)
def test_the_order_of_artifacts_makes_no_difference(rows: list[tuple[int, str, int]]) -> None:
    items = tuple(
        produced(f"{n}.md", NOW + timedelta(minutes=minutes), **{name.replace(".", "__"): figure})
        for n, (minutes, name, figure) in enumerate(rows)
    )
    finding = digest_day(items, NOW)
    assert digest_day(items[::-1], NOW) == finding
    order = [text for _, text in HEADLINES]
    assert [order.index(label) for label in labels(finding, "headline")] == sorted(
        order.index(label) for label in labels(finding, "headline")
    )


def test_nothing_gives_nothing() -> None:
    assert digest_day((), NOW).facts == ()
