"""The lock certificate: what was locked, by whom it was signed and what was handed over, in English and Chinese."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from irt.lock.contents import TABLES, Row
from irt.lock.opened import Opened, View
from irt.lock.package.manifest import MARK
from irt.lock.package.signed import MEANINGS, ROLES, STEPS, over_frozen
from irt.paper.both import Both
from irt.paper.note import Fact, FileNote, Signed, note_pdf

KIND = Both("Certificate of database lock", "数据库锁定证书")
VIEWS: dict[View, Both] = {
    "final": Both("The allocation, opened; each opening is signed below", "已揭盲的随机分配，每次打开均有下列签名"),
    "letters": Both("Arms are called A and B; which is which is not told", "组别以 A、B 表示，未说明对应关系"),
    "rehearsal": Both(
        f"{MARK}: the allocation is an invented one, nothing was opened for it", "演练：随机分配为虚构，未为此揭盲"
    ),
}
_SIGNED_FOR = Both(
    "The data were frozen under the SHA-256 above; those whose signatures for the lock below are over it signed that "
    "they are final. The other signatures are of other steps, each over the SHA-256 beside it.",
    "数据以上述 SHA-256 冻结；下列锁库签名中与该值一致者，其签名人确认数据为最终数据。"
    "其余签名属于其他步骤，所签内容见各自的 SHA-256。",
)
_HELD = Both(
    "The tables listed above are in the package that this certificate lies in; its manifest holds the SHA-256 of each "
    "file.",
    "上列数据表均在本证书所在的数据包中；清单列有每个文件的 SHA-256。",
)
SAYS: Mapping[View, tuple[Both, ...]] = {
    "final": (
        _SIGNED_FOR,
        _HELD,
        Both(
            "The Merkle root was published before the first participant. Whoever has this package can compute it again "
            "from the list and the seed in it (irt package verify).",
            "Merkle 根在首例受试者入组前已公布。持有本数据包者可由其中的分配表与种子重新计算（irt package verify）。",
        ),
    ),
    "letters": (
        _SIGNED_FOR,
        _HELD,
        Both(
            "The Merkle root was published before the first participant. It is over the arms, so that it cannot be "
            "computed from this package, in which arms are letters and the seed is not.",
            "Merkle 根在首例受试者入组前已公布。该值依组别计算；本数据包中组别以字母表示且不含种子，因此无法据此计算。",
        ),
    ),
    "rehearsal": (
        Both(
            "A rehearsal locks and releases nothing. The SHA-256 above is of the data as they were at the time of the "
            "rehearsal; signatures below, if any, were given so far, and none of them is for what is in this package.",
            "演练不锁库，也不揭盲。上述 SHA-256 为演练时的数据；"
            "下列签名（如有）为截至演练时已签署者，均非针对本数据包的内容。",
        ),
        _HELD,
        Both(
            "The Merkle root is that of the invented list, and was never published. It can be computed again from the "
            "list and the seed in this package (irt package verify).",
            "Merkle 根为虚构分配表的根，从未公布；可由本数据包中的分配表与种子重新计算（irt package verify）。",
        ),
    ),
}
_NOT_CHECKED = Both("not checked: a rehearsal", "未核对：演练")


def certificate_pdf(opened: Opened, made_at: datetime, software: str) -> bytes:
    """The certificate as PDF on A4; a rehearsal's bears its mark across every page."""
    study, facts = opened.study, opened.facts
    zone, mark = ZoneInfo(study.safety.sponsor_time_zone), MARK if opened.view == "rehearsal" else ""
    told = [
        Fact(Both("Study", "研究"), f"{study.id} · {study.registration}"),
        Fact(Both("What the allocation in it is", "随机分配的性质"), VIEWS[opened.view].line),
        Fact(Both("Lock version", "锁库版本"), facts.get("lock_version", "")),
        Fact(Both("SHA-256 of the frozen data", "冻结数据 SHA-256"), facts.get("frozen_sha256", "")),
        Fact(Both("Signatures of lock and release over them", "对其锁库及揭盲的签名"), _counted(opened)),
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
        narrative=SAYS[opened.view],
        signed=tuple(_signed(row, zone) for row in sorted(opened.tables["signatures"], key=_in_time)),
        kind=KIND,
        mark=mark,
    )
    footer = " · ".join(one for one in (study.id, KIND.line, facts.get("lock_version", ""), mark) if one)
    return note_pdf(note, footer=footer, made_at=made_at)


def _counted(opened: Opened) -> str:
    return _NOT_CHECKED.line if opened.view == "rehearsal" else str(len(over_frozen(opened.tables, opened.facts)))


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
