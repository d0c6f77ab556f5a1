"""What every door of the house can tell of treatments before the release, one entry for each; test_exits.py holds it.

A route, an act, a command, a job or a public function of the vault that has no entry here fails the test, and so does
an entry that nothing bears any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from importlib import import_module
from inspect import isclass, isfunction, ismethod
from pkgutil import iter_modules
from types import ModuleType

import click
from flask import Flask

import irt.vault
from irt.cli import group
from irt.gate.act import REGISTRY
from irt.jobs.registry import jobs_of
from irt.settings import Settings
from irt.study import Study
from irt.web.pages import ASSETS


class Tells(Enum):
    """What a door can tell before the release, and to whom."""

    NOTHING = "nothing of anybody's treatment, nor of what is in a kit"
    ONE = "one participant's treatment, once, to the person who signed for it in an emergency or for one report"
    DEPOT = "what lies at the depot by type, or is in a kit list, to the supply manager and whoever brings the list"
    HANDED_IN = "what the statistician hands in: a design, a list"
    PAPER = "both halves of envelopes, each by itself: ciphertexts, and codes that open them"
    INVENTED = "a trial, a list or an allocation that is invented, and not this one"
    RELEASED = "the whole, and nothing of it before a release was carried out"
    VERIFIED = "names of rows that are wrong; a value that was sealed, to verification alone, which tells it nobody"
    PLACES = "whether every arm can be served, which slot or kit is next, how many to send: never of which arm"


ROUTES: dict[Tells, str] = {
    Tells.NOTHING: """
        audit: listed one · auth: activation choose_language own_account own_new_password sign_in sign_out
        board: listed · books: day kits moves printed signed_off · changes: agreed asked declined listed offered
        code_breaks: agreed asked listed of_participant practice_shown practised · coding: coded listed
        depot: certificate destroyed destroying received reported signed withdrawn
        desk: closed listed one opened worksheet · deviations: as_csv classified listed reported
        dispensing: allowed assigned cancelled handed_over kept_back listed slip
        disposals: disposed listed withdrawn witnessed
        doses: completed corrected diary first held recorded resumed stopped
        eligibility: confirmation confirmed in_error randomized stratum · envelopes: listed opened returned
        events: begun followed judged listed none one reported told voided · forecast: latest
        home: health worklist · intercurrent: corrected judged listed one reported · jobs: listed
        kiosk: answered closed ended entered opened
        labels: dispensed listed of_kit of_lot of_shipment to_relabel
        labs: corrected dismissed listed recorded withheld withheld_corrected withheld_recorded
        lock: endorsed frozen one signed thawed unlock_asked unlock_signed · lots: decided listed relabelled
        mishaps: another_site asked gone handed_over listed note note_as_pdf one recovered signed still_here
        mishaps: turned_up uncollected wrong · notices: acknowledged by_mail listed
        outcomes: corrected listed one sheet · paper_codes: emergency entered taken
        papers: card dosing_calendar reminders
        participants: baseline baseline_correction consent listed one screen_failure screened withdrawal
        people: granted invited listed one proposed reviewed stepped · progress: listed
        quarantines: decided listed logger reported · queries: answered asked_again closed listed one raised verified
        recall: as_csv drilled one · release: allowed asked_for one
        results: corrected imported listed one recorded template · returns: discrepancies kits resolved taken_back
        review: decided listing one recorded signed · safety: as_csv listed pooled · sites: listed one stepped
        special: followed listed one reported · study: one stepped
        supply: cancelled corrected depot logger packed received requested sent shelf shipment shipments
        unblindings: as_csv assessed listed one reported · visits: listed recorded skipped unscheduled
    """,
    Tells.ONE: "code_breaks: shown · desk: shown_for_report",
    Tells.DEPOT: "depot: types put_away · supply: manifest",
    Tells.INVENTED: "rehearsal: begun everything one package progress report",
    Tells.RELEASED: "release: analysed analysis carried_out opened_again package progress report",
}

ACTS: dict[Tells, str] = {
    Tells.NOTHING: """
        access: review · account: activate bootstrap disable enable invite invite_again · baseline: correct record
        book: sign_off · change: agree decline request · clocks: remind · code_break: agree practise · desk: close
        destruction: propose sign withdraw · deviation: classify report · diary: correct record
        discrepancy: resolve · disposal: destroy receive_back send_back withdraw witness · dose: first
        eligibility: confirm · envelope: opened returned · envelopes: remind written
        event: code follow_up judge none report tell void · excursion: report · findings: report
        forecast: keep · intercurrent: adjudicate · kiosk: answer close open
        labs: correct dismiss record · lock: endorse freeze sign thaw
        lot: extend hold reject relabel release resume shorten · manifest: dispose · meddra: import
        medication: correct report
        mishap: elsewhere found hand_over_elsewhere lost_or_damaged not_collected not_handed_over recover sign_note
        mishap: wrong_kit · misuse: follow_up report · notice: acknowledge choose_mail
        outcomes: correct draft rate record verify_source · paper_codes: enter issue
        participant: complete consent_again screen screen_fail withdraw · password: renew · population: decide
        pregnancy: follow_up report · quarantine: reject release · query: answer ask_again close raise
        randomization: mark_in_error · recall: drill · release: allow ask · results: correct import record
        review: record sign · role: decline end propose second · shipment: cancel correct receive send
        site: activate close close_recruitment make_ready pause record_approval resume sign_delegation
        stratum: correct · study: amend lay_sites open pause resume · training: record · treatment: hold resume stop
        unblinding: assess report · unlock: ask lapse sign · vault: lay_proof · visit: record skip · visits: sweep
        withheld_labs: correct record · kit: allow cancel hand_over put_by report_at_depot return
    """,
    Tells.ONE: "code_break: open · desk: open",
    Tells.DEPOT: "kits: import",
    Tells.HANDED_IN: "list: prepare seal_own",
    Tells.PAPER: "envelopes: issue",
    Tells.RELEASED: "release: carry_out open_again · handover: keep",
    Tells.PLACES: "participant: randomize · kit: assign · kits: sweep · shelf: review · shipment: pack request\n"
                  "supply: order",
}  # fmt: skip

COMMANDS: dict[Tells, tuple[str, ...]] = {
    Tells.NOTHING: (
        "books accountability", "books inventory", "doses", "envelopes due", "init", "invitation", "jobs",
        "kits labels", "mail status", "meddra import", "scheduler", "score", "serve", "study amend", "study check",
        "supply forecast", "supply recall",
    ),
    Tells.ONE: ("envelopes open",),
    Tells.DEPOT: ("kits generate", "kits import"),
    Tells.HANDED_IN: ("list assess", "list prepare", "list seal-own"),
    Tells.PAPER: ("envelopes export",),
    Tells.INVENTED: ("demo", "simulate"),
    Tells.RELEASED: ("analyse", "package show", "package verify"),
    Tells.VERIFIED: ("verify",),
}  # fmt: skip

JOBS: dict[Tells, tuple[str, ...]] = {
    Tells.NOTHING: ("clocks.remind", "envelopes.remind", "outbox", "unlock.lapse", "visits.sweep"),
    Tells.INVENTED: ("rehearsal",),
    Tells.PLACES: ("kits.sweep", "shelf.review", "supply.order"),
    Tells.VERIFIED: ("verify",),
}

VAULT: dict[Tells, str] = {
    Tells.NOTHING: """
        vault: Vault.create_key Vault.open Vault.seal_bytes Vault.seal_text
        envelopes: Code.mint Code.grouped binding read_code seal_with_code · release: seal_kept
        proof: check lay_proof proof · reveal: line_of redeem shown_at
    """,
    # The line of the book without which nothing opens, and what opens one seal for one person.
    Tells.ONE: "reveal: enter write_line open_one · envelopes: open_with_code",
    Tells.DEPOT: "stock: piles",
    Tells.HANDED_IN: "blind: seal_list seal_own_list made_for_these_arms seal_kits",
    Tells.PAPER: "envelopes: enter seal_envelopes",
    Tells.INVENTED: "redraw: redraws",
    Tells.RELEASED: "release: enter open_whole open_kept Whole.opened",
    Tells.VERIFIED: "check: faults kits_mismatched open_text · release: faults",
    Tells.PLACES: "blind: serves_every_arm draw match calls_for_a_box pick",
}


def entries(table: Mapping[Tells, str | tuple[str, ...]]) -> dict[str, Tells]:
    """Name → what it tells, of a table that writes `group: name name · group: name`, or names as they are."""
    found: dict[str, Tells] = {}
    for tells, written in table.items():
        for name in _names(written):
            assert name not in found, f"{name} stands twice in the table"
            found[name] = tells
    return found


def _names(written: str | tuple[str, ...]) -> Iterator[str]:
    if not isinstance(written, str):
        yield from written
        return
    for part in written.replace("\n", "·").split("·"):
        if part.strip():
            title, _, names = part.partition(":")
            yield from (f"{title.strip()}.{name}" for name in names.split())


def of(table: Mapping[Tells, str | tuple[str, ...]], tells: Tells) -> set[str]:
    """The names that tell this much."""
    return {name for name, told in entries(table).items() if told is tells}


def unsaid(found: Iterable[str], table: Mapping[Tells, str | tuple[str, ...]]) -> list[str]:
    """What is there and has no entry, and what has an entry and is not there."""
    there, written = set(found), set(entries(table))
    return sorted([f"{one}: say what it can tell" for one in there - written]
                  + [f"{one}: is not there" for one in written - there])  # fmt: skip


# -- the registries ------------------------------------------------------------------------------------------------


def routes(app: Flask) -> set[str]:
    """Every route that the app answers at, but style sheets and pictures."""
    return {rule.endpoint for rule in app.url_map.iter_rules()} - set(ASSETS)


def acts() -> set[str]:
    """Every act of the service; tests register some of their own."""
    return {name for name, spec in REGISTRY.items() if spec.run.__module__.startswith("irt.")}


def commands(root: click.Command = group, path: tuple[str, ...] = ()) -> set[str]:
    """Every command that can be typed after `irt`."""
    if not isinstance(root, click.Group):
        return {" ".join(path)}
    return {name for word, one in root.commands.items() for name in commands(one, (*path, word))}


def jobs(study: Study) -> set[str]:
    """Every job of a deployment that sends mail."""
    settings = Settings(mail_server="127.0.0.1", mail_starttls=False, mail_from="irt@trial.example")
    return {job.name for job in jobs_of(settings, study)}


def vault_modules() -> list[ModuleType]:
    """The room's doors: its modules whose names do not begin with an underscore, and the room itself."""
    names = [one.name for one in iter_modules(irt.vault.__path__) if not one.name.startswith("_")]
    return [irt.vault, *(import_module(f"irt.vault.{name}") for name in names)]


def functions(modules: Iterable[ModuleType]) -> set[str]:
    """Every public function of these modules, and every public method of their public classes."""
    found: set[str] = set()
    for module in modules:
        title = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            if isfunction(value):
                found.add(f"{title}.{name}")
            elif isclass(value):
                found |= {f"{title}.{name}.{method}" for method in _methods(value)}
    return found


def _methods(kind: type) -> Iterator[str]:
    for name, value in vars(kind).items():
        plain = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        plain = plain.fget if isinstance(plain, property) else plain
        if not name.startswith("_") and (isfunction(plain) or ismethod(plain)):
            yield name
