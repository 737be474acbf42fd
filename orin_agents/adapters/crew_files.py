"""The agents and routines as YAML files: the shipped ones, and the workspace's own, which replace them by id.

A file that cannot be read is left untouched and left out, with its line and what to do. A workspace file takes the
place of a shipped one even when it is broken: what a person has changed never runs in its old form behind their back.
"""

import re
from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from orin_agents.domain.crew import Agent
from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.globs import matches, problem_with
from orin_agents.domain.material import LeftOut
from orin_agents.domain.routines import WEEKDAYS, Output, Part, Routine, Step
from orin_agents.domain.syntax import Place, parse

ORDER = (
    "manager",
    "strategist",
    "code_builder",
    "planner",
    "critic",
    "synthesizer",
    "archivist",
    "execution_builder",
    "watcher",
    "advisor",
    "researcher",
    "scribe",
    "librarian",
    "guardian",
    "group",
)
CALENDAR = "blocks.ics"
"""The output template that is no page: the step service writes the plan's blocks as a calendar."""
SHIPPED = "shipped/"
"""What the source path of a shipped file begins with."""
MOST_BYTES = 1_000_000

Thing = TypeVar("Thing", Agent, Routine)
Location = tuple[str | int, ...]
Writes = dict[str, list[str]]
_ID = re.compile(r"^id:\s*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong, at which key of the file, and what to do."""

    at: Location
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class _File(Generic[Thing]):
    """A file that was read: what it holds, its name for a person, and the lines of its keys."""

    thing: Thing
    path: str
    place: Place

    def left_out(self, problem: _Problem) -> LeftOut:
        """The file as left out, with the line of the key the problem stands at."""
        place, line = self.place, self.place.first
        for key in problem.at:
            if key not in place.parts:
                break
            place = place.parts[key]
            line = place.line
        return LeftOut(path=self.path, line=line, reason=f"{problem.what}. {problem.remedy}")


@dataclass(slots=True)
class _Folder(Generic[Thing]):
    """What a folder holds, by id; `broken` are ids that a file claims which could not be read."""

    files: dict[str, _File[Thing]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewFolders:
    """The `CrewFiles` port on four folders, of which the workspace's two may be absent.

    `skills` and `templates` are the names that files may use.
    """

    shipped_crew: Path
    shipped_schedules: Path
    crew: Path
    schedules: Path
    skills: Collection[str]
    templates: Collection[str]

    def agents(self) -> tuple[tuple[Agent, ...], tuple[LeftOut, ...]]:
        """The agents in the order of the crew, the workspace's own behind them; and the files left out."""
        found = _both(Agent, "crew", self.shipped_crew, self.crew)
        known = found.files.keys() | found.broken
        agents = _passing(found, lambda agent: self._agent_problem(agent, known))
        place = {name: number for number, name in enumerate(ORDER)}
        agents.sort(key=lambda agent: (place.get(agent.id, len(place)), agent.id))
        return tuple(agents), tuple(found.left_out)

    def routines(self, agents: frozenset[str]) -> tuple[tuple[Routine, ...], tuple[LeftOut, ...]]:
        """The routines in the order of day and week; and the files left out, also for what they ask that is unknown."""
        found = _both(Routine, "schedules", self.shipped_schedules, self.schedules)
        writes = {agent.id: agent.writes for agent in self.agents()[0] if agent.id in agents}
        routines = _passing(found, lambda routine: self._routine_problem(routine, writes))
        parts = list(Part)
        routines.sort(key=lambda r: (parts.index(r.part), _weekday(r), r.every or 0, r.at, r.id))
        return tuple(routines), tuple(found.left_out)

    def _agent_problem(self, agent: Agent, known: Set[str]) -> _Problem | None:
        for number, skill in enumerate(agent.skills):
            if skill not in self.skills:
                return _Problem(("skills", number), f"unknown skill {skill!r}", _nearest(skill, self.skills))
        for number, name in enumerate(agent.hands_to):
            if name not in known:
                return _Problem(("hands_to", number), f"unknown agent {name!r}", _nearest(name, known))
        return None

    def _routine_problem(self, routine: Routine, writes: Writes) -> _Problem | None:
        for number, step in enumerate(routine.steps):
            if problem := self._step_problem(step, ("steps", number), writes):
                return problem
        return _loop_problem(routine)

    def _step_problem(self, step: Step, at: Location, writes: Writes) -> _Problem | None:
        if step.agent not in writes:
            return _Problem((*at, "agent"), f"unknown agent {step.agent!r}", _nearest(step.agent, writes.keys()))
        for number, skill in enumerate(step.skills):
            if skill not in self.skills:
                return _Problem((*at, "skills", number), f"unknown skill {skill!r}", _nearest(skill, self.skills))
        templates = {*self.templates, CALENDAR}
        for number, output in enumerate(step.outputs):
            place = (*at, "outputs", number)
            if output.template not in templates:
                what = f"unknown template {output.template!r}"
                return _Problem((*place, "template"), what, _nearest(output.template, templates))
            if problem := _path_problem(step, output, (*place, "path"), writes[step.agent]):
                return problem
        return None


def _path_problem(step: Step, output: Output, at: Location, writes: list[str]) -> _Problem | None:
    path = re.sub(r"\{\w+\}", "2026-11-21", output.path)
    if problem := problem_with(path):
        return _Problem(at, f"impossible path {output.path!r}: {problem}", "Mend the path.")
    if output.propose or matches(path, writes):
        return None
    what = f"{output.path!r} lies outside what {step.agent!r} may write ({', '.join(writes) or 'nothing'})"
    return _Problem(at, what, "Choose a path inside it, or add propose: true to ask a person.")


def _both(model: type[Thing], name: str, shipped: Path, own: Path) -> _Folder[Thing]:
    """The workspace's files over the shipped ones."""
    mine: _Folder[Thing] = _read_folder(model, own, name)
    theirs: _Folder[Thing] = _read_folder(model, shipped, SHIPPED + name)
    taken = mine.files.keys() | mine.broken
    return _Folder(
        files={**{name: file for name, file in theirs.files.items() if name not in taken}, **mine.files},
        broken=mine.broken | theirs.broken,
        left_out=[*mine.left_out, *theirs.left_out],
    )


def _read_folder(model: type[Thing], folder: Path, name: str) -> _Folder[Thing]:
    found: _Folder[Thing] = _Folder()
    paths = sorted(p for p in folder.glob("*") if p.suffix in (".yaml", ".yml") and not p.name.startswith("."))
    for path in paths:
        shown, text = f"{name}/{path.name}", ""
        try:
            text = _text(path, shown)
            thing = read_document(model, text, shown)
            place = parse(text, shown)[1]
        except BrokenFile as error:
            claimed = _ID.search(text)
            found.broken.add(claimed[1] if claimed else path.stem)
            found.left_out.append(LeftOut(path=shown, line=error.line, reason=f"{error.reason}. {error.remedy}"))
            continue
        file = _File(thing, shown, place)
        if (first := found.files.get(thing.id)) is not None:
            twice = _Problem(("id",), f"the id {thing.id!r} is already taken by {first.path}", "Give one another id.")
            found.left_out.append(file.left_out(twice))
        else:
            found.files[thing.id] = file
    return found


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BrokenFile(shown, 0, "the file is larger than a megabyte", remedy="Keep one agent or routine in it.")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenFile(shown, 0, "not UTF-8 text", remedy="Save the file as UTF-8.") from error
    except OSError as error:
        raise BrokenFile(shown, 0, f"cannot be opened: {error.strerror}", remedy="Check the file's rights.") from error


def _passing(found: _Folder[Thing], problem_with_thing: Callable[[Thing], _Problem | None]) -> list[Thing]:
    """The things without a problem; the others join what was left out."""
    passing = []
    for file in found.files.values():
        problem = problem_with_thing(file.thing)
        if problem is None:
            passing.append(file.thing)
        else:
            found.left_out.append(file.left_out(problem))
    return passing


def _loop_problem(routine: Routine) -> _Problem | None:
    """A loop none of whose edges says how often it may be taken."""
    unbounded = [(n, edge) for n, edge in enumerate(routine.edges) if "at_most" not in edge.model_fields_set]
    following: dict[str, list[str]] = {}
    for _, edge in unbounded:
        following.setdefault(edge.from_, []).append(edge.to)
    for number, edge in reversed(unbounded):
        if edge.from_ in _reached(edge.to, following):
            what = f"the edge from {edge.from_!r} to {edge.to!r} closes a loop that nothing bounds"
            return _Problem(("edges", number), what, "Add at_most, the most times a run may take it.")
    return None


def _reached(start: str, following: dict[str, list[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for name in following.get(waiting.pop(), []):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def _weekday(routine: Routine) -> int:
    """For weekly routines the place of their first day, so that they stand in the order of the week."""
    return min(WEEKDAYS.index(day) for day in routine.days) if routine.part is Part.WEEKLY else 0


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(sorted(known)) or 'none'}."
