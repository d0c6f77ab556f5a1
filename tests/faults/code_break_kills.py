"""`python -m tests.faults.code_break_kills`: the process that breaks a code is killed at six moments of it.

A real client keeps every byte that it is sent. It never has an arm without the line of the visitors' book, and asking
anew works, as a second line. On SQLite and on PostgreSQL, each moment as often as `--kills` says.
"""

import argparse
import http.client
import multiprocessing
import os
import re
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.serving import WSGIRequestHandler, make_server

from irt.assurance.verify import verify
from irt.gate import audit
from irt.gate.perform import Gate
from irt.gate.tables import AuditEntry
from irt.migrate import newest
from irt.safety import break_code as breaking
from irt.safety import showing
from irt.safety.emergency_tables import CodeBreak
from irt.vault import reveal
from irt.vault._tables import Opening, Shown
from irt.web import create
from tests.cast import PASSWORD, World, world
from tests.databases import fresh_postgresql, fresh_sqlite
from tests.dispensing.mishapped import at_second_visit
from tests.postgres import PostgresServer
from tests.stocked import running_trial

POINTS = ("before_book", "after_rows", "before_commit", "after_commit", "after_opening", "half_sent")
BOOKED = {"before_book": 0, "after_rows": 0, "before_commit": 0, "after_commit": 1, "after_opening": 1, "half_sent": 1}
PATIENCE = 60
START = "/participants/{}/code-break"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def die() -> None:
    """As a power failure ends a process: nothing is flushed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if before:
            die()
        answer = function(*args, **kwargs)
        die()
        return answer

    return wrapped


def lay_mine(point: str, app: Any) -> Any:
    """Make this process die at `point` of its first code break; answers the app to serve."""
    if point == "before_book":
        breaking.reveal.enter = _dying(reveal.enter, before=True)  # type: ignore[attr-defined]
    elif point in ("after_rows", "before_commit"):
        append = audit.append

        def dying(connection: Any, **entry: Any) -> Any:
            if entry.get("act") != "code_break.open":
                return append(connection, **entry)
            return _dying(append, before=point == "after_rows")(connection, **entry)

        audit.append = dying  # type: ignore[assignment]
    elif point == "after_commit":
        perform = Gate.perform

        def done(gate: Gate, function: Any, *args: Any, **more: Any) -> Any:
            answer = perform(gate, function, *args, **more)
            if function is breaking.break_code:
                die()
            return answer

        Gate.perform = done  # type: ignore[method-assign]
    elif point == "after_opening":
        showing.reveal.open_one = _dying(reveal.open_one, before=False)  # type: ignore[attr-defined]
    elif point == "half_sent":
        return _half(app)
    return app


def _half(app: Any) -> Any:
    """The app, dying when half of the page that shows the treatment has been sent, or more."""

    def sending(environ: Any, start: Any) -> Iterable[bytes]:
        body: Iterator[bytes] = iter(app(environ, start))
        if not environ["PATH_INFO"].endswith("/shown"):
            yield from body
            return
        whole = b"".join(body)
        yield whole[: len(whole) * (50 + os.getpid() % 50) // 100]  # half of it, or more: some with the arm
        die()

    return sending


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        return


def serve(url: str, now: datetime, seed: int, point: str | None, pipe: Any) -> None:
    """A process that serves the trial's pages, and tells its port."""
    mine = world(url, seed=seed.to_bytes(32, "big"))
    mine.clock.advance(now - mine.clock.now())
    app = create(mine.service)
    server = make_server("127.0.0.1", 0, lay_mine(point, app) if point else app, request_handler=_Quiet)
    pipe.send(server.port)
    server.serve_forever()


