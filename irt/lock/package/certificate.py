"""The lock certificate: what was locked, by whom it was signed and what was handed over, in English and Chinese."""

from datetime import datetime
from zoneinfo import ZoneInfo

from irt.lock.contents import TABLES, Row
from irt.lock.opened import Opened, View
from irt.lock.package.signed import MEANINGS, ROLES, STEPS
from irt.paper.both import Both
from irt.paper.note import Fact, FileNote, Signed, note_pdf

KIND = Both("Certificate of database lock", "数据库锁定证书")
VIEWS: dict[View, Both] = {
    "final": Both("The allocation, opened once", "已揭盲的随机分配，仅开启一次"),
    "letters": Both("Arms are called A and B; which is which is not told", "组别以 A、B 表示，未说明对应关系"),
    "rehearsal": Both(
        "REHEARSAL: the allocation is an invented one, nothing was opened", "演练：随机分配为虚构，未揭盲"
    ),
}
SAYS = (
    Both(
        "The data were frozen under the SHA-256 above and signed as final by the persons below. The tables listed "
        "above are in the package that this certificate lies in; its manifest holds the SHA-256 of each file.",
        "数据以上述 SHA-256 冻结，并由下列人员签名确认为最终数据。"
        "上列数据表均在本证书所在的数据包中；清单列有每个文件的 SHA-256。",
    ),
    Both(
        "The Merkle root was published before the first participant. Whoever has this package can compute it again "
        "from the list and the seed in it (irt package verify); while arms are letters it cannot be computed.",
        "Merkle 根在首例受试者入组前已公布。持有本数据包者可由其中的分配表与种子重新计算（irt package verify）；"
        "组别以字母表示时无法计算。",
    ),
)


def certificate_pdf(opened: Opened, made_at: datetime, software: str) -> bytes:
    """The certificate as PDF on A4; a rehearsal's bears its mark across every page."""
    study, facts = opened.study, opened.facts
    zone = ZoneInfo(study.safety.sponsor_time_zone)
    told = [
        Fact(Both("Study", "研究"), f"{study.id} · {study.registration}"),
        Fact(Both("What the allocation in it is", "随机分配的性质"), VIEWS[opened.view].line),
        Fact(Both("Lock version", "锁库版本"), facts.get("lock_version", "")),
        Fact(Both("SHA-256 of the frozen data", "冻结数据 SHA-256"), facts.get("frozen_sha256", "")),
        Fact(Both("Merkle root of the list", "分配表 Merkle 根"), facts.get("merkle_root", "")),
        Fact(Both("Algorithm of the list", "分配表算法"), facts.get("algorithm", "")),
        Fact(Both("SHA-256 of the study file", "研究文件 SHA-256"), facts.get("study_sha256", "")),
        Fact(Both("Package made at", "数据包生成时间"), _shown(made_at, zone)),
        Fact(Both("Software", "软件版本"), f"irt {software}"),
        *(
            Fact(Both(f"Table {table.number}: {table.en}", f"表 {table.number}：{table.zh}"), _rows(opened, name))
            for name, table in sorted(TABLES.items(), key=lambda one: one[1].number)
        ),
    ]
    note = FileNote(
        title=Both(study.title.en, study.title.zh),
        facts=tuple(told),
        narrative=SAYS,
        signed=tuple(_signed(row, zone) for row in sorted(opened.tables["signatures"], key=_in_time)),
        kind=KIND,
        mark="REHEARSAL" if opened.view == "rehearsal" else "",
    )
    footer = f"{study.id} · {KIND.line} · {facts.get('lock_version', '')} · {VIEWS[opened.view].en[:9].strip(':')}"
    return note_pdf(note, footer=footer if opened.view == "rehearsal" else footer.rpartition(" · ")[0], made_at=made_at)


def _signed(row: Row, zone: ZoneInfo) -> Signed:
    role = Both(row["role"].replace("_", " "), ROLES.get(row["role"], ""))
    step = Both(row["step"].replace("_", " "), STEPS.get(row["step"], ""))
    over = f" · SHA-256 {row['data_sha256']}" if row["data_sha256"] else ""
    at = datetime.fromisoformat(row["signed_at_utc"]) if row["signed_at_utc"] else None
    return Signed(
        name=f"{row['name']} · {role.line} · {step.line} {row['told']}".rstrip(),
        meaning=Both(row["meaning"], MEANINGS.get(row["meaning"], "")),
        at=f"{_shown(at, zone) if at else ''}{over}",
    )


def _in_time(row: Row) -> tuple[str, str, str]:
    return row["signed_at_utc"], row["step"], row["account"]


def _shown(at: datetime, zone: ZoneInfo) -> str:
    """A time by the sponsor's clock, with its offset."""
    return at.astimezone(zone).isoformat(" ", "seconds")


def _rows(opened: Opened, name: str) -> str:
    return f"{len(opened.tables[name])} 行 rows"
