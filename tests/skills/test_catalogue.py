from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.skills.catalogue import catalogue
from tests.skills.notes import NOW, artifact, labels, note, value, values

paths = st.lists(st.sampled_from(["a.md", "b/c.py", "plans/okr.json", "d.log", "e.ics", "drafts/f.md"]), unique=True)


@given(paths)
def test_every_artifact_is_listed_once_and_kinds_add_up(found: list[str]) -> None:
    files = tuple(artifact(path) for path in found)
    finding = catalogue(files, (), NOW)
    assert labels(finding, "artifact") == sorted(found)
    assert (
        sum(int(str(number)) for number in values(finding, "kind")) == value(finding, "catalogue.total") == len(found)
    )
    assert catalogue(files[::-1], (), NOW) == finding


def test_kind_version_state_and_title_are_told() -> None:
    finding = catalogue((artifact("b.md", version=3), artifact("a.py")), (note("", "b.md", title="Bee"),), NOW)
    assert (labels(finding, "artifact"), values(finding, "artifact")) == (["a.py", "b.md"], ["code", "note"])
    assert [value(finding, f"artifact.2.{part}") for part in ("version", "state", "title")] == [3, "draft", "Bee"]
    assert finding.get("artifact.1.title") is None
    assert str(finding.numbered("artifact")[1].sources[0]) == "b.md@3"


def test_removed_artifacts_do_not_count() -> None:
    assert value(catalogue((artifact("a.md", removed=NOW),), (), NOW), "catalogue.total") == 0


def test_today_is_the_day_of_the_person() -> None:
    now = NOW.astimezone(ZoneInfo("Pacific/Auckland"))  # 2 March, 22:00
    files = (artifact("a.md", changed=NOW - timedelta(hours=21)), artifact("b.md", changed=NOW - timedelta(hours=23)))
    assert value(catalogue(files, (), now), "catalogue.changed_today") == 1
    assert value(catalogue(files, (), NOW), "catalogue.changed_today") == 0
