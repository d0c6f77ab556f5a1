"""The laboratory and the coding of the trial in `lived`: a row in every table about samples, dictionaries and codes."""

from datetime import date
from decimal import Decimal

from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.safety.dictionary_tables import Dictionary, DictionaryTerm, EventCode
from irt.safety.laboratory_tables import LabDismissal, LabSample, LabValue, WithheldValue

DAY = date(2026, 3, 2)


def examine(act: Act) -> None:
    """p1 and p2 give blood, are found to have raised ALT that is none, and have an event that is coded."""
    for n in (1, 2):
        who = act.find(Participant, id=f"p{n}", lock=False)
        of = {"participant": who.id, "site": who.site}
        act.add(LabSample, id=f"ls{n}", **of, number=1, revision=1, taken_on=DAY, stands=True, recorded_at=act.now,
                recorded_by="a1")  # fmt: skip
        act.add(LabValue, id=f"lv{n}", **of, number=1, revision=1, analyte="alt", value=Decimal("50.5"), unit="U/L",
                lower=Decimal(5), upper=Decimal(40))  # fmt: skip
        act.add(LabDismissal, id=f"ld{n}", **of, number=1, analyte="alt", revision=1, grade=1, reason="muscle",
                dismissed_at=act.now, dismissed_by="a1")  # fmt: skip
        act.add(WithheldValue, id=f"wv{n}", **of, analyte="eosinophils", taken_on=DAY, revision=1,
                value=Decimal("0.31"), unit="10⁹/L", upper=Decimal("0.52"), recorded_at=act.now,
                recorded_by="a1")  # fmt: skip
        code, language = f"9900000{n}", ("en", "zh")[n - 1]
        act.add(Dictionary, id=f"di{n}", version="0.1", language=language, sha256="0" * 64, terms=1,
                imported_at=act.now, imported_by="a1")  # fmt: skip
        named = {"llt_code": code, "llt_name": "Invented", "pt_code": "99100001", "pt_name": "Invented",
                 "soc_code": "99400001", "soc_name": "Invented"}  # fmt: skip
        term = {"dictionary": f"di{n}", "sought": "invented", "current": True, **named}
        act.bulk(DictionaryTerm, [term], batch="dictionary")
        harmed = {"participant": "p1", "site": act.find(Participant, id="p1", lock=False).site}
        act.add(EventCode, id=f"ec{n}", event=f"ae{n}", **harmed, revision=1, about=1, verbatim="invented",
                dictionary=f"di{n}", version="0.1", **named, coded_at=act.now, coded_by="a1")  # fmt: skip
