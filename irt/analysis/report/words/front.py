"""Texts of the front, of what stands on every page, of the synopsis, and of who took part."""

FRONT = {
    "title": ("Report of the final analysis", "最终统计分析报告"),
    "title.rehearsal": ("REHEARSAL: report of the final analysis", "演练：最终统计分析报告"),
    "running": ("{study} · {registration}", "{study} · {registration}"),
    "foot": ("Frozen data, SHA-256 {digest}…", "冻结数据 SHA-256 {digest}…"),
    "watermark": ("REHEARSAL 演练", "演练 REHEARSAL"),
    "warning.rehearsal": (
        "REHEARSAL. The allocation in this report is an invented one, drawn for the rehearsal. No number in it "
        "says anything about the treatment.",
        "演练（REHEARSAL）。本报告使用的分组是为演练而虚构的，报告中的任何数字均不能说明治疗效果。",
    ),
    "warning.letters": (
        "The arms are called A and B. It is not known which of the two is the active treatment; the direction of a "
        "difference (A minus B) says nothing about it.",
        "本报告中各组以 A、B 表示，尚未揭示何者为试验组；差值（A 减 B）的方向不代表任何结论。",
    ),
    "page": ("page {page} of {pages}", "第 {page} 页，共 {pages} 页"),
    "continued": ("(continued)", "（续）"),
    "contents": ("Contents", "目录"),
    "list_of_tables": ("Tables", "表格目录"),
    "list_of_figures": ("Figures", "插图目录"),
    "form.table": ("Table {}", "表 {}"),
    "form.figure": ("Figure {}", "图 {}"),
    "form.section": ("Section {}", "第 {} 节"),
    "source": ("Source: {results}. From the package: {package}.", "来源：{results}。数据包：{package}。"),
    "source_alone": ("Source: {results}.", "来源：{results}。"),
    "arm_letter": ("Arm {letter}", "{letter} 组"),
    "line.trial": ("Trial", "试验"),
    "line.registration": ("Registration", "注册号"),
    "line.protocol": ("Protocol version", "方案版本"),
    "line.view": ("Kind of release", "揭盲类别"),
    "line.opened": ("Released", "揭盲时间"),
    "line.opened_by": ("Released by", "揭盲执行人"),
    "line.lock": ("Database lock", "数据库锁定"),
    "line.lock_version": ("version {version}", "第 {version} 版"),
    "line.frozen": ("SHA-256 of the frozen data", "冻结数据 SHA-256"),
    "line.study": ("SHA-256 of the study file", "研究配置文件 SHA-256"),
    "line.software": ("Software", "软件版本"),
    "view.final": ("final: the arms are named", "最终揭盲：组别已揭示"),
    "view.letters": ("first of two steps: the arms are called A and B", "一次揭盲：组别以 A、B 表示"),
    "view.rehearsal": ("rehearsal on an invented allocation", "演练：使用虚构的分组"),
    "section.synopsis": ("Synopsis", "摘要"),
    "synopsis.sentence": (
        "{endpoint}: {active_percent}% of participants responded under {active} and {control_percent}% under "
        "{control}; the stratified difference was {difference} percentage points ({confidence}% CI {interval}; "
        "{p}).",
        "{endpoint}：{active}应答率为 {active_percent}%，{control}为 {control_percent}%；分层率差为 {difference} 个百分"
        "点（{confidence}% CI：{interval}；{p}）。",
    ),
    "synopsis.none": ("The primary outcome could not be computed.", "主要终点无法计算。"),
    "synopsis.design": ("Design", "设计"),
    "synopsis.design_text": (
        "Randomized, {ratio}, masked, {sites} sites; {doses} doses of {dose} {unit} or placebo, {route}, in {weeks}"
        " weeks",
        "随机、{ratio} 分配、盲法，{sites} 个中心；{weeks} 周内{route}给药 {doses} 次，每次 {dose} {unit} 或安慰剂",
    ),
    "synopsis.participants": ("Participants", "受试者"),
    "synopsis.participants_text": (
        "{screened} screened, {randomized} randomized ({active}: {active_n}; {control}: {control_n})",
        "筛选 {screened} 例，随机 {randomized} 例（{active} {active_n} 例；{control} {control_n} 例）",
    ),
    "synopsis.randomized_text": (
        "{randomized} randomized ({active}: {active_n}; {control}: {control_n})",
        "随机 {randomized} 例（{active} {active_n} 例；{control} {control_n} 例）",
    ),
    "synopsis.responders": ("Responders, full analysis set", "应答者（全分析集）"),
    "synopsis.responders_text": (
        "{active}: {active_counted}; {control}: {control_counted}",
        "{active}：{active_counted}；{control}：{control_counted}",
    ),
    "synopsis.of": ("{count} of {n} ({percent}%)", "{count}/{n}（{percent}%）"),
    "synopsis.difference": ("Difference", "率差"),
    "synopsis.difference_text": (
        "{difference} percentage points, {confidence}% CI {interval} (Mantel-Haenszel, Sato)",
        "{difference} 个百分点，{confidence}% CI：{interval}（Mantel-Haenszel 法，Sato 方差）",
    ),
    "synopsis.tests": ("Tests", "检验"),
    "synopsis.tests_text": (
        "Cochran-Mantel-Haenszel {cmh}; re-randomization {rerandomization}",
        "Cochran-Mantel-Haenszel 检验 {cmh}；再随机化检验 {rerandomization}",
    ),
    "synopsis.no_p": ("not possible", "无法进行"),
    "synopsis.sequence": ("Fixed sequence", "固定顺序检验"),
    "synopsis.sequence_text": (
        "{shown} of {all} endpoints showed a difference before the sequence stopped",
        "{all} 个终点中，检验停止前有 {shown} 个显示差异",
    ),
    "synopsis.side": ("{arm} {counted}", "{arm} {counted}"),
    "synopsis.safety_any": ("Any adverse event: {sides}", "任何不良事件：{sides}"),
    "synopsis.safety_serious": ("Serious: {sides}", "严重不良事件：{sides}"),
    "synopsis.safety": ("Safety", "安全性"),
    "section.disposition": ("Disposition of participants", "受试者分布"),
    "disposition.text": (
        "{figure} shows the flow of participants from screening to analysis as CONSORT asks for it; {table} gives "
        "the same numbers.",
        "{figure}按 CONSORT 要求展示受试者从筛选到分析的流程；{table}列出相应人数。",
    ),
    "title.flow": ("Flow of participants", "受试者流程图"),
    "alt.flow": (
        "Flow chart from screening over randomization and treatment to the analysis sets, {screened} screened and "
        "{randomized} randomized; its numbers stand in the table of disposition.",
        "流程图：筛选 {screened} 例、随机 {randomized} 例，随后为治疗与各分析集；数字见受试者分布表。",
    ),
    "flow.count": ("{what} (n = {n})", "{what}（n = {n}）"),
    "flow.allocated": ("Allocated to {arm}", "分配至{arm}"),
    "flow.visit": ("{visit} held", "完成{visit}访视"),
    "step.detail": ("{step}: {detail}", "{step}：{detail}"),
    "title.disposition": ("Disposition of participants", "受试者分布"),
    "section.populations": ("Analysis populations", "分析人群"),
    "populations.text": (
        "Populations were fixed masked, before the release. The full analysis set takes everybody as randomized, "
        "the safety set as treated: {rule}. {table} gives their sizes.",
        "各分析人群均在揭盲前的盲态下确定。全分析集按随机分组分析；安全性分析集按实际治疗分组：{rule}。各人群人数见"
        "{table}。",
    ),
    "populations.named": ("whoever was given any kit of {active} counts there", "凡领用过任一{active}药盒者计入该组"),
    "populations.letters": (
        "while arms are letters, {active} stands for the one with the drug, whichever it is; whoever was given any kit "
        "of {active} counts there, everybody else who took a dose in the arm of their kits",
        "组别以字母表示期间，无论实际为何组，均将{active}视同试验组；凡领用过任一{active}药盒者计入该组，其余用药者"
        "按所用药盒计入",
    ),
    "populations.excluded": (" {table} lists who is not in a set.", "未入集者见{table}。"),
    "populations.otherwise": (
        " {table} lists who was treated otherwise than randomized.",
        "实际治疗与随机分组不同者见{table}。",
    ),
    "title.populations": ("Analysis populations", "分析人群"),
    "title.populations_excluded": ("Participants who are not in a population", "未纳入各分析人群的受试者"),
    "title.treated_otherwise": ("Participants treated otherwise than randomized", "实际治疗与随机分组不同的受试者"),
    "section.baseline": ("Demographic and baseline characteristics", "人口学与基线特征"),
    "baseline.text": (
        "{table} describes the full analysis set as randomized. Differences between arms at baseline are due to "
        "chance, and are not tested (CONSORT 2010, item 15).",
        "{table}按随机分组描述全分析集。基线差异由随机产生，不作检验（CONSORT 2010 第 15 条）。",
    ),
    "title.baseline_characteristics": (
        "Demographic and baseline characteristics, full analysis set",
        "人口学与基线特征（全分析集）",
    ),
    "note.baseline": (
        "Mean (SD) and median [first to third quartile] for numbers, n (%) for categories; n is given where a "
        "value is missing. Outcome measures count when of a day in the window of the first visit; what the laboratory "
        "entered apart counts whatever the day of its sample.",
        "计量资料为均数（标准差）与中位数 [第一四分位数至第三四分位数]，计数资料为 n（%）；有缺失时注明 n。疗效指标仅计"
        "首次访视窗内的评估；实验室独立录入的指标不论采样日期均计入。",
    ),
    "head.characteristic": ("Characteristic", "特征"),
    "head.overall": ("All", "合计"),
    "head.step": ("Step", "步骤"),
    "head.population": ("Population", "人群"),
    "baseline.people": ("Participants and strata", "人口学与分层"),
    "baseline.screening": ("At screening", "筛选期"),
    "baseline.measures": ("Outcome measures before the first dose", "首次给药前的疗效指标"),
    "baseline.mean": ("Mean (SD)", "均数（标准差）"),
    "baseline.median": ("Median [Q1 to Q3]", "中位数 [Q1 至 Q3]"),
    "baseline.range": ("Range", "范围"),
    "baseline.n": ("n with a value", "有值例数"),
}
