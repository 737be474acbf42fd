"""The file models.yaml on disk, and keys that are read from where it points to."""

from pathlib import Path

import pytest

from orin_agents.adapters.models.keys import KeyRefused, read_key
from orin_agents.adapters.models.yaml_file import ModelsYaml
from orin_agents.domain.errors import BrokenFile, Conflict, StorageFailure
from orin_agents.domain.models import read_models
from orin_agents.domain.secrets import Secrets


@pytest.fixture
def yaml(tmp_path: Path) -> ModelsYaml:
    return ModelsYaml(tmp_path / "models.yaml")


def test_a_new_file_is_all_comments_and_its_examples_are_valid(yaml: ModelsYaml) -> None:
    text = yaml.annotated()
    assert read_models(text).deployments == {} and read_models(text).models == {}
    opened = "\n".join(line.replace("# ", "", 1) if _is_example(line) else line for line in text.splitlines())
    file = read_models(opened.replace("cloud: false", "cloud: true"))
    assert len({deployment.server for deployment in file.deployments.values()}) == 8
    assert set(file.models) == {"small", "planning", "reasoning", "code", "embedding"}


def _is_example(line: str) -> bool:
    """A commented line of YAML: a name alone, or a key and its value."""
    words = line.strip().removeprefix("#").split("#")[0].split()
    return line.startswith("  # ") and bool(words) and words[0].endswith(":") and len(words) <= 4


def test_it_is_read_anew_when_it_changes_and_may_be_broken(yaml: ModelsYaml) -> None:
    assert yaml.current().problem is None and not yaml.current().file.deployments
    yaml.path.write_text("deployments: {a: {server: llamacpp, model: m}}")
    first = yaml.current()
    assert set(first.file.deployments) == {"a"} and yaml.current() is first
    yaml.path.write_text("deployments: {a: {server: llamacpp}}")
    assert isinstance(yaml.current().problem, BrokenFile) and not yaml.current().file.deployments
    yaml.path.write_bytes(b"cloud: \xff")
    assert "not UTF-8" in str(yaml.current().problem)
    yaml.path.write_text("#" * 1_000_001)
    assert "larger than a megabyte" in str(yaml.current().problem)
    yaml.path.unlink()
    yaml.path.mkdir()
    assert isinstance(yaml.current().problem, BrokenFile)


def test_it_is_written_whole_and_only_over_what_was_read(yaml: ModelsYaml) -> None:
    yaml.write("cloud: false\n", None)
    yaml.path.chmod(0o600)
    yaml.write("cloud: true\n", "cloud: false\n")
    assert yaml.current().file.cloud and yaml.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        yaml.write("cloud: false\n", "something else")
    with pytest.raises(Conflict):
        yaml.write("cloud: false\n", None)
    assert [path.name for path in yaml.path.parent.iterdir()] == ["models.yaml"]
    with pytest.raises(StorageFailure):
        ModelsYaml(yaml.path.parent / "gone" / "models.yaml").write("", None)


def test_a_key_comes_from_the_environment_or_a_file_of_ones_own(tmp_path: Path) -> None:
    secrets = Secrets()
    assert read_key("", tmp_path, {}, secrets) == ""
    assert read_key("env:KEY", tmp_path, {"KEY": " sk-abcdef \n"}, secrets) == "sk-abcdef"
    path = tmp_path / "my.key"
    path.write_text("sk-of-a-file\n")
    path.chmod(0o600)
    assert read_key("file:my.key", tmp_path, {}, secrets) == read_key(f"file:{path}", tmp_path, {}, secrets)
    assert secrets.redacted("sk-abcdef and sk-of-a-file") == "[secret KEY] and [secret my.key]"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("env:NONE", "the environment variable NONE is not set"),
        ("env:BLANKS", "cannot be a key"),
        ("file:none.key", "none.key cannot be opened: No such file"),
        ("file:open.key", "open.key can be read by others; `chmod 600` it"),
        ("file:empty.key", "empty.key is empty"),
        ("file:folder", "is no file"),
        ("file:binary.key", "cannot be a key"),
    ],
)
def test_a_key_that_cannot_be_had_says_why(tmp_path: Path, named: str, told: str) -> None:
    (tmp_path / "folder").mkdir()
    for name, data, mode in (("open", b"sk-x", 0o644), ("empty", b"", 0o600), ("binary", b"\xff\x00", 0o600)):
        (tmp_path / f"{name}.key").write_bytes(data)
        (tmp_path / f"{name}.key").chmod(mode)
    with pytest.raises(KeyRefused) as raised:
        read_key(named, tmp_path, {"BLANKS": "one two"}, Secrets())
    assert told in str(raised.value)
