"""Where things lie in a workspace, and where its host listens. Paths only; nothing here touches the disk."""

from dataclasses import dataclass
from pathlib import Path

SOCKET_BYTES = 107
"""The longest path a Unix socket can have on Linux (sun_path, unix(7)), without the closing zero."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the workspace `root`."""

    root: Path

    @property
    def control(self) -> Path:
        """The folder that makes a folder a workspace; the host's own."""
        return self.root / ".orin"

    @property
    def database(self) -> Path:
        """State, journal, versions and the search index."""
        return self.control / "workspace.db"

    @property
    def runs(self) -> Path:
        """What durable runs keep of their steps."""
        return self.control / "runs.db"

    @property
    def vectors(self) -> Path:
        """What finds passages by meaning: a cache beside the database, which may be thrown away at any time."""
        return self.control / "vectors"

    @property
    def lock(self) -> Path:
        """The file the host holds locked; it names the host's process and socket, a line each."""
        return self.control / "host.lock"

    @property
    def token(self) -> Path:
        """What programs show that come in over TCP."""
        return self.control / "token"

    @property
    def log(self) -> Path:
        """The host's log."""
        return self.control / "logs" / "host.log"

    @property
    def projects(self) -> Path:
        """One folder a project: the case files."""
        return self.root / "projects"

    @property
    def crew(self) -> Path:
        """The person's own agents, one YAML file each."""
        return self.root / "crew"

    @property
    def schedules(self) -> Path:
        """The routines, one YAML file each."""
        return self.root / "schedules"

    @property
    def memory(self) -> Path:
        """What each agent keeps in mind, one Markdown file each."""
        return self.root / "memory"

    @property
    def settings(self) -> Path:
        """The person's settings."""
        return self.root / "workspace.yaml"

    @property
    def models(self) -> Path:
        """The models and the servers they run on."""
        return self.root / "models.yaml"

    @property
    def trials(self) -> Path:
        """How each deployment did when it was last tried out."""
        return self.control / "trials.json"


def socket_folders(runtime: str, uid: int) -> tuple[Path, ...]:
    """The folders a socket may lie in, best first. `runtime` is XDG_RUNTIME_DIR, or empty."""
    fallback = Path(f"/tmp/orin-{uid}")
    return (Path(runtime) / "orin", fallback) if runtime.startswith("/") else (fallback,)


def socket_path(workspace: Path, folder: Path) -> Path:
    """The socket of the workspace (its real path) in the folder: a short name that is the workspace's alone."""
    from hashlib import sha256  # a command on a warm host reads the socket's place from the lock and needs no hash

    return folder / f"{sha256(str(workspace).encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.sock"


def fits(path: Path) -> bool:
    """Whether a Unix socket may have that path."""
    return len(str(path).encode("utf-8", "surrogateescape")) <= SOCKET_BYTES
