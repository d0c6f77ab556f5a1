"""README.txt: what is what and how to verify it, in English and Chinese."""

from collections.abc import Mapping

from irt.lock.opened import Opened
from irt.lock.package.manifest import MARK

_HEAD = {
    "final": ("the package handed over at database lock", ""),
    "letters": ("the package handed over at database lock", ""),
    "rehearsal": ("a rehearsal of the package that is handed over at database lock", f"{MARK} "),
}
_VIEW = {
    "final": (
        "THE ALLOCATION IN THIS PACKAGE IS THE TRIAL'S OWN. Table 10 has the signature of each time that it was\n"
        "opened.\n\n",
        "本数据包中的随机分配为试验的真实分配；每次打开均见表 10（签名）。\n\n",
    ),
    "letters": (
        "ARMS ARE CALLED A AND B. Which is which is not in this package; kit types are called by the same letters,\n"
        "and the seed is not here, so the Merkle root cannot be computed from it. The names are hidden, not the data:\n"
        "laboratory values, adverse events and the safety desk's openings are in it, and who reads them may guess.\n\n",
        "组别以 A 和 B 表示，本数据包不含其对应关系；药盒类型使用同样的字母；"
        "不含种子，因此无法据此计算 Merkle 根。隐去的仅为组别名称：实验室数值、不良事件与安全性处理台的揭盲记录"
        "均在其中，阅读者可能据此推测。\n\n",
    ),
    "rehearsal": (
        f"{MARK}. THE ALLOCATION IN THIS PACKAGE IS INVENTED. Nothing was opened for it. For no analysis of the trial."
        "\n\n",
        "演练。本数据包中的随机分配为虚构，未为此揭盲，不得用于试验的任何分析。\n\n",
    ),
}
_CHECKED = {
    "final": (
        """\
   It holds the tables against each other, the draws against the list, and the list against the Merkle root
   that was published before the first participant:""",
        """\
   核对各表之间、随机记录与分配表、以及分配表与首例入组前公布的 Merkle 根是否一致（数值见上）。""",
    ),
    "letters": (
        """\
   It holds the tables against each other and the draws against the list. The list is not held against the Merkle root
   that was published before the first participant, which is over the arms:""",
        """\
   核对各表之间、随机记录与分配表是否一致；不核对分配表与首例入组前公布的 Merkle 根（该值依组别计算，见上）。""",
    ),
    "rehearsal": (
        """\
   It holds the tables against each other, the draws against the list, and the list against the Merkle root below,
   which is that of the invented list and was never published; signatures are not checked:""",
        """\
   核对各表之间、随机记录与分配表、以及分配表与 Merkle 根（见上；为虚构分配表的根，从未公布）是否一致；不核对签名。""",
    ),
}
_CHECKED_WITH_SEED = (
    """\
   It holds the tables against each other, the draws against the list, and the list and the seed against the Merkle
   root and the SHA-256 that were published before the first participant:""",
    """\
   核对各表之间、随机记录与分配表、以及分配表和种子与首例入组前公布的 Merkle 根和 SHA-256 是否一致（数值见上）。""",
)
_COMPARED = (
    """\
   A manifest can be written anew by whoever changes a file. So compare these two, and the SHA-256 of the ZIP itself,
   with what was published and with the record of the release; the package cannot vouch for itself.""",
    """\
   修改文件者可以重写清单，因此请将 Merkle 根、冻结数据 SHA-256 及 ZIP 文件本身的 SHA-256 与已公布的数值和揭盲记录比对；
   数据包不能为自身作证。""",
)
_NOTHING_TO_COMPARE = (
    """\
   The data were not locked for it. Nothing was published or released that these two could be compared with.""",
    """\
   数据未为此锁定；没有已公布的数值或揭盲记录可与上述两个数值比对。""",
)
_TEXT = """\
{mark}{study}: {head}, version {version}
{title}

{view}WHAT IS WHAT
{listing}

HOW TO VERIFY
1. Each file:      sha256sum -c {sums}      (in the folder that it was unpacked to)
2. The whole:      irt package verify FILE.zip   (offline; no database, no configuration)
{checked}
   Merkle root     {root}
   frozen data     {frozen}
{compared}

HOW TO READ
CSV files are UTF-8 without byte order mark, lines end in LF, cells are quoted as in RFC 4180 (a cell may hold a line
feed). An empty cell is not known or not applicable. Dates are days at the site, instants bear their offset.
In Excel import them as UTF-8 text with every column as text: opened by a double click, Excel guesses the encoding,
drops leading zeros, and may run a cell that begins with = + - @.
dictionary.csv has every column, codelists.csv the codes of the study file.
SAS transport files (.xpt, version 5) hold texts as UTF-8 cut to 200 bytes between characters; the Dataset-JSON file
beside each holds them whole. Words of reporters are in the language in which they were written. CDISC terms were
chosen by knowledge of the terminology and not checked by a conformance engine; the define.xml and odm.xml are valid
against their schemas. Pulmonary function, imaging, glucocorticoids and other medication are in the tables, not in a
domain of SDTM; codes of MedDRA are not here, its terms are.
The package was made at {made_at} by irt {software}; environment.json has the versions.

{view_zh}各文件内容
{listing_zh}

如何核对
1. 逐个文件：      sha256sum -c {sums}      （在解压后的文件夹内）
2. 整体核对：      irt package verify FILE.zip   （离线运行，不需要数据库和配置）
{checked_zh}
{compared_zh}

如何读取
CSV 为 UTF-8（无 BOM），换行符为 LF，按 RFC 4180 加引号（单元格内可含换行）。空单元格表示未知或不适用。日期为中心当地日期，
时刻带时区偏移。用 Excel 时请以“自文本导入”、UTF-8、全部列为文本的方式打开；直接双击会误判编码、丢失前导零，并可能执行以
= + - @ 开头的单元格。dictionary.csv 说明每一列，codelists.csv 为研究文件中的代码。
SAS 传输文件（.xpt，第 5 版）中的文本为 UTF-8，超过 200 字节时在字符之间截断；旁边的 Dataset-JSON 文件保留全文。报告用语保留
原记录语言。CDISC 术语按已有知识选用，未经一致性引擎检查；define.xml 与 odm.xml 符合其模式（schema）。肺功能、影像、糖皮质激素
及其他用药在数据表中，未列入 SDTM 域；不含 MedDRA 代码，仅含术语。
"""  # noqa: E501