@dataclass
class Client:
    """A browser that keeps every byte that came."""

    port: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    came: bytearray = field(default_factory=bytearray)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, place and text of an answer; ConnectionError where the other side died, what came is kept."""
        body = urlencode(form) if form else None
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body, headers)
            return self._answer(line.sock)
        finally:
            line.close()

    def _answer(self, sock: socket.socket) -> tuple[int, str, str]:
        whole = bytearray()
        while piece := sock.recv(65536):
            whole += piece
            self.came += piece
            if _complete(whole):
                break
        if not _complete(whole):
            raise ConnectionError("the answer was cut")
        head, _, text = bytes(whole).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        place = ""
        for one in lines[1:]:
            name, _, value = one.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self.cookies[cookie] = kept
            elif name.lower() == "location":
                place = value
        return int(lines[0].split()[1]), place, text.decode("utf-8", "replace")

    def sign_in(self, login: str) -> None:
        """Sign in."""
        form = dict(_HIDDEN.findall(self.ask("GET", "/sign-in")[2]))
        status, _, _ = self.ask("POST", "/sign-in", {**form, "login": login, "password": PASSWORD})
        assert status == 303, status

    def break_code(self, participant: str) -> str:
        """Fill in the form, send it and follow to what is shown; answers the page."""
        path = START.format(participant)
        form = dict(_HIDDEN.findall(self.ask("GET", path)[2]))
        told = {"break_reason": "overdose", "told": "found asleep beside empty vials", "treatment": "continue"}
        status, place, text = self.ask("POST", path, {**form, **told, "sponsor_told": "no", "password": PASSWORD})
        assert status == 303, text
        return self.ask("GET", place)[2]


def _complete(whole: bytearray) -> bool:
    head, found, body = bytes(whole).partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(found) and length is not None and len(body) >= int(length[1])


@dataclass
class Came:
    """What became of the kills at one point."""

    kills: int = 0
    arms_seen: int = 0  # kills after which the client had an arm's name among its bytes
    unbooked: int = 0  # of these, without a line of the book
    retried: int = 0  # retries that showed the treatment
    second_lines: int = 0  # retries that were a line of their own


def kill_at(trial: World, participant: str, point: str, kills: int) -> Came:
    """Kill the serving process at one point, again and again, and ask anew each time."""
    came, client = Came(), Client()
    context = multiprocessing.get_context("fork")
    for number in range(kills):
        trial.clock.advance(timedelta(hours=2))  # else a second person would be asked for
        client.came.clear()
        before = len(trial.rows(Opening))
        process = _served(context, trial, client, 2 * number, point)
        client.sign_in("investigator_01")
        try:
            client.break_code(participant)
            raise AssertionError(f"{point}: nobody died")
        except (ConnectionError, http.client.HTTPException):
            process.join(PATIENCE)
        assert process.exitcode == -signal.SIGKILL, process.exitcode
        booked = len(trial.rows(Opening)) - before
        seen = has_arm(trial, bytes(client.came))
        came.kills += 1
        came.arms_seen += seen
        came.unbooked += seen and not booked
        assert booked == BOOKED[point], (point, booked)
        again = _served(context, trial, client, 2 * number + 1, None)
        came.retried += has_arm(trial, client.break_code(participant).encode())
        came.second_lines += len(trial.rows(Opening)) == before + booked + 1
        again.kill()
        again.join(PATIENCE)
    return came


def _served(context: Any, trial: World, client: Client, number: int, point: str | None) -> Any:
    here, there = context.Pipe()
    seed = 1000 + len(trial.rows(AuditEntry)) * 100 + number
    given = (trial.database_url, trial.clock.now(), seed, point, there)
    process = context.Process(target=serve, args=given, daemon=True)
    process.start()
    assert here.poll(PATIENCE), "the server did not start"
    client.port = here.recv()
    return process


def has_arm(trial: World, bytes_: bytes) -> bool:
    """Whether the page that tells an arm is among these bytes: the big line, in either language."""
    names = [said for arm in trial.study.arms for said in (arm.label.en, arm.label.zh)]
    return any(f'big-number">{name}<'.encode() in bytes_ for name in names)


def run(url: str, points: Iterable[str], kills: int, told: Callable[[str, Came], None]) -> World:
    """All points on one database; answers the world for whoever looks at what was left."""
    trial = running_trial(url, "01", "02", kits=24, depot=80)
    (one,) = at_second_visit(trial, 1)
    trial.actor("investigator_01")
    for point in points:
        told(point, kill_at(trial, one.id, point, kills))
    lines, breaks = {row.id for row in trial.rows(Opening)}, {row.id for row in trial.rows(CodeBreak)}
    entries = [row for row in trial.rows(AuditEntry, act="code_break.open") if row.kind == "act"]
    assert lines == breaks
    assert len(lines) == len(entries)
    assert {row.opening for row in trial.rows(Shown)} <= lines
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []
    return trial


def main() -> int:
    """Run it on both databases and print what came."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.code_break_kills")
    parser.add_argument("--kills", type=int, default=20)
    kills = parser.parse_args().kills
    bad: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        server, shared = PostgresServer(durable=True), Path(folder)
        (shared / "one").mkdir()
        with fresh_postgresql(shared, server.url) as postgresql:
            for database in (fresh_sqlite(shared, shared / "one"), postgresql):
                run(database.url, POINTS, kills, partial(_print, bad, database.dialect))
        server.stop()
    return 1 if bad["bad"] else 0


def _print(bad: Counter[str], dialect: str, point: str, came: Came) -> None:
    print(
        f"{dialect:10} {point:13} kills {came.kills}, arms received {came.arms_seen}, without a line of the book "
        f"{came.unbooked}, retries shown {came.retried}, as a second line {came.second_lines}",
        flush=True,
    )
    bad["bad"] += came.unbooked + (came.kills - came.retried) + (came.kills - came.second_lines)


if __name__ == "__main__":
    sys.exit(main())
