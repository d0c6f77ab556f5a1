"""Datasets as CDISC Dataset-JSON v1.1: every text whole, days as ISO 8601."""

import json
from datetime import datetime
from typing import Any

from irt.lock.package.dataset import Dataset, Value, Variable

VERSION = "1.1.0"
_TYPES = {"text": "string", "datetime": "string", "integer": "integer", "float": "double", "date": "date"}


def dataset_json(dataset: Dataset, study: str, made_at: datetime, software: str, define: str) -> bytes:
    """The dataset as one file; `define`: the name of the define.xml beside it. Equal input gives equal bytes."""
    columns = list(zip(*dataset.rows, strict=True)) or [()] * len(dataset.variables)
    document = {
        "datasetJSONCreationDateTime": made_at.isoformat(),
        "datasetJSONVersion": VERSION,
        "fileOID": f"{study}.{dataset.standard}.{dataset.name}",
        "originator": study,
        "sourceSystem": {"name": "irt", "version": software},
        "studyOID": f"ST.{study}",
        "metaDataVersionOID": f"MDV.{study}.{dataset.standard}",
        "metaDataRef": define,
        "itemGroupOID": f"IG.{dataset.name}",
        "records": len(dataset.rows),
        "name": dataset.name,
        "label": dataset.label,
        "columns": [_column(one, values, dataset.name) for one, values in zip(dataset.variables, columns, strict=True)],
        "rows": [
            [_value(one, value) for one, value in zip(dataset.variables, row, strict=True)] for row in dataset.rows
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _column(variable: Variable, values: tuple[Value, ...], dataset: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "itemOID": f"IT.{dataset}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        "dataType": _TYPES[variable.type],
    }
    if variable.type in ("text", "datetime"):
        told["length"] = max((len(str(one or "")) for one in values), default=1) or 1
    if variable.type == "date":
        told |= {"targetDataType": "integer", "displayFormat": "DATE9."}
    return told | ({"keySequence": variable.key} if variable.key else {})


def _value(variable: Variable, value: Value) -> Value:
    if value is None or (value == "" and variable.type not in ("text", "datetime")):
        return None
    return value
