"""What was asked: events, forms and items from the study file; the logs from the contract of the tables."""

from decimal import Decimal

import odmlib.odm_1_3_2.model as o

from irt.lock.contents import TABLES, Column
from irt.lock.package.odm.words import ASSESSED, LOG, LOGS, SCREENING, STATE, VERSION, both, described
from irt.outcomes.forms import keys_of
from irt.study import Instrument, InstrumentField, Study, Total, Words
from irt.study.design import BaselineField

_KINDS = {"code": "text", "text": "text", "integer": "integer", "number": "double", "date": "date",
          "instant": "datetime", "yesno": "text"}  # fmt: skip
_DAY, _STATE = Words(en="Day of the assessment", zh="评估日期"), Words(en="State", zh="状态")
BASELINE = Words(en="Baseline values", zh="基线数据")
LOG_NAME = Words(en="Records that belong to no visit", zh="不属于访视的记录")


def units_of(study: Study) -> list[o.MeasurementUnit]:
    """Every unit of the study file, once."""
    made = []
    for name in _units(study):
        unit = o.MeasurementUnit(OID=unit_oid(study, name), Name=name)
        unit.Symbol = o.Symbol()
        unit.Symbol.TranslatedText.append(o.TranslatedText(_content=name, lang="en"))
        made.append(unit)
    return made


def unit_oid(study: Study, unit: str) -> str:
    """The OID of a unit of the study file."""
    return f"MU.{_units(study).index(unit) + 1}"


def _units(study: Study) -> list[str]:
    rated = {field.unit or "" for one in study.instruments for field in one.fields}
    return sorted((rated | {one.unit or "" for one in study.baseline}) - {""})


def metadata_version(study: Study) -> o.MetaDataVersion:
    """Protocol, events, forms, groups, items and code lists."""
    made = o.MetaDataVersion(OID=VERSION, Name=f"{study.id} {study.protocol_version}")
    _events(made, study)
    _baseline(made, study)
    for instrument in study.instruments:
        _instrument(made, study, instrument)
    for name in LOGS:
        _log(made, name)
    return made


def _events(made: o.MetaDataVersion, study: Study) -> None:
    made.Protocol = o.Protocol()
    names = {SCREENING: (Words(en="Screening", zh="筛选"), "Scheduled", ["F.baseline"])}
    for visit in study.visits:
        names[f"SE.{visit.id}"] = (visit.name, "Scheduled", [f"F.{one}" for one in visit.instruments])
    for apart in study.unscheduled_visits:
        names[f"SE.{apart.id}"] = (apart.name, "Unscheduled", [f"F.{one}" for one in apart.instruments])
    names[LOG] = (LOG_NAME, "Common", [f"F.{one}" for one in LOGS])
    for place, (oid, (words, kind, forms)) in enumerate(names.items(), 1):
        made.Protocol.StudyEventRef.append(o.StudyEventRef(StudyEventOID=oid, OrderNumber=place, Mandatory="No"))
        event = o.StudyEventDef(OID=oid, Name=words.en, Repeating="Yes" if kind == "Unscheduled" else "No", Type=kind)
        event.Description = described(words)
        for number, form in enumerate(forms, 1):
            event.FormRef.append(o.FormRef(FormOID=form, OrderNumber=number, Mandatory="No"))
        made.StudyEventDef.append(event)


def _form(made: o.MetaDataVersion, oid: str, words: Words, items: list[str], *, repeating: bool = False) -> None:
    """A form with its one group of items."""
    form = o.FormDef(OID=f"F.{oid}", Name=words.en, Repeating="No")
    form.Description = described(words)
    form.ItemGroupRef.append(o.ItemGroupRef(ItemGroupOID=f"G.{oid}", OrderNumber=1, Mandatory="No"))
    made.FormDef.append(form)
    group = o.ItemGroupDef(OID=f"G.{oid}", Name=words.en, Repeating="Yes" if repeating else "No")
    group.Description = described(words)
    for place, item in enumerate(items, 1):
        group.ItemRef.append(o.ItemRef(ItemOID=item, OrderNumber=place, Mandatory="No"))
    made.ItemGroupDef.append(group)


