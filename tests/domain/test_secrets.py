import base64
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.secrets import Secrets

KEY = 'sk-Zoë/9+ü=&q"w'
"""A value that every encoding writes otherwise."""


@pytest.fixture
def secrets() -> Secrets:
    return Secrets({"OPENAI_API_KEY": KEY})


@pytest.mark.parametrize(
    "text",
    [
        f"asked with {KEY}",
        f"https://models.example/v1?key={quote(KEY, safe='')}&n=1",
        f"https://models.example/v1?key={re.sub('%..', lambda found: found[0].lower(), quote(KEY, safe=''))}",
        f"https://models.example/{quote(KEY)}/v1",
        f"key={quote_plus(KEY)}",
        f"Authorization: Bearer {KEY}",
        json.dumps({"header": KEY}),
        json.dumps({"header": KEY}, ensure_ascii=False),
    ],
)
def test_a_secret_stands_nowhere_however_it_was_written(text: str, secrets: Secrets) -> None:
    redacted = secrets.redacted(text)
    assert "[secret OPENAI_API_KEY]" in redacted
    assert KEY not in redacted and "9" not in redacted


@given(user=st.text(max_size=9), behind=st.text(max_size=9), key=st.text("abc123!?~ é", min_size=12, max_size=40))
def test_of_a_secret_in_base64_no_more_than_its_ends_is_left(user: str, behind: str, key: str) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        header = f"Basic {encode(f'{user}:{key}{behind}'.encode()).decode()}"
        redacted = Secrets({"PASS": key}).redacted(header)
        assert "[secret PASS]" in redacted
        assert len(redacted) < len(header) - len(key) + len("[secret PASS]") + 4


def test_what_is_no_secret_stays_as_it_is(secrets: Secrets) -> None:
    assert secrets.redacted("sk-Zoë and 9+ü stay") == "sk-Zoë and 9+ü stay"
    assert Secrets().redacted(KEY) == KEY
    assert Secrets({"PIN": "1234"}).redacted("1234 chairs") == "1234 chairs"


def test_the_longest_of_two_secrets_is_named_and_a_name_cannot_break_the_text() -> None:
    both = Secrets({"short": "abcdef", "long": "abcdefghijkl", 'a"]\n': "mnopqrst"})
    assert both.redacted("abcdefghijkl abcdef mnopqrst") == "[secret long] [secret short] [secret a]"


def test_texts_are_found_within_lists_and_mappings_and_numbers_left_alone(secrets: Secrets) -> None:
    secrets.add("pin", "123456")
    value = {"a": [KEY, 123456, None, {"b": "123456"}], "c": (True, 1.5)}
    assert secrets.redacted_within(value) == {
        "a": ["[secret OPENAI_API_KEY]", 123456, None, {"b": "[secret pin]"}],
        "c": [True, 1.5],
    }


def test_the_environment_tells_secrets_by_the_ends_of_their_names() -> None:
    secrets = Secrets()
    names = ("OPENAI_API_KEY", "db_password", "A_TOKEN", "X-SECRET")
    others = {"MONKEY": "a-monkey-of-size", "KEYBOARD": "de-latin1-nodeadkeys", "HOME": "/home/ada/of/somewhere"}
    secrets.add_environment({name: f"value-of-{name}" for name in names} | others | {"DB_PASSWORD": "postgres"})
    assert [secrets.redacted(f"value-of-{name}") for name in names] == [f"[secret {name}]" for name in names]
    for value in (*others.values(), "postgres"):
        assert secrets.redacted(value) == value
