"""A snapshot of the trial as ODM-XML 1.3.2: what was asked, what was answered, by whom each record was last made."""

from datetime import datetime

import odmlib.odm_1_3_2.model as o

from irt.lock.opened import Opened
from irt.lock.package.define import xml_bytes
from irt.lock.package.manifest import MARK
from irt.lock.package.odm.admin import admin_data
from irt.lock.package.odm.answers import clinical_data
from irt.lock.package.odm.questions import metadata_version, units_of
from irt.lock.package.odm.words import study_oid

_NAMESPACES = 'xmlns="http://www.cdisc.org/ns/odm/v1.3"'


def odm_xml(opened: Opened, made_at: datetime, software: str) -> bytes:
    """The whole snapshot; equal input gives equal bytes."""
    study, rehearsal = opened.study, opened.view == "rehearsal"
    root = o.ODM(
        FileOID=f"{study.id}.snapshot.{opened.facts.get('lock_version', '0')}",
        FileType="Snapshot",
        Granularity="All",
        CreationDateTime=made_at.isoformat(),
        ODMVersion="1.3.2",
        Originator=study.id,
        SourceSystem="irt",
        SourceSystemVersion=software,
        Description=(f"{MARK}: the allocation is invented. " if rehearsal else "") + study.title.en,
    )
    made = o.Study(OID=study_oid(study))
    made.GlobalVariables = o.GlobalVariables(
        StudyName=o.StudyName(_content=study.id),
        StudyDescription=o.StudyDescription(_content=f"{f'{MARK} ' if rehearsal else ''}{study.title.en}"),
        ProtocolName=o.ProtocolName(_content=study.registration),
    )
    made.BasicDefinitions = o.BasicDefinitions()
    made.BasicDefinitions.MeasurementUnit.extend(units_of(study))
    made.MetaDataVersion.append(metadata_version(study))
    root.Study.append(made)
    root.AdminData.append(admin_data(opened, made_at))
    root.ClinicalData.append(clinical_data(opened))
    return xml_bytes(root, _NAMESPACES)
