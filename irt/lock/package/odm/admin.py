"""Who and where: accounts, sites, and what each signature at lock and release means."""

from datetime import datetime

import odmlib.odm_1_3_2.model as o

from irt.lock.opened import Opened
from irt.lock.package.odm.words import CENTRAL, VERSION, place_oid, plain, study_oid, user_oid

LEGAL = "21 CFR 11.50; ICH E6(R3)"


def meanings(opened: Opened) -> list[str]:
    """Every meaning that somebody signed at lock or release, once."""
    return sorted({row["meaning"] for row in opened.tables["signatures"]})


def admin_data(opened: Opened, made_at: datetime) -> o.AdminData:
    """Users, locations and definitions of signatures."""
    made = o.AdminData(StudyOID=study_oid(opened.study))
    names = {
        row["account"]: row["name"] for table in ("audit_trail", "signatures") for row in opened.tables[table]
    }  # fmt: skip
    for account, name in sorted(names.items()):
        user = o.User(OID=user_oid(account), UserType="Other")
        user.FullName = o.FullName(_content=plain(name) or account or "system")
        made.User.append(user)
    since = (opened.facts.get("list_prepared_at") or made_at.isoformat())[:10]
    places = {CENTRAL: "Central", **{place_oid(one.code): one.name.en for one in opened.study.sites}}
    for oid, name in places.items():
        place = o.Location(OID=oid, Name=name, LocationType="Other" if oid == CENTRAL else "Site")
        place.MetaDataVersionRef.append(
            o.MetaDataVersionRef(StudyOID=study_oid(opened.study), MetaDataVersionOID=VERSION, EffectiveDate=since)
        )
        made.Location.append(place)
    for number, meaning in enumerate(meanings(opened), 1):
        definition = o.SignatureDef(OID=f"SD.{number}", Methodology="Electronic")
        definition.Meaning = o.Meaning(_content=plain(meaning) or "not told")
        definition.LegalReason = o.LegalReason(_content=LEGAL)
        made.SignatureDef.append(definition)
    return made
