"""Operations on the deployments of models.yaml. (`/v1/models` is the list that OpenAI's clients ask for.)"""

from dataclasses import dataclass

from orin_agents.domain.deployments import DeploymentView, FoundServer, Server, Trial
from orin_agents.domain.operations.operation import Nothing, Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployments:
    """What models.yaml says. `problem` is why it cannot be read; `exists` whether there is such a file at all."""

    exists: bool
    deployments: tuple[DeploymentView, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryDeployments:
    """Try one deployment out, or all."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDeployment:
    """A deployment to write into models.yaml, and the logical models it answers for, last in line.

    `key` is env:NAME or file:PATH. Without a `name` it is called after its model; `window` 0 is what the server says.
    """

    server: Server
    model: str
    name: str = ""
    url: str = ""
    key: str = ""
    window: int = 0
    parallel: int = 1
    serves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """Look for servers. A models.yaml is written where there is none; one that exists is added to with `add` alone."""

    add: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpReport:
    """What was found, the deployments proposed, and whether models.yaml was `written` with them."""

    path: str
    found: tuple[FoundServer, ...]
    proposed: tuple[DeploymentView, ...]
    written: bool


LIST: Operation[Nothing, Deployments] = Operation(
    "deployments.list", "GET", "/v1/deployments", Nothing, Deployments, "The deployments of models.yaml."
)
TEST: Operation[TryDeployments, tuple[Trial, ...]] = Operation(
    "deployments.test",
    "POST",
    "/v1/deployments/test",
    TryDeployments,
    tuple[Trial, ...],
    "Try deployments out.",
    Who.PERSON,
)
ADD: Operation[AddDeployment, DeploymentView] = Operation(
    "deployments.add", "POST", "/v1/deployments", AddDeployment, DeploymentView, "Add one to models.yaml.", Who.PERSON
)
SETUP: Operation[SetUp, SetUpReport] = Operation(
    "deployments.setup", "POST", "/v1/setup", SetUp, SetUpReport, "Find servers on this machine.", Who.PERSON
)
