"""What is out of the ordinary: hours in which a log says much more or less than usual, surges of one error, and runs
that take longer or shorter than they use to. Figures are judged by the modified z-score (see `outliers`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median

from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source, merged
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.snapshot import Document
from orin_agents.skills.loglines import LogLine, is_error, pattern, read_log
from orin_agents.skills.outliers import THRESHOLD, robust_z

NO_LOGS = (".json", ".yaml", ".yml", ".md", ".csv")
"""Files of a logs folder that are pages or data, not lines in the order of time."""
FEWEST_TIMES = 8
FEWEST_RUNS = 5
LEAST_LINES = 3
LEAST_SECONDS = 5.0
LEAST_SHARE = 0.5
"""An outlier also lies this share of the usual away from it: one line more in a steady log is no news."""
HOURS = 60 * 24
DAYS = 400
RECENT = timedelta(days=2)
MOST_ANOMALIES = 30
MOST_ERRORS = 50
MOST_SOURCES = 12


@dataclass(frozen=True, slots=True)
class _Anomaly:
    what: str
    z: float
    sources: tuple[Source, ...]
    grave: bool = False


@dataclass(slots=True)
class _Search:
    """What was found so far, and how many series were looked at."""

    now: datetime
    found: list[_Anomaly] = field(default_factory=list)
    checked: int = 0


def find_anomalies(logs: tuple[Document, ...], journal: tuple[Entry, ...], now: datetime) -> Finding:
    """`anomaly.N` (value: modified z-score, beyond ±3.5, the farthest first) and `error.N` (lines of one pattern).

    A log is judged by the hour, or by the day where most hours are silent. Lines and entries later than `now` do not
    count. `anomalies.checked` counts the series looked at.
    """
    search = _Search(now)
    errors: dict[str, list[LogLine]] = {}
    for document in sorted(logs, key=lambda document: document.path):
        if document.path.lower().endswith(NO_LOGS):
            continue
        lines = [line for line in read_log(document, now) if line.at is None or line.at <= now]
        failing: dict[str, list[LogLine]] = {}
        for line in lines:
            if is_error(line.text):
                failing.setdefault(pattern(line.text), []).append(line)
        _judge_log(search, document.path, lines, failing)
        for text, found in failing.items():
            errors.setdefault(text, []).extend(found)
    _judge_runs(search, journal)
    ranked = sorted(search.found, key=lambda anomaly: (-abs(anomaly.z), anomaly.what))[:MOST_ANOMALIES]
    facts = [
        Fact(id=f"anomaly.{number}", label=anomaly.what, value=round(anomaly.z, 4), sources=anomaly.sources)
        for number, anomaly in enumerate(ranked, start=1)
    ]
    common = sorted(errors, key=lambda text: (-len(errors[text]), text))[:MOST_ERRORS]
    facts += [
        Fact(
            id=f"error.{number}",
            label=text,
            value=len(errors[text]),
            unit="lines",
            sources=merged(line.source for line in errors[text])[:MOST_SOURCES],
        )
        for number, text in enumerate(common, start=1)
    ]
    facts.append(Fact(id="anomalies.checked", label="Series looked at", value=search.checked, unit="series"))
    return Finding(skill="anomalies", facts=tuple(facts), remarks=tuple(_remarks(ranked, errors)))


def _judge_log(search: _Search, path: str, lines: list[LogLine], failing: dict[str, list[LogLine]]) -> None:
    timed = [line for line in lines if line.at is not None]
    if not timed:
        return
    scale = _scale([line.at for line in timed if line.at])
    _judge_counts(search, path, timed, scale)
    for text in sorted(failing, key=lambda text: (-len(failing[text]), text))[:MOST_ERRORS]:
        found = failing[text]
        if len(found) >= LEAST_LINES:
            _judge_counts(search, f"{path}: “{text}”", [line for line in found if line.at], scale, surges=True)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The hours or days to count by: all from `first` to `last`, or those `kept` where most are silent."""

    hourly: bool
    first: int
    last: int
    kept: tuple[int, ...] = ()

    def place(self, at: datetime) -> int:
        """The number of the hour or the day."""
        return int(at.timestamp() // 3600) if self.hourly else at.date().toordinal()

    def places(self) -> tuple[int, ...] | range:
        return self.kept or range(self.first, self.last + 1)

    def named(self, place: int, now: datetime) -> str:
        if not self.hourly:
            return f"on {date.fromordinal(place).isoformat()}"
        start = datetime.fromtimestamp(place * 3600, tz=UTC).astimezone(now.tzinfo)
        return f"at {start:%Y-%m-%d %H:00}"


def _scale(times: list[datetime]) -> _Scale:
    """By the hour where a log speaks in half of the hours, else by the day, and where most days are silent by those
    that are not.
    """
    for hourly, most in ((True, HOURS), (False, DAYS)):
        places = sorted({_Scale(hourly, 0, 0).place(at) for at in times})
        first, last = max(places[0], places[-1] - most + 1), places[-1]
        spoken = tuple(place for place in places if place >= first)
        scale = _Scale(hourly, first, last, () if 2 * len(spoken) >= last - first + 1 else spoken)
        if not scale.kept:
            return scale
    return scale


def _judge_counts(search: _Search, what: str, lines: list[LogLine], scale: _Scale, *, surges: bool = False) -> None:
    """Look for hours or days with many more or fewer lines than usual; of errors only for more."""
    places = scale.places()
    if len(places) < FEWEST_TIMES:
        return
    search.checked += 1
    standing: dict[int, list[LogLine]] = {}
    for line in lines:
        if line.at:
            standing.setdefault(scale.place(line.at), []).append(line)
    figures = [len(standing.get(place, ())) for place in places]
    usual = median(figures)
    cut = {places[0], places[-1], scale.place(search.now)}
    for place, figure, z in zip(places, figures, robust_z(figures), strict=True):
        if abs(z) <= THRESHOLD or abs(figure - usual) < max(LEAST_LINES, LEAST_SHARE * usual):
            continue
        if z < 0 and (surges or place in cut):
            continue
        found = standing.get(place, [])
        recent = any(line.at and search.now - line.at <= RECENT for line in found)
        text = f"{what}: {_lines(figure)} {scale.named(place, search.now)}, usually {usual:g}"
        sources = merged(line.source for line in found)[:MOST_SOURCES]
        search.found.append(_Anomaly(text, z, sources or _before(standing, place, places[0]), surges and recent))


def _before(standing: dict[int, list[LogLine]], place: int, first: int) -> tuple[Source, ...]:
    """For a silent time, the last line before it."""
    spoken = next((earlier for earlier in range(place, first - 1, -1) if earlier in standing), None)
    return () if spoken is None else (standing[spoken][-1].source,)


def _judge_runs(search: _Search, journal: tuple[Entry, ...]) -> None:
    """Look for runs of one routine that took much longer or shorter than its others; cancelled ones do not count."""
    taken: dict[str, list[tuple[float, Entry, Entry]]] = {}
    started: dict[str, Entry] = {}
    for entry in sorted(journal, key=lambda entry: entry.seq):
        if not entry.correlation or entry.at > search.now:
            continue
        if entry.event is Event.RUN_STARTED:
            started[entry.correlation] = entry
        elif entry.event is Event.RUN_FINISHED:
            start = started.pop(entry.correlation, None)
            if start is not None and entry.data.get("state") != "cancelled":
                seconds = (entry.at - start.at).total_seconds()
                taken.setdefault(start.subject, []).append((max(seconds, 0.0), start, entry))
    for routine, runs in sorted(taken.items()):
        if len(runs) < FEWEST_RUNS:
            continue
        search.checked += 1
        figures = [seconds for seconds, _, _ in runs]
        usual = median(figures)
        for (seconds, start, end), z in zip(runs, robust_z(figures), strict=True):
            if abs(z) > THRESHOLD and abs(seconds - usual) >= max(LEAST_SECONDS, LEAST_SHARE * usual):
                text = f"Run {end.correlation} of {routine or 'a routine'} took {seconds:.0f} s, usually {usual:.0f} s"
                source = Source(path="journal", first_line=start.seq, last_line=end.seq)
                search.found.append(_Anomaly(text, z, (source,)))


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number or 'no'} lines"


def _remarks(ranked: list[_Anomaly], errors: dict[str, list[LogLine]]) -> Iterator[Remark]:
    for number, anomaly in enumerate(ranked, start=1):
        if anomaly.grave:
            yield Remark(text=f"{anomaly.what}.", severity=Severity.HIGH, facts=(f"anomaly.{number}",))
    if ordinary := [number for number, anomaly in enumerate(ranked, start=1) if not anomaly.grave]:
        lead = "1 figure is" if len(ordinary) == 1 else f"{len(ordinary)} figures are"
        shown = tuple(f"anomaly.{number}" for number in ordinary[:3])
        yield Remark(text=f"{lead} far from the usual.", severity=Severity.WARNING, facts=shown)
    if errors:
        total = sum(map(len, errors.values()))
        kinds = "1 kind" if len(errors) == 1 else f"{len(errors)} kinds"
        yield Remark(
            text=f"The logs hold {_lines(total)} of error, of {kinds}.", severity=Severity.WARNING, facts=("error.1",)
        )
