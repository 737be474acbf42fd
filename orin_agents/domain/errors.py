"""The one error tree. Every failure a person can meet says what happened, what was kept, and what to do.

Adapters translate their library's exceptions into these; services let them pass; the edges (HTTP, shell,
screen) render them. `status` is the HTTP status of RFC 9457 problem details, `exit_code` the shell's.
"""


class OrinError(Exception):
    """Something a person should know about: `what` happened, what was `kept`, and the `remedy`."""

    code = "internal"
    status = 500
    exit_code = 1

    def __init__(self, what: str, *, kept: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.kept = kept
        self.remedy = remedy


class NotFound(OrinError):
    """The thing named does not exist here."""

    code = "not-found"
    status = 404
    exit_code = 3


class Invalid(OrinError):
    """The input breaks a rule; nothing was changed."""

    code = "invalid"
    status = 422
    exit_code = 2


class BrokenFile(Invalid):
    """A file a person wrote cannot be read: `path`, `line` (from 1; 0 when unknown) and the remedy.

    It is left untouched.
    """

    code = "broken-file"

    def __init__(self, path: str, line: int, what: str, *, remedy: str) -> None:
        place = f"{path}:{line}" if line else path
        super().__init__(f"{place}: {what}", kept="The file was left as it is.", remedy=remedy)
        self.path = path
        self.line = line
        self.reason = what


class Conflict(OrinError):
    """Two changes met; both are kept, and a person decides."""

    code = "conflict"
    status = 409
    exit_code = 4


class Forbidden(OrinError):
    """The actor may not do this."""

    code = "forbidden"
    status = 403
    exit_code = 5


class Unauthorized(OrinError):
    """Whoever asks has not shown that they may."""

    code = "unauthorized"
    status = 401
    exit_code = 5


class HostUnavailable(OrinError):
    """No host answers for the workspace, and none could be started."""

    code = "host-unavailable"
    status = 503
    exit_code = 6


class VersionMismatch(OrinError):
    """Host and client are of two versions."""

    code = "version-mismatch"
    status = 426
    exit_code = 7


class ModelUnavailable(OrinError):
    """No model answers; the artifact is complete without words."""

    code = "model-unavailable"
    status = 503
    exit_code = 9


class ModelFailed(OrinError):
    """A model was reached and its answer is of no use: it broke off, stalled, repeated itself, or was not as asked."""

    code = "model-failed"
    status = 502
    exit_code = 9


class PromptTooLong(OrinError):
    """The prompt does not fit the deployment's window of so many `tokens` (0: it did not say how many)."""

    code = "prompt-too-long"
    status = 413
    exit_code = 9

    def __init__(self, what: str, *, tokens: int = 0, kept: str = "", remedy: str = "") -> None:
        super().__init__(what, kept=kept, remedy=remedy)
        self.tokens = tokens


class StorageFailure(OrinError):
    """The disk or the database refused: full, read-only, or damaged."""

    code = "storage"
    status = 507
    exit_code = 8
