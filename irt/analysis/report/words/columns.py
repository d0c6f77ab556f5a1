"""Heads of columns."""

COLUMNS: dict[str, tuple[str, str]] = {
    "participant": ("Participant", "受试者"),
    "participants": ("Participants", "人数"),
    "arm": ("Arm", "组别"),
    "arm_randomized": ("As randomized", "随机组别"),
    "arm_treated": ("As treated", "实际治疗组别"),
    "arm_of_kit": ("Arm of the kit", "药包所属组别"),
    "site": ("Site", "研究中心"),
    "stratum": ("Stratum", "分层"),
    "visit": ("Visit", "访视"),
    "kit": ("Kit", "药包编号"),
    "given_on": ("Handed over on", "发放日期"),
    "set": ("Population", "人群"),
    "reason": ("Reason", "原因"),
    "endpoint": ("Endpoint", "终点"),
    "percent": ("%", "%"),
    "n": ("n", "n"),
}
