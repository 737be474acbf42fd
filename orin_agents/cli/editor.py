"""A person's editor, and what they wrote in it."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orin_agents.cli.paper import remark
from orin_agents.domain.errors import Invalid

USUAL = ("nano", "vim", "vi")


def editor() -> list[str]:
    """The editor's command line: VISUAL, EDITOR, else one that is there. Raises Invalid when there is none."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or next(filter(shutil.which, USUAL), "")
    if not chosen:
        raise Invalid("There is no editor.", kept="Nothing was changed.", remedy="Name one in EDITOR.")
    return shlex.split(chosen)


@contextmanager
def edited(text: str, name: str) -> Iterator[str]:
    """The text as the person left it. Their file is removed when the block ends well; otherwise it stays, and they
    are told where: an error must not cost them what they wrote.
    """
    folder = Path(tempfile.mkdtemp(prefix="orin-edit-"))
    file = folder / name
    file.write_bytes(text.encode())
    try:
        _open(file)
        yield file.read_bytes().decode("utf-8", "replace")
    except BaseException:
        if file.exists() and file.read_bytes() != text.encode():
            remark(f"What you wrote is in {file}")
        else:
            shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)


def _open(file: Path) -> None:
    command = [*editor(), str(file)]
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise Invalid(f"The editor {command[0]} cannot be run: {error}", remedy="Mend EDITOR or VISUAL.") from error
    if code:
        raise Invalid(f"The editor {command[0]} ended with an error ({code}); nothing was saved.")
