"""A whole host at work, as it is composed: only the models are ours."""

from pathlib import Path

from orin_agents.domain.operations.artifacts import SAVE, SaveArtifact
from orin_agents.domain.operations.projects import NEW, NewProject
from orin_agents.host.composition import compose
from orin_agents.host.lifecycle import Start
from orin_agents.host.orin_host import OrinHost
from orin_agents.services.ports import Models
from tests.running import Running

HALL = "# Hall\n\nThe rope hall is 80 metres long.\n\nThe contract for the hall costs 450 euros a day.\n"


class Served(Running):
    """A host with a note about a hall in home and another in the project garden, listening on a port of its own."""

    def __init__(self, workspace: Path, models: Models) -> None:
        self.models = models
        workspace.mkdir(parents=True)
        (workspace / "workspace.yaml").write_text("listen: 127.0.0.1:0\n")
        super().__init__(workspace)
        self.client.call(SAVE, SaveArtifact(project="home", path="raw_notes/hall.md", text=HALL))
        self.client.call(NEW, NewProject(title="Garden"))
        self.client.call(SAVE, SaveArtifact(project="garden", path="raw_notes/shed.md", text="The shed hall is 3 m.\n"))

    def _compose(self, start: Start) -> OrinHost:  # type: ignore[override]
        self.host = compose(start, models=self.models)
        return self.host

    @property
    def address(self) -> str:
        return str(self.host.app.state.listening.address)

    @property
    def token(self) -> str:
        return str(self.host.app.state.listening.token)
