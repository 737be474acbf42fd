"""Short questions to a server's own pages: what it is, which models it has, how large its window is.

On http.client rather than a larger library: it obeys no proxy of the environment, holds no connection, and a question
costs a millisecond.
"""

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

LARGEST = 4 * 1024 * 1024


def ask(url: str, body: dict[str, Any] | None = None, *, key: str = "", within_s: float = 1.0) -> Any:
    """The JSON that the server answers with (to a POST where a body is given), None when none comes in time."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    end = time.monotonic() + within_s
    try:
        connection = make(parts.hostname or "", parts.port, timeout=within_s)
    except http.client.HTTPException:
        return None
    headers = {"Content-Type": "application/json", "Connection": "close"}
    headers |= {"Authorization": f"Bearer {key}"} if key else {}
    try:
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(max(0.01, end - time.monotonic()))
        data = json.dumps(body).encode() if body is not None else None
        connection.request("POST" if data is not None else "GET", parts.path or "/", body=data, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            return None
        read = bytearray()
        while len(read) < LARGEST and time.monotonic() < end:
            if not (piece := answer.read1(65536)):
                return json.loads(read)
            read += piece
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return None
    finally:
        connection.close()
    return None


def member(value: Any, *keys: str | int) -> Any:
    """The part of a JSON value at these keys, None where there is none."""
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value
