"""models.yaml as a service: a real file in a real folder; only the trials and the servers found are ours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orin_agents.adapters.models.yaml_file import ModelsYaml
from orin_agents.domain.checks import Verdict
from orin_agents.domain.deployments import FoundModel, FoundServer, Server, Trial
from orin_agents.domain.errors import BrokenFile, Conflict, Invalid, NotFound
from orin_agents.domain.operations.models import AddDeployment, SetUp, TryDeployments
from orin_agents.domain.operations.operation import Nothing
from orin_agents.services.deployments import ModelDeployments
from tests.services.conftest import ADA

OLLAMA = FoundServer(
    server=Server.OLLAMA,
    url="http://127.0.0.1:11434",
    models=(FoundModel(name="qwen3:4b", size=4), FoundModel(name="nomic-embed-text:latest", size=0.1)),
)
LLAMA = FoundServer(server=Server.LLAMACPP, url="http://127.0.0.1:9999/v1", models=(FoundModel(name="big", size=30),))
MINE = "deployments:\n  a: {server: llamacpp, model: m}\n  away: {server: openai, model: gpt}\nmodels: {small: [a]}\n"


@dataclass
class Tried:
    """Trials that end as they are told to."""

    problems: dict[str, str] = field(default_factory=dict)
    known: dict[str, Trial] = field(default_factory=dict)

    async def try_out(self, name: str) -> Trial:
        return Trial(deployment=name, at=datetime(2026, 11, 21, tzinfo=UTC), problem=self.problems.get(name, ""))

    def kept(self) -> dict[str, Trial]:
        return self.known

    def keep(self, trials: tuple[Trial, ...]) -> None:
        self.known |= {trial.deployment: trial for trial in trials}


Make = Callable[..., ModelDeployments]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(text: str | None = None, *found: FoundServer) -> ModelDeployments:
        path = tmp_path / "models.yaml"
        if text is not None:
            path.write_text(text)
        return ModelDeployments(ModelsYaml(path), Tried(), lambda: found, str(path))

    return made


def test_setting_up_writes_a_new_file_with_what_was_found(make: Make) -> None:
    service = make(None, OLLAMA, LLAMA)
    report = service.set_up(ADA, SetUp())
    assert report.written and report.found == (OLLAMA, LLAMA)
    assert {view.name: set(view.serves) for view in report.proposed} == {
        "big": {"planning", "reasoning", "code"},
        "qwen3-4b": {"small", "planning", "reasoning", "code"},
        "nomic-embed-text": {"embedding"},
    }
    text = Path(report.path).read_text()
    assert "    url: http://127.0.0.1:9999/v1\n" in text and "# Triton with its OpenAI frontend" in text
    assert "  reasoning: [big, qwen3-4b]\n" in text and "url: http://127.0.0.1:11434\n" not in text


def test_a_file_that_is_there_is_added_to_when_asked_and_once(make: Make) -> None:
    service = make(MINE.replace("{small: [a]}", "\n  small: [a]").replace("a: {", "a: {"), OLLAMA)
    first = service.set_up(ADA, SetUp())
    assert not first.written and len(first.proposed) == 2 and "qwen3" not in Path(first.path).read_text()
    assert service.set_up(ADA, SetUp(add=True)).written
    assert "  small: [a, qwen3-4b]\n" in Path(first.path).read_text()
    again = service.set_up(ADA, SetUp(add=True))
    assert again.proposed == () and not again.written


def test_with_no_server_the_new_file_is_all_comments(make: Make) -> None:
    service = make()
    assert service.set_up(ADA, SetUp()).written
    listed = service.listed(ADA, Nothing())
    assert listed.exists and listed.deployments == () and not listed.problem


def test_adding_keeps_comments_and_refuses_a_secret(make: Make) -> None:
    service = make()
    added = service.add(ADA, AddDeployment(server=Server.OLLAMA, model="qwen3:4b", serves=("small",)))
    assert (added.name, added.serves, added.skipped) == ("qwen3-4b", ("small",), "")
    cloud = AddDeployment(server=Server.OPENAI, model="gpt-5-mini", key="env:OPENAI_API_KEY", serves=("small",))
    assert "cloud is false" in service.add(ADA, cloud).skipped
    before = Path(service.path).read_text()
    with pytest.raises(BrokenFile, match="a secret written in clear"):
        service.add(ADA, AddDeployment(server=Server.OPENAI, model="x", key="sk-abcdef123456"))
    with pytest.raises(Invalid, match="already"):
        service.add(ADA, AddDeployment(server=Server.OLLAMA, model="x", name="qwen3-4b"))
    assert Path(service.path).read_text() == before


async def test_trials_are_kept_and_shown(make: Make) -> None:
    service = make(MINE)
    (trial,) = await service.test(ADA, TryDeployments())  # the one in the cloud is not asked
    assert trial.deployment == "a"
    assert [view.trial for view in service.listed(ADA, Nothing()).deployments] == [trial, None]
    with pytest.raises(NotFound):
        await make("cloud: false\n").test(ADA, TryDeployments())


def test_the_doctor_says_how_it_stands(make: Make) -> None:
    def seen(service: ModelDeployments) -> list[tuple[Verdict, str]]:
        lines = service.check_models()
        assert all(line.remedy for line in lines if line.verdict is not Verdict.OK)
        return [(line.verdict, line.seen) for line in lines]

    ((verdict, text),) = seen(make())
    assert verdict is Verdict.OK and text.startswith("absent: every page is complete without words.")
    service = make(MINE)
    service.trials.keep([Trial(deployment="a", at=datetime(2026, 11, 21, tzinfo=UTC), problem="nothing answers")])
    assert seen(service) == [
        (Verdict.OK, "2 deployments"),
        (Verdict.WARNING, "away: not on this machine, and cloud is false"),
        (Verdict.WARNING, "a: nothing answers"),
    ]
    ((verdict, text),) = seen(make("modles: {}\n"))
    assert verdict is Verdict.PROBLEM and text.startswith("models.yaml:1: unknown key")


def test_a_broken_file_is_told_and_never_written_over(make: Make) -> None:
    service = make("models: [", OLLAMA)
    assert "models.yaml:1" in service.listed(ADA, Nothing()).problem
    for call in (lambda: service.set_up(ADA, SetUp(add=True)), lambda: service.add(ADA, _any())):
        with pytest.raises(BrokenFile):
            call()
    assert Path(service.path).read_text() == "models: ["


def test_a_file_that_changes_meanwhile_is_not_written_over(make: Make) -> None:
    service = make(MINE.replace("models: {small: [a]}", "models:\n  small: [a]"))

    def found() -> tuple[FoundServer, ...]:
        Path(service.path).write_text("cloud: false\n")
        return (OLLAMA,)

    with pytest.raises(Conflict):
        ModelDeployments(service.file, service.trials, found, service.path).set_up(ADA, SetUp(add=True))
    assert Path(service.path).read_text() == "cloud: false\n"


def _any() -> AddDeployment:
    return AddDeployment(server=Server.OLLAMA, model="m")
