from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.facts import Severity
from orin_agents.domain.journal import Entry
from orin_agents.domain.snapshot import Document
from orin_agents.skills.anomalies import find_anomalies
from tests.skills.notes import HOSTILE, NOW, labels, note, run, value, values


def log(counts: list[int], text: str = "INFO up", *, hours: int = 1, path: str = "logs/a.log") -> Document:
    """That many lines an hour (or each `hours`), the last an hour before NOW."""
    start = NOW - timedelta(hours=hours * len(counts))
    lines = [
        f"{start + timedelta(hours=hours * place):%Y-%m-%dT%H}:{n % 60:02d}:00 {text}"
        for place, count in enumerate(counts)
        for n in range(count)
    ]
    return note("\n".join(lines), path)


def test_an_hour_that_says_much_more_than_usual_is_told_with_its_lines() -> None:
    finding = find_anomalies((log([4, 5, 6, 5, 4, 5, 6, 5, 40, 5]),), (), NOW)
    assert labels(finding, "anomaly") == ["logs/a.log: 40 lines at 2026-03-02 07:00, usually 5"]
    (z,) = values(finding, "anomaly")
    assert z == pytest.approx(0.6745 * 35 / 0.5)
    assert str(finding.facts[0].sources[0]) == "logs/a.log@1:41–80"
    assert value(finding, "anomalies.checked") == 1


def test_a_silent_hour_in_a_steady_log_is_told() -> None:
    finding = find_anomalies((log([10, 11, 10, 9, 10, 0, 10, 11, 9, 10]),), (), NOW)
    assert labels(finding, "anomaly") == ["logs/a.log: no lines at 2026-03-02 04:00, usually 10"]
    assert str(finding.facts[0].sources[0]) == "logs/a.log@1:50"


def test_an_hour_that_is_not_over_is_not_silent() -> None:
    counts = [10, 11, 10, 9, 10, 12, 10, 11, 9, 10, 1]
    assert values(find_anomalies((log(counts),), (), NOW), "anomaly") == []


def test_one_line_more_in_a_steady_log_is_no_news() -> None:
    assert values(find_anomalies((log([10] * 20 + [11] + [10] * 3),), (), NOW), "anomaly") == []


def test_a_log_that_is_mostly_silent_is_judged_by_the_day() -> None:
    counts = [2] * 10 + [20, 2]
    finding = find_anomalies((log(counts, hours=24),), (), NOW)
    assert labels(finding, "anomaly") == ["logs/a.log: 20 lines on 2026-02-28, usually 2"]


def test_a_log_with_too_few_hours_is_not_judged() -> None:
    finding = find_anomalies((log([5, 5, 5, 50]),), (), NOW)
    assert values(finding, "anomaly") == [] and value(finding, "anomalies.checked") == 0


def test_lines_of_error_are_counted_by_pattern_the_most_frequent_first() -> None:
    text = "ERROR slot 7 is booked twice\nINFO fine\nERROR slot 8 is booked twice\nFATAL disk 1 full\n"
    finding = find_anomalies((note(text, "logs/a.log"), note("ERROR slot 9 is booked twice", "logs/b.log")), (), NOW)
    assert labels(finding, "error") == ["ERROR slot # is booked twice", "FATAL disk # full"]
    assert values(finding, "error") == [3, 1]
    assert [str(source) for source in finding.numbered("error")[0].sources] == [
        "logs/a.log@1:1",
        "logs/a.log@1:3",
        "logs/b.log@1:1",
    ]
    assert finding.remarks[0].severity is Severity.WARNING


def test_a_fresh_surge_of_one_error_is_grave_and_an_old_one_is_not() -> None:
    steady = log([6] * 100).text
    fresh = log([6] * 2, "ERROR broken 1").text
    old = "\n".join(f"{NOW - timedelta(hours=90):%Y-%m-%dT%H}:00:00 ERROR mended {n}" for n in range(9))
    finding = find_anomalies((note(f"{old}\n{steady}\n{fresh}", "logs/a.log"),), (), NOW)
    grave = [remark for remark in finding.remarks if remark.severity is Severity.HIGH]
    assert len(grave) == 2 and all("broken" in remark.text for remark in grave)
    assert any("mended" in label for label in labels(finding, "anomaly"))


def journal(durations: list[float], **more: str) -> tuple[Entry, ...]:
    return tuple(entry for n, seconds in enumerate(durations, 1) for entry in run(n, seconds, ago=500 - n, **more))


def test_a_run_that_takes_much_longer_is_told_by_its_entries() -> None:
    finding = find_anomalies((), journal([60, 62, 58, 61, 600, 59]), NOW)
    assert labels(finding, "anomaly") == ["Run r5 of morning took 600 s, usually 60 s"]
    assert str(finding.facts[0].sources[0]) == "journal:10–11"
    assert [remark.severity for remark in finding.remarks] == [Severity.WARNING]


def test_runs_are_judged_within_their_routine() -> None:
    entries = [e for n in range(1, 7) for e in run(n, 10 + n % 2, ago=200 - n)]
    entries += [e for n in range(7, 13) for e in run(n, 900 + n % 3, routine="weekly", ago=200 - n)]
    finding = find_anomalies((), tuple(entries), NOW)
    assert values(finding, "anomaly") == [] and value(finding, "anomalies.checked") == 2


def test_cancelled_unfinished_and_future_runs_do_not_count() -> None:
    entries = (
        *journal([60, 61, 62, 60, 61]),
        *run(6, 9000, state="cancelled"),
        *run(7, 9000)[:1],
        *run(8, 9000, ago=-1),
    )
    assert values(find_anomalies((), entries, NOW), "anomaly") == []


@given(st.lists(st.integers(0, 3), min_size=8, max_size=20), st.lists(st.floats(0, 1e4), max_size=10))
def test_the_order_of_input_makes_no_difference(counts: list[int], durations: list[float]) -> None:
    logs = (log(counts), log(counts[::-1], "ERROR x 1", path="logs/b.log"))
    entries = journal(durations)
    finding = find_anomalies(logs, entries, NOW)
    assert find_anomalies(logs[::-1], entries[::-1], NOW) == finding
    zs = [z for z in values(finding, "anomaly") if isinstance(z, float)]
    assert all(abs(z) > 3.5 for z in zs) and [abs(z) for z in zs] == sorted(map(abs, zs), reverse=True)


def test_pages_and_data_in_the_logs_folder_are_no_logs() -> None:
    finding = find_anomalies((note("ERROR 1", "logs/review.md"), note('{"x": "ERROR 2"}', "logs/weekly.json")), (), NOW)
    assert values(finding, "error") == []


def test_hostile_logs_are_read_to_the_end() -> None:
    far = "1970-01-01 00:00:00 a\n9999-12-31 23:59:59 b\n0001-01-01 00:00:00+14:00 c\n"
    texts = {**HOSTILE, "far": far, "errors": "2026-03-01 09:00:00 ERROR x\n" * 20_000}
    find_anomalies(tuple(note(text, f"logs/{name}.log") for name, text in texts.items()), (), NOW)


def test_nothing_gives_zero() -> None:
    finding = find_anomalies((), (), NOW)
    assert value(finding, "anomalies.checked") == 0 and not finding.remarks
