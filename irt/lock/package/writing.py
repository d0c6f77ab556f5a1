"""The package written: from `Opened` to the bytes of one ZIP."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from irt.lock.contents import TABLES
from irt.lock.opened import Opened
from irt.lock.package.adam import adam_datasets
from irt.lock.package.archive import packed
from irt.lock.package.certificate import certificate_pdf
from irt.lock.package.dataset import Dataset
from irt.lock.package.dataset_json import dataset_json
from irt.lock.package.define import About, define_xml
from irt.lock.package.dictionary import codelists_csv, dictionary_csv
from irt.lock.package.manifest import FACTS, MARK, README, SUMS, head_of, manifest_json, named, sums
from irt.lock.package.odm import odm_xml
from irt.lock.package.reading import STUDY
from irt.lock.package.readme import readme
from irt.lock.package.sdtm import sdtm_datasets
from irt.lock.package.tables import FOLDER, table_files
from irt.lock.package.xpt import xpt

Progress = Callable[[int, int], None]  # parts done, of how many
Files = dict[str, bytes]
ENVIRONMENT = "environment.json"

WHAT = {  # by file or folder, in the order of the README
    SUMS: ("SHA-256 of every other file", "其他每个文件的 SHA-256"),
    FACTS: ("the same for programs, and what this package is", "供程序使用的清单及数据包说明"),
    STUDY: ("the study file that the trial was run by", "试验所用的研究文件"),
    f"{FOLDER}/": ("tables 1 to 28, one CSV file each", "表 1 至 28，每表一个 CSV 文件"),
    "dictionary.csv": ("every column of every table", "各表各列说明"),
    "codelists.csv": ("codes of the study file with their words", "研究文件中的代码及含义"),
    "certificate.pdf": ("the lock certificate with every signature so far", "锁库证书（含迄今全部签名）"),
    "sdtm/": ("SDTM datasets: SAS transport, Dataset-JSON, define.xml", "SDTM 数据集"),
    "adam/": ("ADaM datasets: SAS transport, Dataset-JSON, define.xml", "ADaM 数据集"),
    "odm/": ("the trial as an ODM-XML 1.3.2 snapshot with audit records", "ODM-XML 1.3.2 快照（含稽查记录）"),
    ENVIRONMENT: ("versions of the software that made it", "生成数据包的软件版本"),
}


def write_package(
    opened: Opened, progress: Progress | None = None, *, made_at: datetime, software: str, versions: Mapping[str, str]
) -> bytes:
    """The whole package as a ZIP. Equal input and equal libraries give equal bytes; `made_at` is its only time.

    `software`: the version of irt; `versions`: of whatever else made it, by name. Raises ValueError for a time without
    offset.
    """
    parts: Sequence[Callable[[], Files]] = (
        lambda: {STUDY: opened.study.content},
        lambda: table_files(opened.tables, "final"),
        lambda: _about_the_tables(opened),
        lambda: {"certificate.pdf": certificate_pdf(opened, made_at, software)},
        lambda: _datasets("sdtm", sdtm_datasets(opened), opened, made_at, software),
        lambda: _datasets("adam", adam_datasets(opened), opened, made_at, software),
        lambda: {"odm/odm.xml": odm_xml(opened, made_at, software)},
        lambda: {ENVIRONMENT: _environment(software, versions)},
    )
    files: Files = {}
    for done, part in enumerate(parts, 1):
        files |= part()
        if progress is not None:
            progress(done, len(parts) + 1)
    content = packed(_listed(files, opened, made_at, software), made_at)
    if progress is not None:
        progress(len(parts) + 1, len(parts) + 1)
    return content


def _listed(files: Files, opened: Opened, made_at: datetime, software: str) -> Files:
    """The files under their names in this view, README first and both manifests last."""
    view, study = opened.view, opened.study
    told = {named(name, view) if not name.endswith("/") else name: words for name, words in WHAT.items()}
    text = readme(opened, told, sums=named(SUMS, view), made_at=made_at.isoformat(), software=software)
    whole = {named(name, view): content for name, content in {README: text, **files}.items()}
    what = {named(name, view): _what(name) for name in (README, *files)}
    head = head_of(study.id, study.registration, opened.facts, view, made_at, software)
    whole[named(FACTS, view)] = manifest_json(head, whole, what)
    whole[named(SUMS, view)] = sums(whole)
    return whole


def _what(name: str) -> str:
    """What a file is, in English."""
    tables = {f"{FOLDER}/{one.file}": one.en for one in TABLES.values()}
    if name in tables:
        return tables[name]
    folder = name.partition("/")[0] + "/"
    return (WHAT.get(name) or WHAT.get(folder) or ("what is what, and how to verify it", ""))[0]


def _about_the_tables(opened: Opened) -> Files:
    return {
        "dictionary.csv": dictionary_csv(),
        "codelists.csv": codelists_csv(opened.study, letters=opened.view == "letters"),
    }


def _datasets(folder: str, datasets: Sequence[Dataset], opened: Opened, made_at: datetime, software: str) -> Files:
    """Each dataset twice, and what they are."""
    study, view = opened.study, opened.view
    said = {"rehearsal": f"{MARK}, the allocation is invented:", "letters": "Arms are called A and B:"}.get(view, "")
    define = named("define.xml", view)
    files: Files = {}
    for dataset in datasets:
        name = f"{folder}/{dataset.name.lower()}"
        files[f"{name}.xpt"] = xpt(dataset, made_at)
        files[f"{name}.json"] = dataset_json(dataset, study.id, made_at, software, define)
    about = About(study.id, study.registration, study.title.en, said, software, made_at)
    beside = {one.name: named(f"{one.name.lower()}.xpt", view) for one in datasets}
    return files | {f"{folder}/define.xml": define_xml(datasets, about, beside)}


def _environment(software: str, versions: Mapping[str, str]) -> bytes:
    document = {"irt": software, **dict(sorted(versions.items()))}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
