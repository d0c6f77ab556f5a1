"""Heads of columns."""

COLUMNS: dict[str, tuple[str, str]] = {
    "participant": ("Participant", "受试者"),
    "arm": ("Arm", "组别"),
    "arm_randomized": ("As randomized", "随机组别"),
    "arm_treated": ("As treated", "实际治疗组别"),
    "arm_of_kit": ("Arm of the kit", "药盒所属组别"),
    "visit": ("Visit", "访视"),
    "kit": ("Kit", "药盒编号"),
    "given_on": ("Handed over on", "发放日期"),
    "set": ("Population", "人群"),
    "reason": ("Reason", "原因"),
    "soc": ("System organ class", "系统器官分类"),
    "pt": ("Preferred term", "首选语"),
    "grade": ("Grade", "分级"),
    "study_day": ("Study day", "研究日"),
    "seriousness": ("Serious because of", "严重性标准"),
    "related": ("Related", "与药物有关"),
    "outcome": ("Outcome", "转归"),
    "adherence_diary": ("By diary, %", "用药日志，%"),
    "adherence_vials": ("By vials, %", "药瓶，%"),
}
