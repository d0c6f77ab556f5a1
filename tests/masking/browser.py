"""A plain HTTP client that keeps its cookies, fills in forms, and writes down all that it was answered."""

import http.client
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import make_server

DAY = "2026-01-31"
PLAUSIBLE = {"email": "somebody@hospital.example", "birth_year": "1970", "login": "somebody-new", "name": "Somebody"}


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """Serve an app on a port of the loopback address."""
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Answer:
    """One answer to one request."""

    status: int
    headers: str
    body: bytes

    @cached_property
    def form(self) -> "Form":
        """The form on the page that has a request id, or else the tokens of any."""
        found = Form()
        found.feed(self.body.decode("utf-8", "replace"))
        return found


class Form(HTMLParser):
    """The fields of a page's forms: name → (kind, value, choices)."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, tuple[str, str, list[str]]] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in one field."""
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "select":
            self._select, self.fields[name] = name, ("select", "", [])
        elif tag == "option" and self._select and values.get("value"):  # one of a datalist only suggests
            self.fields[self._select][2].append(values["value"])
        elif tag == "textarea":
            self.fields[name] = ("textarea", "", [])
        elif tag == "input" and name:
            kind, value = values.get("type", "text"), values.get("value", "")
            if kind in ("radio", "checkbox"):
                self.fields.setdefault(name, (kind, "", []))[2].append(value)
            else:
                self.fields[name] = (kind, value, [])

    def handle_endtag(self, tag: str) -> None:
        """A list is at its end."""
        self._select = "" if tag == "select" else self._select

    def filled(self, password: str) -> dict[str, str]:
        """Every field filled in as somebody might who does not know better."""
        return {name: self._typed(name, *held, password) for name, held in self.fields.items()}

    def empty(self) -> dict[str, str]:
        """What the page itself sends along: tokens, and what it showed."""
        return {name: value for name, (kind, value, _) in self.fields.items() if kind == "hidden"}

    @staticmethod
    def _typed(name: str, kind: str, value: str, choices: list[str], password: str) -> str:
        if kind in ("select", "radio", "checkbox"):
            return choices[0] if choices else ""
        if kind == "hidden" or (value and kind != "password"):
            return value
        if kind == "password":
            return password + "!" if name == "password_again" else password
        return {"date": DAY}.get(kind) or PLAUSIBLE.get(name, "3")


@dataclass
class Browser:
    """One person's browser; `written` holds each request's line with its whole answer."""

    port: int
    written: Path
    cookies: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    bytes: int = 0

    def ask(
        self, method: str, path: str, form: Mapping[str, str] | None = None, file: tuple[str, bytes] | None = None
    ) -> Answer:
        """Send one request; redirects are not followed."""
        body, kind = _multipart(form or {}, *file) if file else (urlencode(form or {}).encode(), FORM)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body if method == "POST" else None, headers)
        response = connection.getresponse()
        answer = Answer(
            response.status, "".join(f"{name}: {value}\n" for name, value in response.getheaders()), response.read()
        )
        connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        self._write(method, path, answer)
        return answer

    def sign_in(self, login: str, password: str) -> None:
        """Sign in through the page."""
        form = self.ask("GET", "/sign-in").form.empty()
        answer = self.ask("POST", "/sign-in", {**form, "login": login, "password": password})
        assert answer.status == 303, f"{login} could not sign in: {answer.status}"

    def _write(self, method: str, path: str, answer: Answer) -> None:
        self.requests += 1
        self.bytes += len(answer.headers) + len(answer.body)
        with self.written.open("ab") as file:
            file.write(f"{method} {path}\n{answer.status}\n{answer.headers}\n".encode() + answer.body + b"\n")


FORM = "application/x-www-form-urlencoded"


def _multipart(form: Mapping[str, str], filename: str, content: bytes) -> tuple[bytes, str]:
    edge = secrets.token_hex(12)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    return b"".join(
        [*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()]
    ), f"multipart/form-data; boundary={edge}"
