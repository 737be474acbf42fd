"""A whole host at work on the sample project, with the models of its own models.yaml: nothing stands in for LiteLLM."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from orin_agents.domain.asking import Told
from orin_agents.domain.operations import artifacts, asking, runs
from orin_agents.domain.runs import RunDetail
from orin_agents.host.composition import compose
from orin_agents.host.lifecycle import Start
from orin_agents.host.orin_host import OrinHost
from tests.running import Running

PROJECT = "repair-day"
MEMO = "drafts/strategic_memos/2026-11-20.md"
PLAN = "schedule/daily_plan.md"
MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
LOGICAL = ("planning", "small")
"""The logical models of the agents that speak in the alignment review."""

_NARRATIVE = re.compile(r"<!-- narrative -->\n(.*?)\n<!-- /narrative -->\n", re.DOTALL)
_MARK = re.compile(r" ?\[[fp]\d+\]")


class Morning:
    def now(self) -> datetime:
        return MORNING


class Spoken(Running):
    """The host; in its world it is always half past seven."""

    def __init__(self, workspace: Path, idle_s: float = 60.0) -> None:
        self._idle_s = idle_s
        super().__init__(workspace)

    def _compose(self, start: Start) -> OrinHost:  # type: ignore[override]
        self.host = compose(replace(start, sample=True), clock=Morning(), idle_s=self._idle_s)
        return self.host

    def write(
        self, deployments: Mapping[str, Mapping[str, Any]], embedding: Sequence[str] = (), **more: object
    ) -> None:
        """A models.yaml in which these answer, in this order; those named embed instead."""
        speaking = [name for name in deployments if name not in embedding]
        models = {logical: list(speaking) for logical in LOGICAL} | (
            {"embedding": list(embedding)} if embedding else {}
        )
        self.write_text(yaml.safe_dump({"models": models, "deployments": dict(deployments), **more}, sort_keys=False))

    def write_text(self, text: str) -> None:
        """models.yaml, in one step."""
        part = self.workspace / "models.part"
        part.write_text(text)
        part.rename(self.workspace / "models.yaml")

    def run(self, what: str = "alignment") -> RunDetail:
        """A run to its end, with its prompts."""
        return self.finished(self.client.call(runs.START, runs.StartRun(what=what, project=PROJECT)).id)

    def finished(self, run: str) -> RunDetail:
        for entry in self.client.events(0, run):
            if entry.event == "run.finished":
                break
        return self.client.call(runs.SHOW, runs.ShowRun(run=run, prompts=True))

    def page(self, path: str = MEMO) -> str:
        """The newest text of an artifact."""
        return self.client.call(artifacts.SHOW, artifacts.ShowArtifact(project=PROJECT, path=path)).text

    def save(self, path: str, text: str) -> None:
        self.client.call(artifacts.SAVE, artifacts.SaveArtifact(project=PROJECT, path=path, text=text))

    def ask(self, question: str, **more: Any) -> list[Told]:
        """Everything told in answer."""
        asked = asking.Ask(question=question, project=PROJECT, **more)
        return list(self.client.stream(asking.ASK, asked))


def words(page: str) -> str:
    """What stands in the place for a model's words."""
    found = _NARRATIVE.search(page)
    assert found, "the page has no place for words"
    return found[1]


def figures(page: str) -> str:
    """All else of the page but the list of sources; marks, which are counted from the words on, aside."""
    return _MARK.sub("", _NARRATIVE.sub("", page).partition("## Sources")[0])
