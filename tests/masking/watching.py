"""What a run leaves beside the database: every logger at its most talkative in one file, and every temporary file.

Temporary files that are removed are kept in a copy first; such without a name, which nobody can search afterwards, are
counted.
"""

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = "%(asctime)s %(levelname)s %(name)s %(pathname)s:%(lineno)d %(threadName)s %(message)s"


@dataclass
class Watch:
    """A folder for temporary files, under watch."""

    folder: Path
    kept: Path  # copies of what was removed
    made: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)


class Ear:
    """Python's audit events about files; a hook can never be taken away, so there is one, and it mostly sleeps."""

    def __init__(self) -> None:
        self.watch: Watch | None = None
        self.busy = threading.local()
        sys.addaudithook(self.hear)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Note what happens in the watched folder."""
        watch = self.watch
        if watch is None or event not in ("open", "os.remove", "tempfile.mkstemp", "tempfile.mkdtemp"):
            return
        if getattr(self.busy, "copying", False) or not isinstance(args[0], str | os.PathLike):
            return
        path = Path(os.fspath(args[0]))
        if path != watch.folder and watch.folder not in path.parents:
            return
        if event == "open" and isinstance(args[2], int) and args[2] & os.O_TMPFILE == os.O_TMPFILE:
            watch.nameless.append(str(path))
        elif event.startswith("tempfile."):
            watch.made.append(path.name)
        elif event == "os.remove" and path.is_file():
            self.busy.copying = True
            try:
                shutil.copyfile(path, watch.kept / f"{len(list(watch.kept.iterdir()))}-{path.name}")
            finally:
                self.busy.copying = False


EAR = Ear()


@contextmanager
def temporary_files(folder: Path, kept: Path) -> Iterator[Watch]:
    """Send all temporary files into `folder`, and keep in `kept` what is removed from there."""
    folder.mkdir()
    kept.mkdir()
    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    watch = Watch(folder, kept)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    EAR.watch = watch
    try:
        yield watch
    finally:
        EAR.watch, tempfile.tempdir = None, before
        if variable is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = variable


@contextmanager
def looking_away() -> Iterator[None]:
    """What the test itself makes is not the service's: its temporary files go elsewhere, unwatched."""
    watch, folder = EAR.watch, tempfile.tempdir
    EAR.watch, tempfile.tempdir = None, "/var/tmp"
    try:
        yield
    finally:
        EAR.watch, tempfile.tempdir = watch, folder


@contextmanager
def all_logs(path: Path) -> Iterator[None]:
    """Write what every logger says, at DEBUG, to the file at `path` and nowhere else."""
    root = logging.getLogger()
    loggers = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.disabled, one.propagate, one.handlers) for one in [root, *loggers]]
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.captureWarnings(True)
    for one, *_ in before:
        one.disabled, one.propagate, one.handlers = False, True, []
        one.setLevel(logging.DEBUG)
    root.handlers = [handler]
    try:
        yield
    finally:
        logging.captureWarnings(False)
        for one, level, disabled, propagate, handlers in before:
            one.disabled, one.propagate, one.handlers = disabled, propagate, handlers
            one.setLevel(level)
        handler.close()
