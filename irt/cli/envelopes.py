"""`irt envelopes …`: issued in two halves for two places, and opened with both where nothing else is to be had."""

import base64
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from irt.cli.centre import Centre, Entry, add_to_centre, read_centre, write_new
from irt.cli.wiring import DATABASE, LOGIN, do_as, ordered, service_of, sign_in_here
from irt.clock import local_day, local_time
from irt.paper.both import Both
from irt.paper.envelope import EnvelopePage, EnvelopeTexts, envelopes_pdf, not_in_it
from irt.participants.tables import Participant
from irt.safety.envelope_counts import count, due_among, latest, older_among
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.safety.envelopes import (
    Issued,
    IssueEnvelopes,
    WrittenEnvelopes,
    envelopes_written,
    issue_envelopes,
    seal_issued,
)
from irt.vault.envelopes import CodeMistyped, SealedEnvelope, StaysShut, binding, open_with_code, read_code
from irt.web.records import rows
from irt.wiring import Service

REMINDER = (
    "Tell it to those who treat this participant now, and to nobody else; write it nowhere, and clear this screen.\n"
    "仅可告知正在救治该受试者的人员；不得另行记录，并请清除屏幕。\n"
    "When the service is back, the site records there that the envelope was opened. "
    "系统恢复后，由研究中心在系统中记录拆封。"
)
CENTRE = click.option(
    "--centre", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The on-call centre's file."
)


@click.group()
def envelopes() -> None:
    """Emergency envelopes, for the day on which the service is down."""


@envelopes.command()
@LOGIN
@CENTRE
@click.option("--paper", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="The folder for the sites' papers; on another carrier than the centre's file.")  # fmt: skip
@click.option("--again", multiple=True, metavar="PARTICIPANT", help="Issue this one's anew; give several.")
@click.option("--older", is_flag=True, help="Issue anew whose newest kit was given after the envelope was issued.")
@click.option("--all", "everybody", is_flag=True, help="Issue everybody's anew.")
def export(login: str, centre: Path, paper: Path, again: tuple[str, ...], older: bool, everybody: bool) -> None:
    """Issue the envelopes that are due: ciphertexts for the on-call centre, codes on paper for the sites."""
    service = service_of()
    _require_apart(centre, paper)
    _require_writable(service, centre, paper)
    order = ordered(
        IssueEnvelopes, again=again, older="yes" if older else None, everybody="yes" if everybody else None
    )  # fmt: skip
    actor, password = sign_in_here(service, login)
    issued: Issued = do_as(service, actor, password, issue_envelopes, order).answer
    now = service.clock.now()
    sealed = seal_issued(
        service.housekeeping, service.vault, service.study, service.entropy, issued.opening, account=actor.account,
        now=now,
    )  # fmt: skip
    try:
        papers = _write_papers(service, paper, issued, sealed, now)
        kept = add_to_centre(centre, service.study.id, _entries(service, issued, sealed, now), service.entropy)
    except OSError as fault:
        numbers = " ".join(f"--again {one.number}" for one in issued.envelopes)
        raise click.ClickException(
            f"{fault.filename}: cannot be written ({fault.strerror}). What was written of these envelopes opens "
            f"nothing; make room, and issue them anew: {numbers}"
        ) from None
    do_as(service, actor, password, envelopes_written, WrittenEnvelopes(opening=issued.opening))
    for path, pages in papers.items():
        click.echo(f"{path}: {pages} envelopes; print it, fold and seal each, and delete the file")
    click.echo(f"{centre}: {len(issued.envelopes)} new of {len(kept.entries)}; bring it to the on-call centre")
    _warn_of_missing(service, centre, kept)


@envelopes.command("open")
@CENTRE
@click.option("--participant", prompt="Participant's number 受试者编号", help="As it stands on the envelope.")
@click.option("--serial", prompt="Serial of the envelope 信封序号", type=click.IntRange(min=1))
@click.option("--code", prompt="Code 代码", help="Better typed when asked for: a command is kept in a history.")
def open_envelope(centre: Path, participant: str, serial: int, code: str) -> None:
    """Open one envelope with both halves. Needs neither the service nor its settings, database or key."""
    known = read_centre(centre)
    number = participant.strip().upper()
    entry = known.entries.get(number)
    if entry is None:
        raise click.ClickException(
            f"--participant: {participant} has no envelope in {centre}; compare the number with the paper, or get the "
            "newest file"
        )
    _require_newest(centre, number, entry, serial)
    try:
        bound_to = binding(known.trial, number, entry.serial)
        told = json.loads(open_with_code(entry.ciphertext, read_code(code), bound_to))
    except CodeMistyped:
        raise click.ClickException(
            "--code: is not whole: it has five groups of four letters and digits; have it read out once more"
        ) from None
    except StaysShut:
        raise click.ClickException(
            f"--code: does not open the envelope {serial} of {number}; compare number, serial and code with the paper"
        ) from None
    click.echo(_said(told))


@envelopes.command("due")
@DATABASE
def due(database: str | None) -> None:
    """Count the envelopes: how many are due, what became of those issued, and how many are older than a kit given."""
    service = service_of(database)
    with service.database.reading(service.credentials.operator()) as session:
        counts = count(rows(session, Envelope), rows(session, EnvelopeFate))
        wanted, older = due_among(partial(rows, session)), older_among(partial(rows, session))
    told = {"due": len(wanted), **vars(counts), "older": len(older.keys() - wanted)}
    click.echo(", ".join(f"{name} {number}" for name, number in told.items()))


