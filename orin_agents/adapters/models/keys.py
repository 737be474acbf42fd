"""Keys of model servers: from where models.yaml points to, the environment or a file that its owner alone can read."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from orin_agents.domain.secrets import Secrets

LONGEST = 16_384


class KeyRefused(Exception):
    """The key cannot be had; the text says why, and what to do."""


def read_key(named: str, root: Path, environment: Mapping[str, str], secrets: Secrets) -> str:
    """The key that `named` (env:NAME or file:PATH, relative to `root`) stands for; it is known to `secrets` then.

    Empty when none is named. Raises KeyRefused.
    """
    if not named:
        return ""
    sort, _, name = named.partition(":")
    key = environment.get(name, "").strip() if sort == "env" else _in_file(root / Path(name.strip()).expanduser())
    if not key:
        raise KeyRefused(
            f"the environment variable {name} is not set where the host was started"
            if sort == "env"
            else f"{name} is empty"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise KeyRefused(f"{name} holds something that cannot be a key")
    secrets.add(Path(name).name if sort == "file" else name, key)
    return key


def _in_file(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise KeyRefused(f"{path.name} cannot be opened: {error.strerror}") from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise KeyRefused(f"{path.name} is no file")
    with os.fdopen(descriptor, "rb") as file:
        if state.st_uid not in (os.getuid(), 0) or stat.S_IMODE(state.st_mode) & 0o077:
            raise KeyRefused(f"{path.name} can be read by others; `chmod 600` it")
        return file.read(LONGEST).decode("utf-8", "replace").strip()
