"""Texts of how the list was made and proved, how it was used, how the masking held, and of the appendix."""

TRUST: dict[str, tuple[str, str]] = {
    "section.making": ("How the list was made and proved", "随机分配表的生成与验证"),
    "making.text": (
        "The randomization list was generated and sealed before the first participant was randomized. The SHA-256 "
        "of its seed and the root of a Merkle tree over all its lines were published then, so that no line could "
        "be changed unnoticed afterwards.",
        "随机分配表在首例受试者随机前生成并密封。种子的 SHA-256 与覆盖全部条目的 Merkle 树根当时即已公布，此后对任"
        "何条目的改动都会被发现。",
    ),
    "making.replayed": (
        "At release the list was generated once more from the seed and agreed with the one that was sealed line by "
        "line, with the published root, with every allocation and with every kit.",
        "揭盲时由种子重新生成分配表，与密封的分配表逐条一致，并与公布的树根、每例随机分配及每个药盒一致。",
    ),
    "making.own": (
        "The statistician brought a list that was made elsewhere. It has no seed to be replayed from; it agreed "
        "with the published root, with every allocation and with every kit.",
        "该分配表由统计师在系统外生成后导入，无种子可供重新生成；其与公布的树根、每例随机分配及每个药盒一致。",
    ),
    "making.letters": (
        "The seed is not released in this step: it would tell which arm is which. The replay is part of the second.",
        "本次揭盲不公开种子，以免揭示组别；重新生成与比对在二次揭盲时进行。",
    ),
    "making.rehearsal": (
        "In a rehearsal the list and its seed are invented ones; the path from the list to this report is the real "
        "one.",
        "演练使用虚构的分配表与种子；从分配表到本报告的流程为真实流程。",
    ),
    "making.table": (
        "{table} gives what was published and how it was checked; {report} shows the list as it was used.",
        "{table}列出公布的内容与核对结果；分配表的实际使用情况见{report}。",
    ),
    "title.list_proof": ("How the list was made and checked", "分配表的生成与核对"),
    "head.fact": ("What", "项目"),
    "head.fact_value": ("Value", "值"),
    "section.list_report": ("The randomization list as it was used", "随机分配表的实际使用情况"),
    "list.text": (
        "{whole} gives balance, predictability and use of the whole list, {groups} those of each stratum and site. "
        "Differences are {active} less {control}, in participants.",
        "{whole}给出整份分配表的均衡性、可预测性与使用情况，{groups}按分层与中心列出。差值为{active}人数减{control}"
        "人数。",
    ),
    "title.list_whole": ("Balance, predictability and use of the list", "分配表的均衡性、可预测性与使用情况"),
    "title.list_groups": ("The list by stratum and site", "各分层与各中心的分配情况"),
    "note.guesses": (
        "Right guesses: of somebody who learns every earlier allocation of a stratum and always names the arm that "
        "is behind (by halves where none is). By law: as the block law expects it.",
        "猜中次数：假设某人知晓该分层内此前全部分配结果，并始终猜测落后的一组（持平时各计一半）。理论：按区组规则的"
        "期望值。",
    ),
    "head.quantity": ("Quantity", "指标"),
    "head.number": ("Number", "数值"),
    "head.group": ("Stratum or site", "分层或中心"),
    "section.masking": ("Masking report", "盲态保持报告"),
    "masking.text": (
        "{table} counts everybody's treatment that became known before the release, and kits given that were "
        "not the one assigned.",
        "{table}统计揭盲前治疗分组被知晓的情况，以及错发的药盒。",
    ),
    "title.masking_report": ("Unmasking before the release, and wrong kits", "揭盲前的破盲情况与错发药盒"),
    "head.masking": ("Event", "事件"),
    "note.masking": (
        "By the arm as randomized. Where a number of participants stands too, somebody is counted more than once.",
        "按随机分组统计。另注明人数者表示同一受试者计数多次。",
    ),
    "times": ("{count} (of {people} participants)", "{count}（{people} 例受试者）"),
    "section.appendix": ("Appendix: settings, seeds, versions, hashes", "附录：设置、种子、版本与哈希值"),
    "appendix.text": (
        "{settings} holds what the numbers depend on besides the data; {files} every file of results, in which the "
        "numbers stand with all their digits; {package} the tables of the package from which they come.",
        "{settings}列出除数据外决定结果的全部设置；{files}列出全部结果文件，其中数字保留全部有效位数；{package}列出"
        "结果所依据的数据包表格。",
    ),
    "appendix.again": (
        "Everything is reproduced from the package alone, without the service: irt analyse --package FILE.zip "
        "--out DIR. The same package gives the same files of results, byte for byte.",
        "仅凭数据包即可脱离系统重现全部结果：irt analyse --package FILE.zip --out DIR。相同的数据包得到逐字节相同的"
        "结果文件。",
    ),
    "title.settings": ("Settings, seeds and versions", "设置、种子与版本"),
    "title.files": ("Files of results", "结果文件"),
    "title.package": ("Tables of the package", "数据包表格"),
    "head.file": ("File", "文件"),
    "head.rows": ("Rows", "行数"),
    "head.content": ("What it holds", "内容"),
    "source_facts": (
        "Source: facts.json. From the package: 09_generation_record.csv.",
        "来源：facts.json。数据包：09_generation_record.csv。",
    ),
    "source_files": ("Source: the files named.", "来源：所列文件。"),
    "source_package": ("Source: the package's data dictionary.", "来源：数据包的数据字典。"),
}
