"""The machine Orin stands on, looked at from all sides at once."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from orin_agents.adapters.box.board import check_board, check_gpu
from orin_agents.adapters.box.clock import check_clock
from orin_agents.adapters.box.disk import check_disk
from orin_agents.adapters.box.interpreter import check_locale, check_python, check_sqlite
from orin_agents.adapters.box.memory import check_memory
from orin_agents.adapters.box.servers import check_models
from orin_agents.adapters.box.sockets import check_sockets
from orin_agents.adapters.box.surroundings import Probe, Surroundings
from orin_agents.domain.checks import CheckLine, Verdict

log = logging.getLogger(__name__)

PROBES: tuple[Probe, ...] = (
    check_board,
    check_gpu,
    check_memory,
    check_disk,
    check_clock,
    check_python,
    check_sqlite,
    check_locale,
    check_sockets,
    check_models,
)
AT_ONCE = 3
"""Most probes take no time; the model servers, a disk and NVML may keep one waiting."""


class LinuxBox:
    """Implements ports.Box."""

    def __init__(self, at: Surroundings | None = None, probes: tuple[Probe, ...] = PROBES) -> None:
        self._at = at
        self._probes = probes

    def checks(self, workspace: Path) -> tuple[CheckLine, ...]:
        """What every probe saw, in the order of the probes; one that fails is a warning line."""
        at = self._at or Surroundings()

        def look(probe: Probe) -> list[CheckLine]:
            name = probe.__name__.removeprefix("check_")
            try:
                return list(probe(at, workspace))
            except Exception as error:  # whatever a strange machine shows, the other probes go on; the log has it
                log.exception("the probe of %s failed", name)
                seen = f"could not be looked at: {type(error).__name__}: {error}"
                remedy = "Please report this with the host's log (orin host logs)."
                return [CheckLine(area=name, name=name, verdict=Verdict.WARNING, seen=seen, remedy=remedy)]

        with ThreadPoolExecutor(AT_ONCE) as lookers:
            # the slow ones first, so that nothing waits behind them
            found = dict(zip(reversed(self._probes), lookers.map(look, reversed(self._probes)), strict=True))
        return tuple(line for probe in self._probes for line in found[probe])
