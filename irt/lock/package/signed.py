"""What is signed from freezing to release: in Chinese, for the certificate shows both languages; over which data."""

from collections.abc import Mapping

from irt.lock.contents import Row, Tables

ROLES: Mapping[str, str] = {
    "investigator": "研究者", "sponsor": "申办者", "trial_statistician": "试验统计师", "data_manager": "数据管理员",
    "unblinded_statistician": "非盲统计师", "quality": "质量保证", "medical_monitor": "医学监查员",
    "trial_manager": "试验管理员", "monitor": "监查员",
}  # fmt: skip
STEPS: Mapping[str, str] = {
    "freeze": "冻结", "endorse": "研究者确认", "review": "盲态审核", "lock": "锁库", "unlock": "解锁",
    "release": "揭盲", "release_again": "再次揭盲",
}  # fmt: skip
# As the pages say them; a meaning that is not here is shown in English alone.
MEANINGS: Mapping[str, str] = {
    "This is a true record of the blind review meeting, and these are the populations that it decided":
        "此为盲态审核会议的真实记录，分析人群即会议所定",
    "I was at this blind review, or have read its record, and agree to what it decided":
        "本人参加了此次盲态审核或已阅读其记录，并同意其决定",
    "I freeze the database: sites read only, and answer what they are asked":
        "本人冻结数据库：各中心只读，仅答复质疑",
    "I have reviewed the data of my site; they are complete and true to their sources":
        "本人已审阅本中心数据；数据完整且与源文件一致",
    "The data are final. I sign for locking the database over the SHA-256 shown":
        "数据已定稿。本人就所示 SHA-256 签署锁定数据库",
    "I ask for the database to be unlocked":
        "本人申请解锁数据库",
    "I agree that the database is unlocked for the records and the reason that are named":
        "本人同意因所述原因、就所列记录解锁数据库",
    "The database is locked and the analysis plan is final. I ask for the allocation to be released":
        "数据库已锁定，统计分析计划已定稿。本人申请揭盲",
    "I allow the allocation to be released to the final analysis":
        "本人批准将随机分配结果交付最终分析",
    "I carry out the release: the allocation is opened for the final analysis and for nothing else":
        "本人执行揭盲：随机分配结果仅为最终分析而打开",
    "What was made of the release was lost before it was kept. I open the allocation once more, for it alone":
        "揭盲产物在保存前丢失。本人仅为此再次打开随机分配结果",
}  # fmt: skip


def over_frozen(tables: Tables, facts: Mapping[str, str]) -> list[Row]:
    """The signatures of lock and release over the frozen data; all others are on the way there, or of other data."""
    frozen = facts.get("frozen_sha256")
    return [row for row in tables["signatures"] if row["step"] in ("lock", "release") and row["data_sha256"] == frozen]
