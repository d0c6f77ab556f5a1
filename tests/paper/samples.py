"""What the tests print: a participant's calendar, a card and a note, with texts of the usual length."""

from datetime import date, timedelta

from irt.paper.both import Both
from irt.paper.card import EmergencyCard, Telephone
from irt.paper.dosing_calendar import DoseDay, DosingCalendar, VisitDay
from irt.paper.labels import Given, LabelTexts
from irt.paper.note import Fact, FileNote, Signed

VISITS = ((0, 1, 0), (4, 29, 3), (8, 57, 3), (12, 85, 3), (16, 113, 3), (20, 141, 3), (24, 169, 3), (28, 197, 3))
SITE = Both("Example Hospital 02", "示例医院 02")


def calendar_from(first: date, *, interval: int = 2, doses: int = 84, telephone: str = "") -> DosingCalendar:
    """24 weeks from a first dose, with eight visits."""

    def on(study_day: int) -> date:
        return first + timedelta(days=study_day - 1)

    return DosingCalendar(
        title=Both("Dosing calendar", "用药日历"),
        participant="02-0007",
        site=SITE,
        telephone=telephone,
        doses=tuple(DoseDay(k, on(1 + (k - 1) * interval)) for k in range(1, doses + 1)),
        visits=tuple(
            VisitDay(Both(f"Week {week}", f"第{week}周"), on(day), on(day - window), on(day + window))
            for week, day, window in VISITS
        ),
        storage=Both(
            "Keep the vials in the refrigerator at 2–8 °C. Do not freeze them. Carry them in the cool bag.",
            "请将药瓶放在冰箱中 2–8 °C 保存，切勿冷冻。外出时使用冷藏袋。",
        ),
        missed=Both(
            "If you missed a dose, never take two doses on one day or on two days in a row. Write it down here, inject "
            "the next dose on its planned day, and call your site if you are unsure.",
            "如漏用一次，切勿在同一天或连续两天用药。请在此记录，下一次仍按日历上的日期注射；如不确定，请致电研究中心。",
        ),
        notes=(
            Both(
                "Bring all used and unused vials and this calendar to every visit.",
                "每次访视请带上所有已用和未用的药瓶以及本日历。",
            ),
        ),
    )


CARD = EmergencyCard(
    trial=Both("Low-dose interleukin-2 in refractory dermatomyositis", "低剂量白介素-2治疗难治性皮肌炎"),
    registration="NCT05495321",
    treatment=Both("IL-2 1,000,000 IU or placebo", "白介素-2 1,000,000 IU 或安慰剂"),
    participant="02-0007",
    randomization="R-48213",
    site=SITE,
    telephones=(
        Telephone(Both("Site, day and night", "研究中心（24 小时）")),
        Telephone(Both("Medical monitor", "医学监查员"), "+00 000 0000 0000"),
    ),
    unmasking=Both(
        "Treatment can be made known in an emergency by the site's investigator.",
        "紧急情况下，研究中心的研究者可查明本受试者所用的治疗。",
    ),
)

SIGNED = Signed("Example Pharmacist", Both("I confirm this note", "本人确认本备忘录"), "2026-03-30 15:20:11 +08:00")
NOTE = FileNote(
    title=Both("A box was handed over in place of another", "药盒误发"),
    facts=(
        Fact(Both("Site", "研究中心"), SITE.line),
        Fact(Both("Participant", "受试者编号"), "02-0007"),
        Fact(Both("Kit handed over", "实发药盒"), "K-100877"),
    ),
    narrative=(
        Both("Kit K-100877 was handed over in place of K-100231.", "药盒 K-100877 被误发以代替 K-100231。"),
        Both("It was recovered on the same day.", "当日已追回。"),
    ),
    signers=(Both("Pharmacist", "药师"), Both("Investigator", "研究者")),
)

LABEL = LabelTexts(
    trial="IL2-DM",
    registration="NCT05495321",
    treatment=Both("IL-2 1,000,000 IU or placebo, subcutaneous", "白介素-2 100万IU 或安慰剂，皮下注射"),
    form=Both("Powder for solution for injection", "注射用冻干粉"),
    vials=18,
    route=Both("subcutaneous", "皮下注射"),
    directions=Both(
        "Dissolve one vial in 1 mL water for injection and inject it under the skin every other day, as your site told "
        "you. Bring all vials back.",
        "每次取一瓶，用 1 mL 注射用水溶解，按研究中心的指导隔日皮下注射一次。所有药瓶均请带回。",
    ),
    celsius="2–8",
    contact=Both("Example Sponsor, 1 Example Road", "示例申办者（示例路1号）"),
)
GIVEN = Given("02-0007", Both("Week 4", "第4周"), "2026-03-30", "Example Investigator", "+00 000 0000 0000")
