"""Operations on a person's own material."""

from dataclasses import dataclass

from orin_agents.domain.material import ImportReport
from orin_agents.domain.operations.operation import Nothing, Operation, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMaterial:
    """Read the file or folder `path` (absolute, on the host's box) into the project, or only report with `dry_run`."""

    project: str
    path: str
    into: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OneImport:
    batch: int


IMPORT: Operation[ImportMaterial, ImportReport] = Operation(
    "imports.run", "POST", "/v1/imports", ImportMaterial, ImportReport, "Read, prove, then commit.", Who.PERSON
)
LIST: Operation[Nothing, tuple[ImportReport, ...]] = Operation(
    "imports.list", "GET", "/v1/imports", Nothing, tuple[ImportReport, ...], "Past imports, newest first."
)
UNDO: Operation[OneImport, ImportReport] = Operation(
    "imports.undo",
    "POST",
    "/v1/imports/{batch}/undo",
    OneImport,
    ImportReport,
    "Take an import back; what you changed since stays.",
    Who.PERSON,
)