def _baseline(made: o.MetaDataVersion, study: Study) -> None:
    for field in study.baseline:
        made.ItemDef.append(_asked(made, study, f"I.baseline.{field.id}", field, field.label))
    _form(made, "baseline", BASELINE, [f"I.baseline.{one.id}" for one in study.baseline])


def _instrument(made: o.MetaDataVersion, study: Study, instrument: Instrument) -> None:
    oid = f"I.{instrument.id}"
    made.ItemDef.append(_item(f"{oid}.{ASSESSED}", _DAY, "date"))
    made.ItemDef.append(_item(f"{oid}.{STATE}", _STATE, "text"))
    items = [f"{oid}.{ASSESSED}", f"{oid}.{STATE}"]
    for key, field in keys_of(instrument).items():
        number = key.partition(".")[2]
        label = Words(en=f"{field.label.en} {number}".strip(), zh=f"{field.label.zh} {number}".strip())
        made.ItemDef.append(_asked(made, study, f"{oid}.{key}", field, label))
        items.append(f"{oid}.{key}")
    for total in instrument.totals:
        made.ItemDef.append(_total(f"{oid}.{total.id}", total))
        items.append(f"{oid}.{total.id}")
    _form(made, instrument.id, instrument.name, items)


def _asked(
    made: o.MetaDataVersion, study: Study, oid: str, field: BaselineField | InstrumentField, label: Words
) -> o.ItemDef:
    """One value, with its unit, range and choices."""
    below = isinstance(field, InstrumentField) and field.below_detection
    kind = "text" if field.choices or below or field.minimum is None else _number_kind(field.step)
    item = _item(oid, label, kind)
    question = field.question if isinstance(field, InstrumentField) else None
    item.Question = o.Question()
    item.Question.TranslatedText.extend(both(question or label))
    if field.unit:
        item.MeasurementUnitRef.append(o.MeasurementUnitRef(MeasurementUnitOID=unit_oid(study, field.unit)))
    if not below:
        _range(item, field.minimum, field.maximum)
    if field.choices:
        codes = o.CodeList(OID=f"CL{oid[1:]}", Name=label.en, DataType="text")
        for place, choice in enumerate(field.choices, 1):
            codes.EnumeratedItem.append(o.EnumeratedItem(CodedValue=choice, OrderNumber=place))
        made.CodeList.append(codes)
        item.CodeListRef = o.CodeListRef(CodeListOID=f"CL{oid[1:]}")
    return item


def _number_kind(step: Decimal | None) -> str:
    return "integer" if step is not None and step == int(step) else "double"


def _total(oid: str, total: Total) -> o.ItemDef:
    item = _item(oid, total.label, "double")
    _range(item, total.minimum, total.maximum)
    return item


def _range(item: o.ItemDef, least: Decimal | None, most: Decimal | None) -> None:
    for comparator, limit in (("GE", least), ("LE", most)):
        if limit is not None:
            check = o.RangeCheck(Comparator=comparator, SoftHard="Hard")
            check.CheckValue.append(o.CheckValue(_content=str(limit)))
            item.RangeCheck.append(check)


def _item(oid: str, label: Words, kind: str) -> o.ItemDef:
    longest = {"Length": 4000} if kind == "text" else {"Length": 10} if kind == "integer" else {}
    item = o.ItemDef(OID=oid, Name=label.en, DataType=kind, **longest)
    item.Description = described(label)
    return item


def _log(made: o.MetaDataVersion, name: str) -> None:
    table = TABLES[name]
    for column in columns_of(name):
        made.ItemDef.append(_item(f"I.{name}.{column.name}", Words(en=column.en, zh=column.zh), _KINDS[column.kind]))
    items = [f"I.{name}.{one.name}" for one in columns_of(name)]
    _form(made, name, Words(en=table.en, zh=table.zh), items, repeating=True)


def columns_of(name: str) -> list[Column]:
    """The columns of a log but for the participant, whom the subject names."""
    return [one for one in TABLES[name].columns if one.name != "participant"]
