import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orin_agents.domain.secrets import Secrets
from orin_agents.host.logs import close_log, open_log, redact_output

KEY = "sk-1234567890ab"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log of a host that knows a key, and libraries' loggers as they are before anything was imported."""
    for name in ("LiteLLM", "uvicorn", "dbos"):
        for trait, value in (("level", logging.NOTSET), ("propagate", True), ("disabled", False)):
            monkeypatch.setattr(logging.getLogger(name), trait, value)
    handler = open_log(tmp_path / "logs" / "host.log", Secrets({"KEY": KEY}))
    yield tmp_path / "logs" / "host.log"
    close_log(handler)


class Unspeakable:
    def __str__(self) -> str:
        raise ValueError(f"no text for {KEY}")


def test_secrets_stay_out_of_messages_arguments_and_traces(log: Path) -> None:
    for name in ("orin", "LiteLLM", "uvicorn", "dbos"):
        logger = logging.getLogger(name)
        logger.warning(f"asked {name} with {KEY}")
        logger.warning("called %s with %r", name, {"Authorization": f"Bearer {KEY}"})
        try:
            raise ValueError(f"{name}: bad key {KEY}")
        except ValueError:
            logger.exception("failed in %s", "/home/ada", stack_info=True)
    logging.getLogger("httpx").info("GET https://x/?key=1")
    text = log.read_text()
    assert KEY not in text
    for name in ("orin", "LiteLLM", "uvicorn"):
        assert f"asked {name} with [secret KEY]" in text
        assert f"called {name} with {{'Authorization': 'Bearer [secret KEY]'}}" in text
        assert f"ValueError: {name}: bad key [secret KEY]" in text
    assert "/home/ada" in text
    assert "httpx" not in text


def test_a_handler_that_a_library_brings_gets_no_secrets_either(log: Path) -> None:
    out = io.StringIO()
    logger, handler = logging.getLogger("LiteLLM"), logging.StreamHandler(out)
    logger.addHandler(handler)
    try:
        logger.error("POST %s", f"https://models.example/?key={KEY}")
        try:
            raise ValueError(f"bad key {KEY}")
        except ValueError:
            logger.exception("failed")
    finally:
        logger.removeHandler(handler)
    assert KEY not in out.getvalue()
    assert "ValueError: bad key [secret KEY]" in out.getvalue()


def test_a_call_that_does_not_fit_its_message_is_logged_without_its_arguments(log: Path) -> None:
    logging.getLogger("orin").warning("%s and %s", KEY)
    logging.getLogger("orin").warning("%s", Unspeakable())
    text = log.read_text()
    assert "'%s and %s' with 1 arguments that do not fit it" in text
    assert KEY not in text


def test_behind_the_host_records_are_made_as_before(tmp_path: Path) -> None:
    before = logging.getLogRecordFactory()
    close_log(open_log(tmp_path / "host.log", Secrets()))
    assert logging.getLogRecordFactory() is before


def test_what_libraries_print_holds_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    redact_output(Secrets({"KEY": KEY}))
    print("using", KEY, flush=True)
    print(f"request to https://x/?key={KEY}", file=sys.stderr)
    assert (out.getvalue(), err.getvalue()) == ("using [secret KEY]\n", "request to https://x/?key=[secret KEY]\n")
