import http.client
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from orin_agents.domain.operations import artifacts, hosts, projects
from orin_agents.host.api import MissingBinding, build_app
from orin_agents.host.routes import all_operations
from orin_agents.services.feed import Feed
from tests.running import Running


def ask(
    running: Running, method: str, target: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    """One plain HTTP exchange, not through the client under test elsewhere."""
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.connect(str(running.socket))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent["Content-Type"] = "application/json"
    raw = body if isinstance(body, str) else json.dumps(body) if body is not None else None
    connection.request(method, target, body=raw, headers={**sent, "Connection": "close"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), json.loads(data)


def test_every_operation_has_a_route(running: Running) -> None:
    status, _, schema = ask(running, "GET", "/v1/openapi.json")
    assert status == 200
    documented = {
        (method.upper(), path): about["operationId"]
        for path, at in schema["paths"].items()
        for method, about in at.items()
    }
    for operation in all_operations():
        assert documented[operation.method, operation.path] == operation.name
    assert documented["GET", "/v1/events"] == "events"


def test_the_documentation_describes_requests_and_answers(running: Running) -> None:
    schema = ask(running, "GET", "/v1/openapi.json")[2]
    show = schema["paths"]["/v1/projects/{project}/artifact"]["get"]
    assert {(p["name"], p["in"], p["required"]) for p in show["parameters"]} == {
        ("project", "path", True),
        ("path", "query", True),
        ("version", "query", False),
    }
    answer = show["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/ArtifactText"}
    assert "artifact" in schema["components"]["schemas"]["ArtifactText"]["properties"]
    assert "Artifact" in schema["components"]["schemas"]


def test_a_problem_holds_no_secret_of_the_hosts_environment(
    monkeypatch: pytest.MonkeyPatch, start: Callable[[], Running]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234567890ab")
    running = start()
    status, _, told = ask(running, "GET", "/v1/projects/sk-1234567890ab")
    assert (status, told["detail"]) == (404, "There is no project [secret OPENAI_API_KEY].")
    status, _, told = ask(running, "GET", "/v1/sk-1234567890ab")
    assert (status, told["detail"]) == (404, "There is nothing at GET /v1/[secret OPENAI_API_KEY]")
    status, _, told = ask(running, "POST", "/v1/projects", {"sk-1234567890ab": 1, "title": "A"})
    assert (status, told["detail"]) == (422, "[secret OPENAI_API_KEY]: there is no such field")


def test_every_operation_needs_an_answer() -> None:
    with pytest.raises(MissingBinding):
        build_app({}, lambda after, limit: (), Feed(0), "1", lambda: None)


def test_fields_travel_in_path_query_and_body(running: Running) -> None:
    status, _, saved = ask(running, "POST", "/v1/projects/home/artifacts", {"path": "notes/ü b.md", "text": "ä"})
    assert (status, saved["version"]) == (200, 1)
    status, _, shown = ask(running, "GET", "/v1/projects/home/artifact?path=notes/%C3%BC%20b.md&version=1")
    assert (status, shown["text"]) == (200, "ä")
    requests = [request for _, request in running.house.calls]
    assert requests == [
        artifacts.SaveArtifact(project="home", path="notes/ü b.md", text="ä"),
        artifacts.ShowArtifact(project="home", path="notes/ü b.md", version=1),
    ]


@pytest.mark.parametrize(
    ("method", "target", "body", "field"),
    [
        ("POST", "/v1/projects/home/artifacts", {"path": "a.md"}, "text"),
        ("POST", "/v1/projects/home/artifacts", {"path": "a.md", "text": "x", "base": "two"}, "base"),
        ("POST", "/v1/projects/home/artifact/state", {"path": "a.md", "state": "finished"}, "state"),
        ("GET", "/v1/projects/home/artifact?path=a.md&version=x", None, "version"),
        ("POST", "/v1/imports", {"project": "home", "path": "/v", "dryrun": True}, "dryrun"),
        ("GET", "/v1/runs?limt=3", None, "limt"),
        ("POST", "/v1/imports?dry_run=true", {"project": "home", "path": "/v"}, "dry_run"),
        ("POST", "/v1/imports", '{"project": ', None),
        ("POST", "/v1/imports", "[]", None),
        ("POST", "/v1/runs/r1/cancel", "[1]", None),
    ],
)
def test_a_wrong_request_is_refused_and_its_field_named(
    running: Running, method: str, target: str, body: Any, field: str | None
) -> None:
    running.house.calls.clear()
    status, headers, problem = ask(running, method, target, body)
    if target.endswith("cancel"):  # an operation without fields takes any body for none
        return
    assert status == problem["status"] == 422
    assert headers["content-type"] == "application/problem+json"
    assert problem["code"] == "invalid"
    assert problem["type"] == "urn:orin:problem:invalid"
    assert problem["kept"] and problem["remedy"]
    assert field is None or problem["detail"].startswith(f"{field}: ")
    assert not running.house.calls


def test_errors_are_problem_details(running: Running) -> None:
    status, headers, problem = ask(running, "GET", "/v1/projects/nowhere")
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert problem == {
        "type": "urn:orin:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no project nowhere.",
        "code": "not-found",
        "kept": "",
        "remedy": "List them with `orin project list`.",
    }
    broken = ask(running, "GET", "/v1/projects/broken")[2]
    assert (broken["path"], broken["line"]) == ("plans/okr.json", 4)


@pytest.mark.parametrize(("method", "target", "status"), [("GET", "/v1/nothing", 404), ("DELETE", "/v1/runs", 405)])
def test_an_unknown_address_is_a_problem_too(running: Running, method: str, target: str, status: int) -> None:
    found, headers, problem = ask(running, method, target)
    assert (found, problem["status"], problem["code"]) == (status, status, "not-found")
    assert headers["content-type"] == "application/problem+json"


def test_an_unexpected_failure_shows_no_trace_but_logs_it(running: Running) -> None:
    status, headers, problem = ask(running, "GET", "/v1/projects/crash")
    assert (status, problem["code"]) == (500, "internal")
    assert headers["content-type"] == "application/problem+json"
    assert "no such luck" not in json.dumps(problem) and "Traceback" not in json.dumps(problem)
    running.end()
    log = (running.workspace / ".orin/logs/host.log").read_text()
    assert "ZeroDivisionError: no such luck" in log


def test_the_actor_is_the_person_unless_the_header_says_otherwise(running: Running, monkeypatch: Any) -> None:
    monkeypatch.setenv("LOGNAME", "grace")
    ask(running, "GET", "/v1/projects")
    ask(running, "GET", "/v1/projects", Orin_Actor="person:ada")
    ask(running, "GET", "/v1/projects", Orin_Actor="agent:critic")
    assert [str(actor) for actor, _ in running.house.calls] == ["person:grace", "person:ada", "agent:critic"]


@pytest.mark.parametrize("actor", ["ada", "robot:x", "person:", "system:host"])
def test_an_impossible_actor_is_refused(running: Running, actor: str) -> None:
    status, _, problem = ask(running, "GET", "/v1/projects", Orin_Actor=actor)
    assert (status, problem["code"]) == (422, "invalid")
    assert not running.house.calls


@pytest.mark.parametrize("actor", ["agent:critic", "routine:morning"])
def test_what_is_for_a_person_is_refused_to_others(running: Running, actor: str) -> None:
    status, _, problem = ask(running, "POST", "/v1/approvals/1/approve", {}, Orin_Actor=actor)
    assert (status, problem["code"]) == (403, "forbidden")
    assert ask(running, "POST", "/v1/host/stop", Orin_Actor=actor)[0] == 403
    for path in ("/v1/passages?query=keys", "/v1/chats", "/v1/chats/c1"):
        assert ask(running, "GET", path, Orin_Actor=actor)[0] == 403
    assert not running.house.calls
    assert ask(running, "POST", "/v1/approvals/1/approve", {}, Orin_Actor="person:ada")[0] == 200


def test_another_version_is_refused_before_anything_else(running: Running) -> None:
    body = {"path": "a.md"}  # lacks a field, too
    status, headers, problem = ask(running, "POST", "/v1/projects/home/artifacts", body, Orin_Version="9.9")
    assert (status, problem["code"]) == (426, "version-mismatch")
    assert headers["content-type"] == "application/problem+json"
    assert "9.9" in problem["detail"] and "0.1.0" in problem["detail"] and "orin host stop" in problem["remedy"]
    assert ask(running, "GET", "/v1/events", Orin_Version="9.9")[0] == 426
    assert ask(running, "GET", hosts.STATUS.path, Orin_Version="9.9")[0] == 200
    assert ask(running, "GET", projects.LIST.path, Orin_Version="0.1.0")[0] == 200
    assert ask(running, "POST", hosts.STOP.path, Orin_Version="9.9")[0] == 200
    running.wait()
