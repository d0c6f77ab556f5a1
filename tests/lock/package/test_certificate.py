"""The certificate says what was locked, by whom, over which hash; a rehearsal's says so on every page."""

import io
import re

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader
from sqlalchemy import CheckConstraint

from irt.gate.act import REGISTRY
from irt.gate.rows import table_of
from irt.lock import release, review, steps, unlocking
from irt.lock.contents import TABLES
from irt.lock.package.certificate import certificate_pdf
from irt.lock.package.manifest import named
from irt.lock.package.signed import MEANINGS, ROLES, STEPS
from irt.lock.tables import LockSignature
from tests.analysis.invented import changed
from tests.house.sources import ROOT
from tests.lock.package.packages import AT, VIEWS, files_of, package, trial


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def squeezed(text: str) -> str:
    """Without the breaks of lines that paper has."""
    return "".join(text.split())


@pytest.mark.parametrize("view", VIEWS)
def test_hashes_signatures_and_counts_are_on_it_in_both_languages(view) -> None:
    pages = pages_of(files_of(package(view))[named("certificate.pdf", view)])
    text, facts = squeezed(" ".join(pages)), trial(view).facts
    for said in (
        facts["frozen_sha256"], facts["merkle_root"], facts["study_sha256"], "NCT05495321", "数据库锁定证书",
        "Certificateofdatabaselock", "低剂量白介素-2治疗难治性皮肌炎", "电子签名", "2029-01-1011:04:05+08:00",
    ):  # fmt: skip
        assert said in text, said
    for row in trial(view).tables["signatures"]:
        assert squeezed(row["name"]) in text
        assert squeezed(row["meaning"]) in text
    assert "2029-01-0111:00:00+08:00" in text  # 03:00 UTC by the sponsor's clock
    assert "研究者investigator" in text
    for name, table in TABLES.items():
        assert f"{squeezed(f'Table {table.number}: {table.en}')}{len(trial(view).tables[name])}行rows" in text


def test_every_page_of_a_rehearsal_bears_its_mark_and_no_other_does() -> None:
    rehearsal = pages_of(files_of(package("rehearsal"))["REHEARSAL_certificate.pdf"])
    assert len(rehearsal) >= 2
    for page in rehearsal:
        assert "REHEARSAL" in squeezed(page)
        assert page.count("REHEARSAL") >= 2  # across the page and at its foot
    for view in ("final", "letters"):
        assert "REHEARSAL" not in squeezed("".join(pages_of(files_of(package(view))["certificate.pdf"])))


def test_letters_are_said_to_be_letters() -> None:
    text = squeezed("".join(pages_of(files_of(package("letters"))["certificate.pdf"])))
    assert "ArmsarecalledAandB" in text
    assert "组别以A、B表示" in text


FALSE = {
    "final": ("cannotbecomputed", "neverpublished", "invented", "notchecked", "AandB", "openedonce"),
    "letters": ("canbecomputed", "andtheseedinit", "neverpublished", "invented", "notchecked", "eachopeningis"),
    "rehearsal": ("Thedatawerefrozen", "waspublishedbefore", "cannotbecomputed", "AandB", "eachopeningis"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_it_says_nothing_that_is_true_of_another_view(view) -> None:
    text = squeezed("".join(pages_of(files_of(package(view))[named("certificate.pdf", view)])))
    assert [said for said in FALSE[view] if said in text] == []
    counted = "未核对：演练notchecked:arehearsal" if view == "rehearsal" else "7"
    assert f"Signaturesoflockandreleaseoverthem{counted}" in text


def test_after_a_second_opening_each_is_on_it_and_the_frozen_data_are_signed_as_often() -> None:
    again = "What was made of the release was lost before it was kept. I open the allocation once more, for it alone"

    def opened_again(rows):
        told = {"step": "release_again", "signed_at_utc": "2029-01-09T01:00:00Z", "meaning": again}
        return [*rows, rows[-1] | told | {"told": "version 1: final; the server went down"}]

    text = squeezed("".join(pages_of(certificate_pdf(changed(trial(), signatures=opened_again), AT, "0.1.0"))))
    assert "再次揭盲releaseagainversion1:final;theserverwentdown" in text
    assert "Signaturesoflockandreleaseoverthem7" in text
    assert "eachopeningissignedbelow" in text
    assert "once" not in text.replace("Iopentheallocationoncemore", "")


def test_many_signatures_take_many_pages_and_what_is_told_stands_there() -> None:
    def more(rows):
        return [rows[0] | {"account": f"b{place}", "told": f"why {place}"} for place in range(40)]

    content = certificate_pdf(changed(trial(), signatures=more), AT, "0.1.0")
    text = squeezed("".join(pages_of(content)))
    assert len(pages_of(content)) > 4
    assert all(f"why{place}签名含义" in text for place in range(40))
    assert content == certificate_pdf(changed(trial(), signatures=more), AT, "0.1.0")


def test_signatures_stand_in_the_order_of_time_with_their_meaning_in_both_languages() -> None:
    meaning = "I allow the allocation to be released to the final analysis"

    def later_first(rows):
        return [
            row | {"meaning": meaning, "name": f"Name {place}", "signed_at_utc": f"2029-01-01T0{9 - place}:00:00Z"}
            for place, row in enumerate(rows)
        ]

    text = squeezed("".join(pages_of(certificate_pdf(changed(trial(), signatures=later_first), AT, "0.1.0"))))
    assert squeezed(f"签名含义 Meaning: 本人批准将随机分配结果交付最终分析 {meaning}") in text
    places = [text.index(f"Name{place}") for place in range(7)]
    assert places == sorted(places, reverse=True)


def test_every_step_that_is_signed_is_told_in_chinese() -> None:
    checks = [str(one.sqltext) for one in table_of(LockSignature).constraints if isinstance(one, CheckConstraint)]
    (allowed,) = [one for one in checks if one.startswith("step IN")]
    steps_there_are = set(re.findall("'([a-z]+)'", allowed))
    assert len(steps_there_are) >= 5
    assert steps_there_are | {"freeze", "release_again"} == STEPS.keys()


def test_whatever_is_signed_at_lock_and_release_is_told_in_chinese_as_the_pages_tell_it() -> None:
    rooms = {one.__name__ for one in (release, review, steps, unlocking)}
    signed = {spec.sign for spec in REGISTRY.values() if spec.run.__module__ in rooms and spec.sign}
    assert len(signed) >= 11
    assert signed == MEANINGS.keys()
    with (ROOT / "irt/translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    for english, chinese in MEANINGS.items():
        found = catalogue.get(english)
        assert found is not None
        assert found.string == chinese
    lock = trial().study.lock
    assert {*lock.signers, *lock.release_signers, *lock.reopen_signers} <= ROLES.keys()
