import logging
from pathlib import Path

from orin_agents.host.logs import close_log, open_log, secrets_in


def test_values_of_secrets_stay_out_of_the_log_even_in_traces(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "host.log"
    handler = open_log(path, {"OPENAI_API_KEY": "sk-12345678", "HOME": "/home/ada", "SHORT_TOKEN": "abc"})
    try:
        logging.getLogger("orin").info("asked with %s", "sk-12345678")
        try:
            raise ValueError("bad key sk-12345678")
        except ValueError:
            logging.getLogger("orin").exception("failed in %s", "/home/ada")
        logging.getLogger("httpx").info("GET https://x/?key=1")
    finally:
        close_log(handler)
    text = path.read_text()
    assert "sk-12345678" not in text
    assert "asked with [secret]" in text
    assert "ValueError: bad key [secret]" in text
    assert "/home/ada" in text
    assert "httpx" not in text


def test_secrets_are_known_by_the_names_that_hold_them() -> None:
    assert secrets_in(
        {"db_password": "hunter2hunter2", "A_TOKEN": "longer-than-that-one", "PATH": "/usr/bin:/bin"}
    ) == (
        "longer-than-that-one",
        "hunter2hunter2",
    )
