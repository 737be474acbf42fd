"""What an entry of the journal means for an agent's memory: what it did, and what a person taught it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from orin_agents.domain.actors import Actor, ActorKind
from orin_agents.domain.facts import Finding, Severity
from orin_agents.domain.journal import Entry, Event
from orin_agents.domain.memory import key_of, removed_sections
from orin_agents.domain.runs import RunStep, StepState
from orin_agents.services.ask_runs import is_ask
from orin_agents.services.store import Store

MOST_REMOVED = 3
"""Sections taken out in one edit; more than these is another page, not a habit."""
SEVERITIES = list(Severity)
_CHANGING = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-W\d{2}|(?<!\d)\d{4}(?!\d)")
"""The parts of an output's path that change from day to day."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A lesson seen once. It `holds` at once where a person said so; then it also undoes that it was forgotten."""

    text: str
    evidence: str
    holds: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A lesson that a person took back."""

    key: str


@dataclass(frozen=True, slots=True)
class Done:
    """A step of a run that is done."""

    text: str
    of: str


Change = Observed | Forgotten | Done


@dataclass(frozen=True, slots=True)
class Learning:
    """Reads the journal's entries with what they are about."""

    store: Store
    zone: ZoneInfo

    def changes(self, entry: Entry) -> Iterator[tuple[str, Change]]:
        """What the entry changes, by agent."""
        actor = Actor.parse(entry.actor)
        if entry.event is Event.RUN_FINISHED:
            if not is_ask(self.store, entry.correlation, entry.subject):  # a conversation remembers that
                yield from self._done(entry)
        elif actor.kind is not ActorKind.PERSON:
            return
        elif entry.event is Event.APPROVAL_REFUSED:
            yield from self._refused(entry)
        elif entry.event is Event.ARTIFACT_SAVED:
            yield from self._edited(entry, actor.name)
        elif entry.event is Event.MEMORY_REMEMBERED:
            day = entry.at.astimezone(self.zone).date()
            lesson = str(entry.data.get("lesson", ""))
            yield entry.subject, Observed(lesson, f"{actor.name}, {day}", holds=True, again=True)
        elif entry.event is Event.MEMORY_FORGOTTEN:
            yield entry.subject, Forgotten(key_of(str(entry.data.get("lesson", ""))))

    def _done(self, entry: Entry) -> Iterator[tuple[str, Change]]:
        for step in self.store.runs.steps(entry.correlation):
            found = self.store.runs.findings(entry.correlation, step.id)
            if step.finished and (found or step.filed or step.state is StepState.FAILED):  # not where no words came
                said = said_of(step, found)
                at = f"{step.finished.astimezone(self.zone):%Y-%m-%d %H:%M}"
                yield step.agent, Done(f"{at} {entry.project}: {said}", f"{entry.correlation} {step.id}")

    def _refused(self, entry: Entry) -> Iterator[tuple[str, Change]]:
        found = self.store.approvals.get(int(entry.data.get("approval") or 0))
        reason = str(entry.data.get("reason", "")).strip()
        if found and reason:
            evidence = f"approval {found[0].id}"
            yield found[0].agent, Observed(f"{_steady(found[0].path)}: “{reason}”", evidence, holds=True)

    def _edited(self, entry: Entry, person: str) -> Iterator[tuple[str, Change]]:
        """A person's edit of an agent's draft: which sections they took out."""
        artifact = self.store.artifacts.find(entry.project, entry.subject)
        if artifact is None or artifact.locked or not entry.subject.endswith(".md"):
            return
        versions = {version.number: version for version in self.store.artifacts.versions(artifact.id)}
        number = int(entry.data.get("version") or 0)
        old, new = versions.get(number - 1), versions.get(number)
        author = Actor.parse(old.author) if old and not old.tombstone else None
        if not (old and new and author and author.kind is ActorKind.AGENT):
            return
        before, after = (self.store.artifacts.content(version.sha256) or b"" for version in (old, new))
        removed = removed_sections(before.decode(errors="replace"), after.decode(errors="replace"))
        if len(removed) <= MOST_REMOVED:
            for heading in removed:
                said = f"{person} removes the section “{heading}” from {_steady(entry.subject)}"
                yield author.name, Observed(said, f"{entry.subject}@{number}")


def said_of(step: RunStep, findings: Iterable[Finding]) -> str:
    """A step in a line, put together by code: its gravest remark, and what became of its outputs."""
    remarks = sorted((r for f in findings for r in f.remarks), key=lambda remark: -SEVERITIES.index(remark.severity))
    filed = [item.path for item in step.filed if not item.approval]
    proposed = [item.path for item in step.filed if item.approval]
    parts = [
        f"Failed: {step.error.rstrip('.')}." if step.state is StepState.FAILED else "",
        f"Filed {', '.join(filed)}." if filed else "",
        f"Proposed {', '.join(proposed)}." if proposed else "",
        *(remark.text for remark in remarks[:1]),
    ]
    return " ".join(part for part in parts if part) or f"{step.does or step.id}: nothing to report."


def _steady(path: str) -> str:
    """The path with a star for what changes from day to day, so that two days' drafts are of one kind."""
    return _CHANGING.sub("*", path)
