"""Finding servers: real ones and shaped ones on loopback; what is none is never taken for one."""

import pytest

from orin_agents.adapters.models.discovery import found_servers
from orin_agents.domain.deployments import FoundModel, Server
from tests.models.llama import Llama
from tests.models.ollama import Ollama
from tests.models.scripted import Scripted

GONE = "http://127.0.0.1:9"


def test_the_servers_that_answer_are_found_with_their_models(llama: Llama, ollama: Ollama, scripted: Scripted) -> None:
    served = {"id": "Qwen/Qwen3-8B", "owned_by": "vllm", "max_model_len": 40960}
    scripted.pages = {"/v1/models": {"data": [served, {"id": 3}]}}
    urls = {Server.OLLAMA: ollama.url, Server.LLAMACPP: f"{llama.url}/v1", Server.VLLM: scripted.url}
    found = {one.server: one for one in found_servers({}, urls | {Server.LMSTUDIO: GONE})}
    assert set(found) == set(urls)
    assert [(model.name, model.size) for model in found[Server.OLLAMA].models] == [
        ("qwen3:4b", 4.0),
        ("nomic-embed-text:latest", 4.0),
    ]
    assert found[Server.LLAMACPP].models == (FoundModel(name="tiny", size=0.0, window=llama.window),)
    assert found[Server.VLLM].models == (FoundModel(name="Qwen/Qwen3-8B", size=8.0, window=40960),)


def test_lm_studio_lists_what_is_not_loaded_too(scripted: Scripted) -> None:
    scripted.pages = {"/api/v0/models": {"data": [{"id": "qwen2.5-coder-14b-instruct"}, {"id": "bge-m3"}]}}
    (found,) = found_servers({}, {Server.LMSTUDIO: f"{scripted.url}/v1"})
    assert [(model.name, model.size) for model in found.models] == [
        ("qwen2.5-coder-14b-instruct", 14.0),
        ("bge-m3", 0.0),
    ]


@pytest.mark.parametrize(
    ("server", "pages"),
    [
        (Server.OLLAMA, {"/api/tags": {"models": "none"}}),
        (Server.OLLAMA, {"/api/tags": {"models": []}, "/api/version": [1]}),
        (Server.LLAMACPP, {"/props": [], "/v1/models": {"data": [{"id": "a"}]}}),
        (Server.VLLM, {"/v1/models": {"data": [{"id": "a", "owned_by": "llamacpp"}]}}),
        (Server.VLLM, {"/v1/models": {"data": [{"id": "a", "owned_by": "somebody"}]}}),
        (Server.TRITON, {"/v1/models": {"data": {}}}),
        (Server.LMSTUDIO, {}),
    ],
)
def test_what_is_another_server_is_not_taken_for_it(
    scripted: Scripted, server: Server, pages: dict[str, object]
) -> None:
    scripted.pages = pages
    assert found_servers({}, {server: scripted.url}) == ()


@pytest.mark.parametrize("named", ["{}", "http://{}", "{}/"])
def test_ollama_host_is_followed_on_this_machine(ollama: Ollama, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from orin_agents.adapters.models import discovery

    monkeypatch.setattr(discovery, "SEARCHED", (Server.OLLAMA,))
    host = ollama.url.removeprefix("http://")
    (found,) = found_servers({"OLLAMA_HOST": named.format(host)})
    assert found.url == ollama.url
    assert found_servers({"OLLAMA_HOST": "192.0.2.1:11434"}) == ()
