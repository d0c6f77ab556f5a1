"""Texts of harm, exposure and adherence, and of the listings."""

SAFETY: dict[str, tuple[str, str]] = {
    "section.safety": ("Safety", "安全性"),
    "section.safety_overview": ("Overview", "概况"),
    "safety.text": (
        "Adverse events are treatment-emergent ones: their onset lies between the first dose and {days} days after "
        "the last, in the safety set, by the arm as treated. What was there before and worsened counts where an event "
        "of its own was reported for it. Each event has the grade (CTCAE) of its last report; a participant counts "
        "once in each line, with the highest grade of the events in it. {summary} counts onsets up to {week}, the "
        "planned comparison, and all treatment-emergent events; {grades} gives the highest grade of each participant "
        "among onsets up to then. No test is made of them.",
        "不良事件指治疗期间出现的事件，即开始日期在首次给药至末次给药后 {days} 天之间者，采用安全性分析集，按实际治疗分"
        "组。原有情况加重者，仅在另行报告为不良事件时计入。每个事件取其末次报告的分级（CTCAE）；同一受试者在每行仅计一次，"
        "取该行事件中的最高分级。{summary}分别统计截至{week}发生的事件（计划的比较）与全部治疗期间出现的事件；{grades}为"
        "截至同期发生的事件中每例受试者的最高分级。不作检验。",
    ),
    "title.adverse_events_summary": ("Adverse events: overview", "不良事件概况"),
    "period.week_24": ("Onset up to {week}", "截至{week}发生"),
    "period.emergent": ("All treatment-emergent", "全部治疗期间出现的不良事件"),
    "head.category": ("Participants with", "发生事件的受试者"),
    "head.participants": ("n (%)", "n（%）"),
    "head.participants_alone": ("Participants", "人数"),
    "head.events": ("Events", "例次"),
    "head.grade": ("Highest grade", "最高分级"),
    "title.adverse_events_by_grade": ("Participants by the highest grade of their events", "按最高分级统计的受试者"),
    "section.terms": ("By system organ class and preferred term", "按系统器官分类与首选语"),
    "terms.text": (
        "{table} gives every term of the events with onset up to {week}, {figure} preferred terms of the same events "
        "with their differences, the largest excess under {active} over {control} first.",
        "{table}列出截至{week}发生的事件的全部术语；{figure}按{active}超出{control}的程度由大到小展示同一范围事件的首选"
        "语及其率差。",
    ),
    "terms.text_alone": (
        "{table} gives every term of the events with onset up to {week}.",
        "{table}列出截至{week}发生的事件的全部术语。",
    ),
    "terms.any": ("Any adverse event", "任何不良事件"),
    "terms.uncoded": ("Not coded", "未编码"),
    "title.adverse_events_by_term": (
        "Adverse events by system organ class and preferred term",
        "按系统器官分类与首选语统计的不良事件",
    ),
    "head.term": ("Class and term", "分类与术语"),
    "head.severe": ("Grade ≥ 3", "≥ 3 级"),
    "note.up_to": (
        "Treatment-emergent events with onset up to the day planned for {week} (study day {day}); later ones are not "
        "in it.",
        "截至{week}计划日（研究第 {day} 天）发生的治疗期间出现的不良事件；此后发生者未计入。",
    ),
    "note.emergent": (
        "All treatment-emergent events, those with onset after {week} too.",
        "全部治疗期间出现的不良事件，包括{week}之后发生者。",
    ),
    "note.terms": (
        "Grade ≥ 3: participants with an event of the term whose last report has grade 3 or more.",
        "≥ 3 级：该术语下有事件末次报告为 3 级及以上的受试者数。",
    ),
    "note.newcombe": (
        "Difference: {active} minus {control}, percentage points, Newcombe's interval.",
        "率差：{active}减{control}，百分点，Newcombe 区间。",
    ),
    "title.dots": ("Adverse events: percent by arm and difference", "不良事件：各组发生率与率差"),
    "alt.dots": (
        "Dot plot of {number} preferred terms: percent of participants by arm at the left, the difference with its "
        "{confidence}% interval at the right; the numbers stand in the table of terms.",
        "{number} 个首选语的点图：左侧为各组发生率，右侧为率差及 {confidence}% 置信区间；数字见不良事件术语表。",
    ),
    "note.dots": (
        "All {number} preferred terms, sorted by the difference. Intervals are Newcombe's, not adjusted for their "
        "number.",
        "全部 {number} 个首选语，按率差排序。区间为 Newcombe 法，未作多重性校正。",
    ),
    "note.dots_cut": (
        "The {number} preferred terms of {all} that are the most frequent in either arm, sorted by the difference. "
        "Intervals are Newcombe's, not adjusted for their number.",
        "{all} 个首选语中任一组发生率最高的 {number} 个，按率差排序。区间为 Newcombe 法，未作多重性校正。",
    ),
    "axis.percent": ("Participants (%)", "受试者（%）"),
    "axis.difference": ("Difference in percentage points\n({confidence}% CI)", "率差（百分点，{confidence}% CI）"),
    "section.serious": ("Serious events and events of special interest", "严重不良事件与特别关注的不良事件"),
    "special.text": ("All treatment-emergent events count: {tables}.", "统计全部治疗期间出现的事件：{tables}。"),
    "special.listed": (" {table} lists each serious event.", "严重不良事件逐例列于{table}。"),
    "title.serious": ("Serious adverse events", "严重不良事件"),
    "title.special_interest": ("Adverse events of special interest", "特别关注的不良事件"),
    "title.serious_events": ("Serious adverse events by participant", "严重不良事件列表"),
    "section.rates": ("Exposure-adjusted rates", "按暴露时间校正的发生率"),
    "rates.text": (
        "{table} counts every treatment-emergent event per 100 participant-years at risk.",
        "{table}按每 100 人年风险暴露统计全部治疗期间出现的不良事件例次。",
    ),
    "title.exposure_adjusted": ("Events per 100 participant-years at risk", "每 100 人年的不良事件例次"),
    "head.rate": ("Rate", "发生率"),
    "head.arm_years": ("{arm} ({years} years)", "{arm}（{years} 人年）"),
    "note.rates": (
        "Exact Poisson intervals; at risk from the first dose to {days} days after the last, or to leaving or death.",
        "精确 Poisson 区间；风险暴露自首次给药起至末次给药后 {days} 天，或至退出、死亡。",
    ),
    "section.laboratory": ("Safety laboratory", "安全性实验室检查"),
    "laboratory.text": (
        "{table} shows from where values stood before the first dose to where the highest stood after it.",
        "{table}展示首次给药前与给药后最高值相对正常值上限的变化。",
    ),
    "title.laboratory_shifts": ("Shifts of the safety laboratory", "安全性实验室检查的转移表"),
    "head.before_after": ("Before, by highest after", "给药前（列为给药后最高值）"),
    "shift.before": ("Before: {state}", "给药前：{state}"),
    "note.shifts": (
        "High: above the laboratory's upper limit of normal. Lines without anybody are left out.",
        "偏高：高于实验室正常值上限。无受试者的行未列出。",
    ),
    "section.exposure": ("Exposure and adherence", "暴露与依从性"),
    "exposure.text": (
        "{exposure} describes doses and weeks of treatment, {summary} the adherence by diary and by returned "
        "vials: doses taken as percent of the doses due. {figure} shows every participant.",
        "{exposure}描述给药次数与治疗周数；{summary}为按用药日志与按退回药瓶计算的依从性（实际给药次数占应给药次数的"
        "百分比）。{figure}展示每例受试者。",
    ),
    "exposure.text_alone": (
        "{exposure} describes doses and weeks of treatment, {summary} the adherence by diary and by returned "
        "vials: doses taken as percent of the doses due.",
        "{exposure}描述给药次数与治疗周数；{summary}为按用药日志与按退回药瓶计算的依从性（实际给药次数占应给药次数的"
        "百分比）。",
    ),
    "exposure.ended": ("Why treatment was put on hold or stopped: {tables}.", "暂停给药与停药的原因：{tables}。"),
    "title.exposure": ("Exposure, safety set", "暴露情况（安全性分析集）"),
    "title.adherence_summary": ("Adherence, safety set", "依从性（安全性分析集）"),
    "title.holds": ("Treatment on hold, by reason", "按原因统计的暂停给药"),
    "title.stops": ("Treatment stopped early, by reason", "按原因统计的提前停药"),
    "title.adherence_figure": ("Adherence of every participant, by diary", "每例受试者的依从性（用药日志）"),
    "alt.adherence_figure": (
        "A point for the adherence of each of {number} participants in a band for each arm, with median and "
        "quartiles; a dashed line at {least}.",
        "{number} 例受试者依从性的散点图，每组一带，标有中位数与四分位数；虚线为 {least}。",
    ),
    "note.adherence": (
        "Bar: first to third quartile, tick: median. Points of nearly equal value are stacked.",
        "横条：第一至第三四分位数；竖线：中位数。相近的点叠放。",
    ),
    "axis.adherence": ("Doses taken (% of doses due)", "实际给药次数（占应给药次数的 %）"),
    "axis.least": ("adequate from {least}", "{least} 及以上为依从性良好"),
    "adherence.below": ("Below {least}%, n (%)", "低于 {least}%，n（%）"),
    "head.variable": ("Variable", "变量"),
    "head.statistics": ("Statistic", "统计量"),
    "head.why": ("Reason", "原因"),
    "head.holds": ("Holds", "暂停次数"),
    "head.days": ("Days", "天数"),
    "section.listings": ("Listings", "受试者列表"),
    "listings.text": ("By participant: {tables}.", "按受试者列出：{tables}。"),
    "listings.none": ("Nothing is to be listed.", "无可列项目。"),
    "title.adherence": ("Adherence by participant", "受试者依从性列表"),
}
