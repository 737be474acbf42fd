"""Operations on the host itself, and the checks of `orin doctor`."""

from orin_agents.domain.checks import CheckLine
from orin_agents.domain.hosts import HostStatus
from orin_agents.domain.operations.operation import Nothing, Operation, Who

STATUS: Operation[Nothing, HostStatus] = Operation(
    "host.status", "GET", "/v1/host", Nothing, HostStatus, "The handshake: version, process, memory."
)
STOP: Operation[Nothing, Nothing] = Operation(
    "host.stop", "POST", "/v1/host/stop", Nothing, Nothing, "Stop cleanly; runs go on at the next start.", Who.PERSON
)
DOCTOR: Operation[Nothing, tuple[CheckLine, ...]] = Operation(
    "doctor.check", "GET", "/v1/doctor", Nothing, tuple[CheckLine, ...], "Audit the box and the workspace."
)
