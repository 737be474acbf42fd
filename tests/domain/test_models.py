"""models.yaml: what may stand in it, and how what may not is said."""

import pytest

from orin_agents.domain.deployments import Server
from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.models import Deployment, read_models

GOOD = """\
cloud: true
models:
  small: [qwen, gpt]
  code: [qwen]
deployments:
  qwen:
    server: ollama
    model: qwen3:4b
  gpt:
    server: openai
    model: gpt-5-mini
    key: env:OPENAI_API_KEY
"""


def test_each_logical_model_has_its_deployments_in_order() -> None:
    file = read_models(GOOD)
    assert file.behind("small", "code") == ("qwen", "gpt") and file.behind("code") == ("qwen",)
    assert file.behind("reasoning") == () and file.serving("qwen") == ("small", "code")
    here = read_models(GOOD.replace("cloud: true", "cloud: false"))
    assert here.behind("small") == ("qwen",) and not here.allows("gpt")


def test_nothing_but_comments_names_no_models() -> None:
    for text in ("", "# soon\n", "cloud: false\nmodels:\ndeployments:\n"):
        assert read_models(text).deployments == {}


@pytest.mark.parametrize(
    ("slip", "line", "told"),
    [
        (("key: env:OPENAI_API_KEY", "key: sk-abcdef123456"), 12, "a secret written in clear"),
        (("key: env:OPENAI_API_KEY", "key: 123456789"), 12, "string"),
        (("key: env:OPENAI_API_KEY", "key: 'env:sk-abcdef 123'"), 12, "a secret written in clear"),
        (("key: env:OPENAI_API_KEY", "key: 'file:'"), 12, "a secret written in clear"),
        (("key: env:OPENAI_API_KEY", "api_key: sk-abcdef123456"), 12, "unknown key"),
        (("key: env:OPENAI_API_KEY", "url: https://me:sk-abcdef@api.example.com/v1"), 12, "a secret written in clear"),
        (("key: env:OPENAI_API_KEY", "url: https://api.example.com/v1?key=sk-abcdef"), 12, "a secret written in clear"),
        (("key: env:OPENAI_API_KEY", "url: ftp://example.com"), 12, "no address"),
        (("key: env:OPENAI_API_KEY", "url: 'http://[::1'"), 12, "no address"),
        (("key: env:OPENAI_API_KEY", "window: 12"), 12, "greater than or equal to 256"),
        (("key: env:OPENAI_API_KEY", "parallel: true"), 12, "true is not a number"),
        (("server: openai", "server: openia"), 10, "'ollama'"),
        (("server: openai", "server: openai-compatible"), 10, "the key 'url' is missing"),
        (("[qwen, gpt]", "[qwen, gtp]"), 3, "there is no deployment 'gtp'"),
        (("  small:", "  Small Ones:"), 3, "'Small Ones' cannot name a model"),
        (("  gpt:", "  gpt 5:"), 9, "'gpt 5' cannot name a deployment"),
        (("small: [qwen, gpt]", "small: qwen"), 3, "list"),
        (("cloud: true", "clouds: true"), 1, "unknown key 'clouds'"),
    ],
)
def test_a_slip_is_named_with_its_line_and_without_the_secret(slip: tuple[str, str], line: int, told: str) -> None:
    text = GOOD.replace(*slip, 1)
    if slip[0] == "  gpt:":
        text = text.replace("small: [qwen, gpt]", "small: [qwen]")
    with pytest.raises(BrokenFile) as raised:
        read_models(text)
    error = raised.value
    assert (error.line, told in error.what) == (line, True), error.what
    assert error.remedy and "abcdef" not in f"{error.what} {error.remedy} {error.__cause__}"


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.8.9.1:8080/v1", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("http://192.168.1.5:8080", False),
        ("http://localhost.example.com", False),
        ("https://box.local/v1", False),
        ("http://0x7f.1:80", False),
    ],
)
def test_what_is_on_this_machine_is_known_by_its_address(url: str, here: bool) -> None:
    assert Deployment(server=Server.LLAMACPP, model="m", url=url).is_here is here


def test_addresses_are_made_whole() -> None:
    made = [
        Deployment(server=server, model="m", url=url).address
        for server, url in (
            (Server.LLAMACPP, ""),
            (Server.LLAMACPP, "http://127.0.0.1:9090/"),
            (Server.VLLM, "http://127.0.0.1:9090/api/v1"),
            (Server.OLLAMA, "http://127.0.0.1:11434/"),
            (Server.ANTHROPIC, ""),
        )
    ]
    assert made == [
        "http://127.0.0.1:8080/v1",
        "http://127.0.0.1:9090/v1",
        "http://127.0.0.1:9090/api/v1",
        "http://127.0.0.1:11434",
        "https://api.anthropic.com",
    ]
    assert Deployment(server=Server.LLAMACPP, model="m").root == "http://127.0.0.1:8080"
