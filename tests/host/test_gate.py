import os
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx  # noqa: TID253  (only this test loads it)
import pytest
from starlette.responses import PlainTextResponse

from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import BrokenFile, Forbidden
from orin_agents.domain.settings import PATH, Settings
from orin_agents.host.gate import Gate, Listening, token_of


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    opened = Listening("127.0.0.1:0", tmp_path / "token")
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
async def http(listening: Listening) -> AsyncIterator[httpx.AsyncClient]:
    """What comes over TCP, as the gate sees it."""
    async with caller(listening, listening.address) as client:
        yield client


def caller(listening: Listening, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Gate(PlainTextResponse("in"), listening))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{address}")


async def test_only_who_shows_the_token_comes_in(http: httpx.AsyncClient, listening: Listening) -> None:
    assert (await http.get("/v1/host", headers={"Authorization": f"Bearer {listening.token}"})).text == "in"
    for shown in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {listening.token}"}):
        refused = await http.get("/v1/host", headers=shown)
        assert refused.status_code == 401 and refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "unauthorized"
    openai = await http.get("/v1/models")
    assert openai.status_code == 401 and openai.json()["error"]["type"] == "authentication_error"


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost.evil.example", ""]
)
async def test_a_name_made_to_point_here_is_refused(http: httpx.AsyncClient, listening: Listening, name: str) -> None:
    refused = await http.get("/", headers={"Authorization": f"Bearer {listening.token}", "Host": name})
    assert refused.status_code == 403


@pytest.mark.parametrize("name", ["localhost", "localhost:99", "127.0.0.1:99", "[::1]", "[::1]:99"])
async def test_this_machine_by_any_of_its_names(http: httpx.AsyncClient, listening: Listening, name: str) -> None:
    assert (
        await http.get("/", headers={"Authorization": f"Bearer {listening.token}", "Host": name})
    ).status_code == 200


async def test_a_page_of_another_site_is_refused(http: httpx.AsyncClient, listening: Listening) -> None:
    shown = {"Authorization": f"Bearer {listening.token}"}
    assert (await http.get("/", headers=shown | {"Origin": "http://evil.example"})).status_code == 403
    assert (await http.get("/", headers=shown | {"Origin": "null"})).status_code == 403
    assert (await http.get("/", headers=shown | {"Origin": f"http://{listening.address}"})).status_code == 200
    assert (await http.options("/", headers={"Origin": "http://evil.example"})).status_code == 403


async def test_without_an_address_nobody_comes_in_over_tcp(tmp_path: Path) -> None:
    shut = Listening("", tmp_path / "token")
    shut.open()
    assert (shut.address, shut.sockets, (tmp_path / "token").exists()) == ("", [], False)
    async with caller(shut, "127.0.0.1") as http:
        assert (await http.get("/", headers={"Authorization": "Bearer "})).status_code == 401


def test_the_token_is_made_once_and_is_this_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "token"
    token = token_of(file)
    assert token_of(file) == token and len(token) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert token_of(file) != token and stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("short\n")
    assert len(token_of(file)) >= 32
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Forbidden):
        token_of(file)


def test_an_address_that_is_taken_is_logged_and_the_host_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = Listening(f"127.0.0.1:{other.getsockname()[1]}", tmp_path / "token")
        taken.open()
    assert taken.address == "" and "cannot listen on" in caplog.text
    (tmp_path / "link").symlink_to(os.devnull)
    Listening("127.0.0.1:0", tmp_path / "link").open()
    assert "is not a plain file of yours" in caplog.text


def test_it_listens_on_ipv6_too(tmp_path: Path) -> None:
    opened = Listening("[::1]:0", tmp_path / "token")
    opened.open()
    try:
        assert opened.address.startswith("[::1]:")
    finally:
        opened.close()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("listen: '8765'", "no address"),
        ("listen: localhost", "no address"),
        ("listen: 127.0.0.1", "no address"),
        ("listen: 127.0.0.1:x", "no port"),
        ("listen: 127.0.0.1:99999", "no port"),
        ("listen: 0.0.0.0:8765", "listen_beyond"),
    ],
)
def test_an_address_that_will_not_do(text: str, reason: str) -> None:
    with pytest.raises(BrokenFile) as caught:
        read_document(Settings, text, PATH)
    assert reason in str(caught.value)


@pytest.mark.parametrize("text", ["127.0.0.1:8765", "'[::1]:8765'", "0.0.0.0:80\nlisten_beyond: true"])
def test_an_address_that_will(text: str) -> None:
    assert read_document(Settings, f"listen: {text}", PATH).listen
