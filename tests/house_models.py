"""The room of the tests' house that answers for deployments."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from orin_agents.domain.deployments import DeploymentView, FoundModel, FoundServer, Server, Trial
from orin_agents.domain.operations import models
from orin_agents.host.lifecycle import Start

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class ModelRoom:
    """Deployments in memory. A file `broken` or `bare` in the workspace stands for such a models.yaml."""

    begin: Start

    def deployments_list(self, request: Any) -> models.Deployments:
        if (self.begin.workspace / "broken").exists():
            return models.Deployments(exists=True, problem="models.yaml:3: unknown key 'modle'. Did you mean 'model'?")
        if (self.begin.workspace / "bare").exists():
            return models.Deployments(exists=False)
        trials = (_trial(), None, Trial(deployment="gone", at=NOON, problem="nothing answers at http://127.0.0.1:8080"))
        return models.Deployments(
            exists=True,
            deployments=(
                *(_deployment(name, trial=trial) for name, trial in zip(("qwen", "new", "gone"), trials, strict=True)),
                _deployment("gpt", skipped="not on this machine, and cloud is false"),
            ),
        )

    def deployments_test(self, request: models.TryDeployments) -> tuple[Trial, ...]:
        if request.name == "gone":
            return (Trial(deployment="gone", at=NOON, problem="nothing answers at http://127.0.0.1:8080"),)
        return (_trial(), Trial(deployment="nomic", at=NOON, vector=768))

    def deployments_add(self, request: models.AddDeployment) -> DeploymentView:
        return replace(_deployment(request.name or "qwen"), serves=request.serves)

    def deployments_setup(self, request: models.SetUp) -> models.SetUpReport:
        found = () if (self.begin.workspace / "bare").exists() else (_found(),)
        return models.SetUpReport(
            path=str(self.begin.workspace / "models.yaml"),
            found=found,
            proposed=(_deployment("qwen"),) if found else (),
            written=request.add or not found,
        )


def _found() -> FoundServer:
    models = (FoundModel(name="qwen3:4b", size=4.0),)
    return FoundServer(server=Server.OLLAMA, url="http://127.0.0.1:11434", models=models)


def _deployment(name: str, trial: Trial | None = None, skipped: str = "") -> DeploymentView:
    return DeploymentView(
        name=name,
        server="ollama",
        model="qwen3:4b",
        url="http://127.0.0.1:11434",
        serves=("small",),
        trial=trial,
        skipped=skipped,
    )


def _trial() -> Trial:
    return Trial(
        deployment="qwen",
        at=NOON,
        streams=True,
        schema=True,
        window=8192,
        first_token_s=0.21,
        load_s=4.2,
        tokens_per_s=21.5,
        note="thinks long before it answers; it is asked not to",
    )
