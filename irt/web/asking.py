"""One way for every form: shown with a new request id, taken once, shown again with all that was wrong.

A view says which act its form is for, what the page's address fixes, and where to go when it is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.entropy import new_id
from irt.gate.act import ActSpec, Order, spec_of
from irt.gate.perform import Done
from irt.gate.refusals import Refused
from irt.people.paper_codes import issue
from irt.web import forms, identity, pages
from irt.web.forms import Mistakes
from irt.web.wired import service
from irt.web.wording import mistakes_of, say

Words = Any  # a text, or a text that is translated when it is shown
STALE = _l("This form was not filled in here, or is too old. Check it and send it again.")


@dataclass(frozen=True)
class Field:
    """One thing that a form asks for."""

    name: str
    # text, number, decimal, day, time, choice, radio, checks (several; `value`: joined by commas), password, file, pdf,
    # note, scan (a kit, at once), kit; shown
    kind: str = "text"
    label: Words = None  # default: the field's word
    choices: tuple[tuple[str, Words], ...] = ()
    hint: Words = ""
    unit: str = ""
    optional: bool = False
    value: str = ""


@dataclass(frozen=True)
class Asked:
    """A form as it is shown: its act, its fields, what was typed, what was wrong."""

    spec: ActSpec
    title: Words
    fields: tuple[Field, ...]
    request_id: str
    typed: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mistakes = field(default_factory=lambda: Mistakes(()))
    refusal: str | None = None
    on_paper: str | None = None  # where a paper code is taken for the password that was refused

    @property
    def has_file(self) -> bool:
        """Whether the form sends a file."""
        return any(one.kind in ("file", "pdf") for one in self.fields)

    def value(self, one: Field) -> str:
        """What stands in a field: as typed, else as the page proposes."""
        if one.kind in ("password", "file", "pdf"):
            return ""
        if one.kind == "shown":
            return one.value  # also when the form is shown again: the page says what is so by now
        return self.typed.get(one.name, one.value)

    def chosen(self, one: Field) -> list[str]:
        """What is ticked among the answers of a field of which several may be."""
        return request.form.getlist(one.name) if request.method == "POST" else one.value.split(",")


def ask(
    function: Callable[..., Any],
    *,
    title: Words,
    done: str | Callable[[Done], str],
    given: Mapping[str, Any] | None = None,
    fields: tuple[Field, ...] = (),
    template: str = "form.html",
    said: Words = None,
    **context: Any,
) -> Any:
    """Show the form of an act, or take it: 303 to `done`, or the form again with its mistakes and a new token."""
    if request.method == "GET":
        return shown(function, title, fields, template, context)
    outcome = attempt(function, given or {})
    if isinstance(outcome, Done):
        told = said(outcome) if callable(said) else said
        if text := str(told if told is not None else _("Recorded.")):
            flash(text, "success")
        return redirect(done(outcome) if callable(done) else done, 303)
    return shown(function, title, fields, template, context, outcome)


def shown(
    function: Callable[..., Any],
    title: Words,
    fields: tuple[Field, ...],
    template: str,
    context: Mapping[str, Any],
    outcome: "Mistakes | str | None" = None,
) -> Any:
    """The page of a form, with what was typed and what was wrong with it."""
    asked = Asked(
        spec_of(function),
        title,
        fields,
        minted(),
        request.form.to_dict() if request.method == "POST" else {},
        outcome if isinstance(outcome, Mistakes) else Mistakes(()),
        outcome if isinstance(outcome, str) else None,
        _on_paper(spec_of(function), outcome),
    )
    page = render_template(template, asked=asked, **{"back": None, "lead": None, "press": None, **context})
    return page if outcome is None else (page, 422)


def _on_paper(spec: ActSpec, outcome: "Mistakes | str | None") -> str | None:
    """The way in by a paper code and back to this form, for who may have a sheet and did not sign with the password."""
    person = pages.actor()
    if not isinstance(outcome, Mistakes) or not outcome.of("password"):
        return None
    if not spec.emergency or person.emergency or not person.roles & spec_of(issue).roles:
        return None
    return url_for("paper_codes.entered", next=identity.form_here())


def attempt(function: Callable[..., Any], given: Mapping[str, Any]) -> "Done | Mistakes | str":
    """Parse, sign and perform: done, or what was wrong (each mistake, or the sentence of a refusal)."""
    spec = spec_of(function)
    order = forms.parse(spec.order, request.form, given)
    request_id = forms.request_id_of(request.form)
    if isinstance(order, Mistakes):
        return order
    if request_id is None:
        return str(STALE)
    try:
        return performed(function, spec, order, request_id)
    except Refused as refusal:
        found = mistakes_of(refusal)
        return Mistakes(found) if found else say(refusal)


def performed(function: Callable[..., Any], spec: ActSpec, order: Order, request_id: str) -> Done | Mistakes:
    """Perform one order for the signed-in person, signed with the password typed when the act asks for it."""
    wired, by = service(), pages.actor()
    signature = None
    if spec.sign is not None:
        password = request.form.get("password", "")
        if not password:
            return unsigned()
        signature = wired.credentials.sign(by, password, function, order)
    return wired.gate.perform(function, order, by=by, request_id=request_id, signature=signature)


def unsigned() -> Mistakes:
    """The mistake of a form that is to be signed and was not."""
    if pages.actor().emergency:
        remedy = _("type the next unused code of your sheet: it signs this step")
    else:
        remedy = _("type your password: it signs this step")
    return Mistakes((forms.mistake("password", "", remedy),))


def minted() -> str:
    """A new request id, for the form that is about to be shown."""
    return new_id(service().entropy)
