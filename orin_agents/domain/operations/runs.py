"""Operations on runs."""

from dataclasses import dataclass

from orin_agents.domain.operations.operation import Operation, Who
from orin_agents.domain.runs import Run, RunDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRun:
    """What to run now: a part of the day, a routine's id, or an agent's id.

    `key` makes a repeated call start it once.
    """

    what: str
    project: str = "home"
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRuns:
    project: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRun:
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRun:
    run: str
    findings: bool = False
    prompts: bool = False


START: Operation[StartRun, Run] = Operation("runs.start", "POST", "/v1/runs", StartRun, Run, "Run it now.")
LIST: Operation[ListRuns, tuple[Run, ...]] = Operation(
    "runs.list", "GET", "/v1/runs", ListRuns, tuple[Run, ...], "Runs, newest first."
)
SHOW: Operation[ShowRun, RunDetail] = Operation(
    "runs.show", "GET", "/v1/runs/{run}", ShowRun, RunDetail, "One run with its steps and handoffs."
)
CANCEL: Operation[OneRun, Run] = Operation(
    "runs.cancel", "POST", "/v1/runs/{run}/cancel", OneRun, Run, "Stop after the step at work.", Who.PERSON
)
RESUME: Operation[OneRun, Run] = Operation(
    "runs.resume", "POST", "/v1/runs/{run}/resume", OneRun, Run, "Go on behind the last finished step.", Who.PERSON
)
RETRY: Operation[OneRun, Run] = Operation(
    "runs.retry", "POST", "/v1/runs/{run}/retry", OneRun, Run, "Run the same again as a new run.", Who.PERSON
)
FILL: Operation[OneRun, Run] = Operation(
    "runs.fill", "POST", "/v1/runs/{run}/fill", OneRun, Run, "Add the words a finished run went without.", Who.PERSON
)
