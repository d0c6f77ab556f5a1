"""Test codes of at most eight letters for the values of a study file: the same file gives the same codes."""

import re
from collections.abc import Iterable, Mapping

from irt.lock.package.dataset import LONGEST_LABEL, LONGEST_NAME, ascii_text
from irt.outcomes.forms import keys_of
from irt.study import Instrument, Study

# CDISC's codes for what a laboratory measures; what is not here is named by the study file's own id.
LABORATORY: Mapping[str, tuple[str, str]] = {
    "ck": ("CK", "Creatine Kinase"), "aldolase": ("ALDOLASE", "Aldolase"), "ldh": ("LDH", "Lactate Dehydrogenase"),
    "ast": ("AST", "Aspartate Aminotransferase"), "alt": ("ALT", "Alanine Aminotransferase"),
    "ggt": ("GGT", "Gamma Glutamyl Transferase"), "bilirubin": ("BILI", "Bilirubin"),
    "alp": ("ALP", "Alkaline Phosphatase"), "creatinine": ("CREAT", "Creatinine"),
    "platelets": ("PLAT", "Platelets"), "eosinophils": ("EOS", "Eosinophils"), "lymphocytes": ("LYM", "Lymphocytes"),
    "cd4_number": ("CD4", "CD4"), "cd4_proportion": ("CD4LY", "CD4/Lymphocytes"),
    "il2": ("INTLK2", "Interleukin 2"), "il6": ("INTLK6", "Interleukin 6"), "il10": ("INTLK10", "Interleukin 10"),
    "il17a": ("INTLK17A", "Interleukin 17A"), "ifn_gamma": ("IFNG", "Interferon Gamma"),
    "tnf_alpha": ("TNFA", "Tumor Necrosis Factor alpha"),
}  # fmt: skip


def laboratory_test(field: str, label: str) -> tuple[str, str]:
    """LBTESTCD and LBTEST of a value."""
    return LABORATORY.get(field) or (_letters(field)[:LONGEST_NAME], ascii_text(label, LONGEST_LABEL))


def instrument_tests(study: Study, instruments: Iterable[Instrument]) -> dict[tuple[str, str], tuple[str, str]]:
    """QSTESTCD and QSTEST of every value of these instruments, by instrument and key.

    Four letters of the instrument and the place of the value in it; TOT for its total, T2 on for more.
    """
    found: dict[tuple[str, str], tuple[str, str]] = {}
    stems: dict[str, str] = {}
    for instrument in instruments:
        stem = _letters(instrument.id)[:4]
        while stem in stems.values():
            stem = stem[:3] + chr(ord("A") + len(stems))
        stems[instrument.id] = stem
        for place, (key, field) in enumerate(keys_of(instrument).items(), 1):
            item = f" {key.partition('.')[2]}" if "." in key else ""
            found[instrument.id, key] = f"{stem}{place:02}", ascii_text(f"{field.label.en}{item}", LONGEST_LABEL)
        for place, total in enumerate(instrument.totals, 1):
            code = f"{stem}TOT" if place == 1 else f"{stem}T{place}"
            found[instrument.id, total.id] = code, ascii_text(total.label.en, LONGEST_LABEL)
    assert len({code for code, _ in found.values()}) == len(found), f"{study.id}: each value has a code of its own"
    return found


def _letters(text: str) -> str:
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    return plain if plain[:1].isalpha() else f"X{plain}"