def _require_apart(centre: Path, paper: Path) -> None:
    """Both halves in one place open every envelope, whoever finds them there."""
    files, papers = centre.resolve().parent, paper.resolve()
    if files == papers or papers in files.parents or files in papers.parents:
        raise click.BadParameter(
            f"{paper}: lies with {centre}: whoever came by both would read every treatment; name a folder on another "
            "carrier, neither of the two within the other",
            param_hint="--paper",
        )


def _require_writable(service: Service, centre: Path, paper: Path) -> None:
    """Ask before anything is issued what would otherwise fail after it."""
    try:
        paper.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise click.BadParameter(f"{paper}: cannot be made ({fault.strerror})", param_hint="--paper") from None
    for option, folder in (("--paper", paper), ("--centre", centre.parent)):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise click.BadParameter(f"{folder}: cannot be written to; name another", param_hint=option)
    if centre.exists() and (held := read_centre(centre).trial) != service.study.id:
        raise click.BadParameter(f"{centre}: is the file of trial {held}; name this trial's", param_hint="--centre")


def _write_papers(
    service: Service, folder: Path, issued: Issued, sealed: Sequence[SealedEnvelope], now: datetime
) -> dict[Path, int]:
    """One PDF for each site; never over one that is there."""
    site_of = {one.number: one.site for one in issued.envelopes}
    by_site: dict[str, list[EnvelopePage]] = defaultdict(list)
    for one in sealed:
        by_site[site_of[one.number]].append(EnvelopePage(one.number, one.serial, one.code.grouped))
    written = {}
    for site, pages in sorted(by_site.items()):
        path = folder / f"envelopes-{site}-{now:%Y%m%d-%H%M%S}-{issued.opening[:6]}.pdf"
        texts = _texts(service, site, now)
        footer = f"{service.study.id} / {site} / {texts.issued_on}"
        write_new(path, envelopes_pdf(texts, pages, footer=footer, made_at=now))
        written[path] = len(pages)
    return written


def _texts(service: Service, code: str, now: datetime) -> EnvelopeTexts:
    study, site = service.study, service.study.site(code)
    return EnvelopeTexts(
        trial=Both(study.title.en, study.title.zh),
        registration=study.registration,
        site=Both(f"{code} {site.name.en}", site.name.zh),
        issued_on=local_day(now, site.time_zone).isoformat(),
        issued_at=local_time(now, site.time_zone),
        telephone=study.label.emergency_telephone or "",
    )


def _entries(
    service: Service, issued: Issued, sealed: Sequence[SealedEnvelope], now: datetime
) -> dict[str, Entry]:  # fmt: skip
    site_of = {one.number: one.site for one in issued.envelopes}
    return {
        one.number: Entry(
            site_of[one.number],
            one.serial,
            local_day(now, service.study.site(site_of[one.number]).time_zone).isoformat(),
            base64.b64encode(one.sealed).decode(),
        )
        for one in sealed
    }


def _warn_of_missing(service: Service, path: Path, centre: Centre) -> None:
    """Name the envelopes that count and are not in the file: with it alone, their papers open nothing."""
    with service.database.reading(service.credentials.operator()) as session:
        newest = latest(rows(session, Envelope))
        numbers = {row.id: row.screening_number for row in rows(session, Participant) if row.id in newest}
    held = {number: entry.serial for number, entry in centre.entries.items()}
    missing = sorted(numbers[who] for who, row in newest.items() if held.get(numbers[who]) != row.serial)
    if missing:
        click.echo(
            f"Not in {path}: {', '.join(missing)}. Name the file that has them, or issue them anew with --again.",
            err=True,
        )


def _require_newest(path: Path, number: str, entry: Entry, serial: int) -> None:
    if serial < entry.serial:
        raise click.ClickException(
            f"--serial: envelope {serial} of {number} was replaced by envelope {entry.serial} of {entry.issued_on}; it "
            "opens nothing any more, take the newest"
        )
    if serial > entry.serial:
        raise click.ClickException(
            f"--serial: {path} holds envelope {entry.serial} of {number}, older than yours; take the newest file, "
            "or the earlier envelope, which opens with this one"
        )


def _said(told: Mapping[str, Any]) -> str:
    """What was assigned and what else was given, in both languages, with who may know."""
    lines = [
        f"{told['trial']} · {told['participant']} · envelope 信封 {told['serial']} · {told['date']}",
        f"Assigned 分配: {told['arm']['zh']} · {told['arm']['en']}",
    ]
    for other in told["other_kits"]:
        lines += [
            f"Wrong kit 错发药盒 {kit}: {other['content']['zh']} · {other['content']['en']}" for kit in other["kits"]
        ]
    if not told["other_kits"]:
        lines.append("Every kit given by then was of the treatment assigned. 截至签发时所发药盒均与分配一致。")
    lines.append(not_in_it(told["moment"]).line)
    return "\n".join([*lines, "", REMINDER])


COMMANDS = [envelopes]
