"""orin models, orin setup."""

from tests.cli.conftest import Orin
from tests.running import Running


def test_deployments_are_listed_with_how_they_did(orin: Orin, running: Running) -> None:
    said = orin("models", "list")
    assert said.code == 0
    assert [row[0] for row in said.rows] == ["qwen", "new", "gone", "gpt"]
    assert said.rows[0][4:7] == ["8192", "21.5", "streams, schema, no tools"] and "not tried" in said.out
    assert "nothing answers at" in said.out and "cloud is false" in said.out
    assert orin("models", "list", "--json").json["deployments"][0]["trial"]["tokens_per_s"] == 21.5


def test_a_broken_and_an_absent_file_are_said(orin: Orin, running: Running) -> None:
    (running.workspace / "broken").touch()
    assert (said := orin("models", "list")).code == 2 and "models.yaml:3" in said.err
    (running.workspace / "broken").unlink()
    (running.workspace / "bare").touch()
    assert (said := orin("models", "list")).code == 0 and "orin setup" in said.out


def test_a_trial_is_told_and_its_problem_is_the_exit_code(orin: Orin) -> None:
    said = orin("models", "test")
    assert said.code == 0 and "load a model" in said.err
    for told in ("qwen: answers", "8192 tokens", "0.21 s", "4.2 s", "21.5 tokens/s", "vectors of 768", "thinks long"):
        assert told in said.out
    assert (said := orin("models", "test", "gone")).code == 1 and "gone: nothing answers" in said.out
    assert orin("models", "test", "--json").json[0]["deployment"] == "qwen"


def test_a_deployment_is_added(orin: Orin, running: Running) -> None:
    options = ("--for", "small, code", "--url", "http://127.0.0.1:1", "--key", "env:KEY", "--window", "4096")
    said = orin("models", "add", "openai-compatible", "my-model", "--name", "mine", "--parallel", "2", *options)
    assert said.out == "mine serves small, code. Try it: orin models test mine\n"
    request = running.house.calls[-1][1]
    assert (request.server, request.model, request.serves) == ("openai-compatible", "my-model", ("small", "code"))
    assert (request.url, request.key, request.window, request.parallel) == ("http://127.0.0.1:1", "env:KEY", 4096, 2)
    assert orin("models", "add", "ollama", "m", "--json").json["serves"] == ["small"]
    assert (said := orin("models", "add", "olama", "m")).code == 2 and "'ollama'" in said.err


def test_setup_says_what_it_found_and_what_it_did(orin: Orin, running: Running) -> None:
    said = orin("setup")
    assert "ollama at http://127.0.0.1:11434: qwen3:4b" in said.out
    assert "is as it was. `orin setup --yes` adds these." in said.out
    assert "models.yaml is written." in orin("setup", "--yes").out
    assert orin("setup", "--json").json["found"][0]["models"][0]["size"] == 4.0
    (running.workspace / "bare").touch()
    said = orin("setup")
    assert "No model server answers" in said.out and "with every server as a comment" in said.out
