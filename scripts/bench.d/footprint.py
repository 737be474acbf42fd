"""What a host takes of the machine, and what it sends beyond it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import ROOT, NotMeasured, Place, Row, gist

INSIDE = """
set -e
ip link set lo up
ip link add out type dummy 2>/dev/null || ip link add out type veth peer name far
for link in out far; do
    [ -e /proc/sys/net/ipv6/conf/$link ] && echo 1 >/proc/sys/net/ipv6/conf/$link/disable_ipv6
    ip link set $link up 2>/dev/null || true
done
ip addr add 192.0.2.2/24 dev out
ip route add default via 192.0.2.1 dev out
sent() { awk '$1 == "out:" { print $11 }' /proc/net/dev; }
before=$(sent)
set +e
"$@" >&2
code=$?
echo $(($(sent) - before))
exit $code
"""
"""Runs a command in a network of its own, whose one way out swallows and counts every packet."""


def memory(place: Place) -> Iterator[Row]:
    """The host at rest, resident, against a bare interpreter: as it started, and after a morning's work."""
    bare = subprocess.run(
        [sys.executable, "-c", "print(open('/proc/self/status').read())"], capture_output=True, text=True, check=True
    )
    reference = _megabytes(bare.stdout)
    with place.workspace() as there:
        status = json.loads(there.orin("host", "status", "--json"))
        process = Path(f"/proc/{status['pid']}/status")
        there.orin("project", "list")
        yield _resident("memory: host at rest", process, reference)
        there.orin("run", "morning")
        yield _resident("memory: after a morning", process, reference)


def _resident(name: str, process: Path, reference: float) -> Row:
    resident = _megabytes(process.read_text(encoding="utf-8"))
    return Row(
        name=name,
        value=resident,
        unit="MB",
        ratio=resident / reference,
        reference=f"a bare Python, {reference:.0f} MB",
        target="≤ 120 MB",
        ok=resident <= 120,
    )


def _megabytes(status: str) -> float:
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def network(place: Place) -> Iterator[Row]:
    """The packets that the whole demo, its host included, sends towards anything but this machine."""
    for tool in ("unshare", "ip"):
        if shutil.which(tool) is None:
            raise NotMeasured(f"{tool} is not installed")
    if _counted(place, [sys.executable, "-c", SEND]) < 1:
        raise NotMeasured("the counter does not count here")
    sent = _counted(place, place.command("demo"))
    yield Row(name="network: orin demo", value=sent, unit="packets", target="0", ok=sent == 0)


SEND = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))"


def _counted(place: Place, command: list[str]) -> int:
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    outer = ["unshare", *user, "--net", "--mount", "--kill-child", "--pid", "--fork", "--mount-proc"]
    done = subprocess.run(
        [*outer, "bash", "-c", INSIDE, "inside", *command],
        env=place.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotMeasured(f"no network of its own here, or the command failed: {gist(done.stderr)}")
    return int(done.stdout.split()[-1])
