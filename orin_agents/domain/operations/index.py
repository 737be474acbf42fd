"""Operations on the index: searching it, and how it stands."""

from dataclasses import dataclass

from orin_agents.domain.operations.operation import Nothing, Operation, Who
from orin_agents.domain.passages import IndexState, Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPassages:
    """Words or a question; of every project when none is named. In quotes stands what must follow each other."""

    query: str
    project: str = ""
    most: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Passages, the best first; `notes` says what the search could not look at, a sentence each."""

    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()


SEARCH: Operation[SearchPassages, Found] = Operation(
    "index.search",
    "GET",
    "/v1/passages",
    SearchPassages,
    Found,
    "Find passages of artifacts by words and by meaning, wherever they stand.",
    Who.PERSON,
)
STATE: Operation[Nothing, IndexState] = Operation(
    "index.state", "GET", "/v1/index", Nothing, IndexState, "How the index stands."
)
REBUILD: Operation[Nothing, IndexState] = Operation(
    "index.rebuild", "POST", "/v1/index/rebuild", Nothing, IndexState, "Throw it away and make it anew.", Who.PERSON
)
