"""Deployments over the API of a host as it is composed: models.yaml in the workspace's folder, read when it changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orin_agents.host.composition import compose
from orin_agents.host.lifecycle import Start

if TYPE_CHECKING:
    from httpx import AsyncClient as Api


@pytest.fixture
async def api(tmp_path: Path) -> "AsyncIterator[Api]":
    from httpx import ASGITransport, AsyncClient

    loop = asyncio.get_running_loop()
    start = Start(workspace=tmp_path, socket=tmp_path / "socket", loop=loop, stop=lambda: None, create=True)
    host = compose(start)

    async def by_socket(scope: Any, receive: Any, send: Any) -> None:
        await host.app({**scope, "server": (str(start.socket), None)}, receive, send)

    async with AsyncClient(transport=ASGITransport(by_socket), base_url="http://orin") as client:
        yield client
    await host.stop()


async def listed(api: "Api") -> dict[str, Any]:
    answer = await api.get("/v1/deployments")
    assert answer.status_code == 200
    read: dict[str, Any] = answer.json()
    return read


async def test_a_file_comes_into_being_and_is_read_when_it_changes(api: "Api", tmp_path: Path) -> None:
    assert await listed(api) == {"exists": False, "deployments": [], "problem": ""}
    body = {"server": "llamacpp", "model": "tiny", "url": "http://127.0.0.1:9", "serves": ["small"]}
    assert (await api.post("/v1/deployments", json=body)).json()["name"] == "tiny"
    assert [one["serves"] for one in (await listed(api))["deployments"]] == [["small"]]
    path = tmp_path / "models.yaml"
    path.write_text(path.read_text().replace("cloud: false", "clouds: false"))
    assert "unknown key 'clouds'" in (await listed(api))["problem"]
    checks = {line["name"]: line for line in (await api.get("/v1/doctor")).json()}
    assert checks["models.yaml"]["verdict"] == "problem"


async def test_a_secret_in_clear_is_refused_and_not_said_again(api: "Api", tmp_path: Path) -> None:
    answer = await api.post("/v1/deployments", json={"server": "openai", "model": "m", "key": "sk-abcdef123456"})
    assert answer.status_code == 422 and "a secret written in clear" in answer.text and "abcdef" not in answer.text
    assert not (tmp_path / "models.yaml").exists()


async def test_an_agent_may_look_and_change_nothing(api: "Api") -> None:
    agent = {"Orin-Actor": "agent:planner"}
    assert (await api.get("/v1/deployments", headers=agent)).status_code == 200
    for path, body in (("deployments", {"server": "ollama", "model": "m"}), ("setup", {}), ("deployments/test", {})):
        assert (await api.post(f"/v1/{path}", json=body, headers=agent)).status_code == 403
