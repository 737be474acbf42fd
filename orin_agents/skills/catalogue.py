"""What the case file holds."""

from collections import Counter
from datetime import datetime

from orin_agents.domain.artifacts import Artifact
from orin_agents.domain.facts import Fact, Finding, Source
from orin_agents.domain.snapshot import Document


def catalogue(artifacts: tuple[Artifact, ...], documents: tuple[Document, ...], now: datetime) -> Finding:
    """`artifact.N` by path with its kind, version, state, and the title of its text; `kind.N`, the most frequent first.

    Removed artifacts do not count; changed today are those changed on the day of `now`, in its zone.
    """
    live = sorted((a for a in artifacts if a.removed is None), key=lambda artifact: artifact.path)
    titles = {document.path: document.title for document in documents}
    facts: list[Fact] = []
    for number, artifact in enumerate(live, start=1):
        name, source = f"artifact.{number}", (_source(artifact),)
        facts.append(Fact(id=name, label=artifact.path, value=artifact.kind.value, sources=source))
        facts.append(Fact(id=f"{name}.version", label=artifact.path, value=artifact.version, sources=source))
        facts.append(Fact(id=f"{name}.state", label=artifact.path, value=artifact.state.value, sources=source))
        if title := titles.get(artifact.path):
            facts.append(Fact(id=f"{name}.title", label=artifact.path, value=title, sources=source))
    kinds = Counter(artifact.kind for artifact in live)
    ranked = sorted(kinds, key=lambda kind: (-kinds[kind], kind.value))
    facts += [
        Fact(id=f"kind.{number}", label=kind.value, value=kinds[kind], unit="artifacts")
        for number, kind in enumerate(ranked, start=1)
    ]
    today = [artifact for artifact in live if artifact.changed.astimezone(now.tzinfo).date() == now.date()]
    facts.append(Fact(id="catalogue.total", label="Artifacts", value=len(live), unit="artifacts"))
    facts.append(
        Fact(
            id="catalogue.changed_today",
            label="Changed today",
            value=len(today),
            unit="artifacts",
            sources=tuple(_source(artifact) for artifact in today),
        )
    )
    return Finding(skill="catalogue", facts=tuple(facts))


def _source(artifact: Artifact) -> Source:
    return Source(path=artifact.path, version=artifact.version)