def readme(opened: Opened, what: Mapping[str, tuple[str, str]], *, sums: str, made_at: str, software: str) -> bytes:
    """The text; `what` says of each file or folder what it is, in English and in Chinese."""
    (head, mark), (view, view_zh) = _HEAD[opened.view], _VIEW[opened.view]
    published = opened.view == "final" and opened.facts.get("seed_sha256")
    checked, checked_zh = _CHECKED_WITH_SEED if published else _CHECKED[opened.view]
    compared, compared_zh = _NOTHING_TO_COMPARE if opened.view == "rehearsal" else _COMPARED
    width = max(len(name) for name in what) + 2
    text = _TEXT.format(
        mark=mark,
        head=head,
        checked=checked,
        checked_zh=checked_zh,
        compared=compared,
        compared_zh=compared_zh,
        study=opened.study.id,
        version=opened.facts.get("lock_version", ""),
        title=f"{opened.study.title.en} ({opened.study.registration})\n{opened.study.title.zh}",
        view=view,
        view_zh=view_zh,
        listing="\n".join(f"{name:{width}}{en}" for name, (en, _) in what.items()),
        listing_zh="\n".join(f"{name:{width}}{zh}" for name, (_, zh) in what.items()),
        sums=sums,
        root=opened.facts.get("merkle_root", ""),
        frozen=opened.facts.get("frozen_sha256", ""),
        made_at=made_at,
        software=software,
    )
    return text.encode()
