"""models.yaml on disk: read anew whenever it has changed, written in one step."""

import os
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from orin_agents.domain.deployments import PATH
from orin_agents.domain.errors import BrokenFile, Conflict, OrinError, StorageFailure
from orin_agents.domain.models import ModelsFile, read_models

LARGEST = 1_000_000
ANNOTATED = Path(__file__).with_name("annotated.yaml")
"""The file as a new workspace gets it: every key and every server, commented."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the file. `problem` is what is wrong with it; then, and without a file, there are no models.

    `version` is another for every other state of the file.
    """

    file: ModelsFile
    version: tuple[int, ...] = ()
    problem: OrinError | None = None


@dataclass(slots=True)
class ModelsYaml:
    """The file at `path`. Any thread."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: Written | None = None

    def current(self) -> Written:
        """What stands there now. A file that did not change costs one look at its time."""
        with self._lock:
            version = self._version()
            if self._known is None or self._known.version != version:
                self._known = self._read(version)
            return self._known

    def text(self) -> str | None:
        """The file's text, None where there is none. Raises BrokenFile when it is no text."""
        try:
            if self.path.stat().st_size > LARGEST:
                raise BrokenFile(PATH, 0, "the file is larger than a megabyte", remedy="Keep only models in it.")
            return self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise BrokenFile(PATH, 0, "not UTF-8 text", remedy="Save the file as UTF-8.") from error
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
            raise BrokenFile(PATH, 0, what, remedy="Check the file and its rights.") from error

    def annotated(self) -> str:
        """The text of a new file, in which everything is a comment."""
        return ANNOTATED.read_text(encoding="utf-8")

    def write(self, text: str, before: str | None) -> None:
        """Replace `before` (None: no file) by the text, whole or not at all; the mode stays.

        Raises Conflict when something else stands there by now, StorageFailure.
        """
        if self.text() != before:
            raise Conflict(f"{PATH} changed meanwhile.", kept="Your change stands.", remedy="Ask again.")
        try:
            mode = self.path.stat().st_mode & 0o777 if before is not None else 0o644
            descriptor, name = tempfile.mkstemp(prefix=".models-", dir=self.path.parent)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
                    file.flush()
                    os.fchmod(file.fileno(), mode)
                    os.fsync(file.fileno())
                os.replace(name, self.path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageFailure(
                f"{PATH} could not be written: {error.strerror}", kept="The file is as it was."
            ) from error

    def _version(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def _read(self, version: tuple[int, ...]) -> Written:
        try:
            text = self.text()
            return Written(read_models(text or ""), version)
        except OrinError as error:
            return Written(ModelsFile(), version, error)
