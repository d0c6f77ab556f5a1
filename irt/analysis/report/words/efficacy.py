"""Texts of the primary outcome, its sensitivity analyses, the other endpoints and the fixed sequence."""

EFFICACY = {
    "section.primary": ("Primary outcome", "主要终点"),
    "section.estimand": ("Estimand", "估计目标"),
    "estimand.text": (
        "Population: everybody randomized (full analysis set), as randomized. Treatment: {active} against {control}"
        ", with stable background treatment. Variable: {endpoint}. Summary: the difference of the proportions of "
        "responders, stratified by the randomization strata as they were used.",
        "人群：全部随机受试者（全分析集），按随机分组。治疗：{active}对{control}，均合并稳定的背景治疗。变量："
        "{endpoint}。群体层面汇总：按随机时所用分层校正的应答率差。",
    ),
    "estimand.events": (
        "Intercurrent events before the assessment: death, rescue medication, and stopping treatment for an "
        "adverse event or lack of efficacy make a non-responder (composite strategy); after any other event, a "
        "code break or a wrong kit among them, the observed value counts (treatment policy). Who has several is "
        "judged by this order: {order}.",
        "评估前的伴发事件：死亡、使用挽救治疗、因不良事件或缺乏疗效停药均判为无应答（复合策略）；发生其他事件（包括"
        "紧急揭盲与错发药盒）后仍采用观察值（疗法策略）。同时发生多个事件时按以下顺序判定：{order}。",
    ),
    "estimand.missing.non_responder": (
        "A missing outcome, or one assessed out of its window, counts as no response.",
        "结局缺失或在访视窗外评估者按无应答处理。",
    ),
    "estimand.missing.observed": (
        "A missing outcome, or one assessed out of its window, is left out.",
        "结局缺失或在访视窗外评估者不纳入分析。",
    ),
    "section.primary_result": ("Result", "结果"),
    "primary.text": (
        "{arms} gives the responders by arm, {methods} every estimate and test that was planned, and {reasons} "
        "what decided the response of each participant. {figure} shows the responders of all levels.",
        "{arms}列出各组应答者，{methods}列出全部预设的估计与检验，{reasons}列出每例受试者应答判定的依据。{figure}展"
        "示各水平的应答率。",
    ),
    "primary.confirmed": (
        "The primary test is that of Cochran, Mantel and Haenszel, without continuity correction, two-sided at "
        "{alpha}. The re-randomization test redraws the whole list by the production generator under the same "
        "strata and block law: of {lists} lists {as_far} lay as far from no difference as the list of the trial or "
        "farther, hence p{p}, with a Monte Carlo margin of ±{margin}.",
        "主要检验为不作连续性校正的 Cochran-Mantel-Haenszel 检验，双侧检验水准 {alpha}。再随机化检验使用生产环境的"
        "同一生成程序，在相同分层与区组规则下重新生成整份随机分配表：{lists} 份表中有 {as_far} 份偏离无差异的程度不"
        "低于本试验所用的表，p{p}，蒙特卡罗误差 ±{margin}。",
    ),
    "primary.alone": (
        "The primary test is that of Cochran, Mantel and Haenszel, without continuity correction, two-sided at "
        "{alpha}. The re-randomization test was not possible.",
        "主要检验为不作连续性校正的 Cochran-Mantel-Haenszel 检验，双侧检验水准 {alpha}。无法进行再随机化检验。",
    ),
    "title.primary_arms": ("Responders: {endpoint}", "应答者：{endpoint}"),
    "title.primary": ("Estimates and tests of the primary outcome", "主要终点的估计与检验"),
    "title.responder_reasons": ("What decided the response", "应答判定的依据"),
    "note.wilson": ("Intervals of proportions: Wilson, {confidence}%.", "率的置信区间：Wilson 法，{confidence}%。"),
    "note.difference": (
        "Differences are {active} minus {control}, in percentage points.",
        "差值为{active}减{control}，以百分点表示。",
    ),
    "note.stratified": (
        "All lines but those of multiple imputation: difference and interval by Mantel-Haenszel with Sato's variance, "
        "p of Cochran-Mantel-Haenszel.",
        "除多重插补外的各行：率差及其区间为 Mantel-Haenszel 法（Sato 方差），p 为 Cochran-Mantel-Haenszel 检验。",
    ),
    "note.left_out": (
        "Participants whose outcome is missing are left out.",
        "结局缺失的受试者不纳入。",
    ),
    "note.left_out_shares": (
        "Of proportions participants whose outcome is missing are left out.",
        "率的比较不纳入结局缺失的受试者。",
    ),
    "note.left_out_but": (
        "Participants whose outcome is missing are left out of every line but those of multiple imputation and of "
        "missing measures scored as not improved, which count everybody.",
        "结局缺失的受试者不纳入各行，但多重插补与“缺失指标按未改善计分”两类分析纳入全部受试者。",
    ),
    "note.reasons_missing": (
        "Those whose outcome is missing are counted here, but left out of the analysis.",
        "结局缺失者在此列出，但不纳入分析。",
    ),
    "note.margin": (
        "The margin of the re-randomization p is that of its {lists} random lists (95%).",
        "再随机化检验 p 值的误差来自 {lists} 份随机表的蒙特卡罗误差（95%）。",
    ),
    "p.margin": ("{p} ±{margin}", "{p} ±{margin}"),
    "head.arm": ("Arm", "组别"),
    "head.n": ("n", "n"),
    "head.responders": ("Responders", "应答者"),
    "head.percent_ci": ("% ({confidence}% CI)", "%（{confidence}% CI）"),
    "head.method": ("Method", "方法"),
    "head.estimate": ("Estimate", "估计值"),
    "head.ci": ("{confidence}% CI", "{confidence}% CI"),
    "head.statistic": ("Statistic (df)", "统计量（自由度）"),
    "head.p": ("p", "p"),
    "head.reason": ("Decided by", "判定依据"),
    "note.responders": ("Responders / participants.", "应答者/受试者。"),
    "head.analysis": ("Analysis", "分析"),
    "head.endpoint": ("Endpoint", "终点"),
    "head.difference": ("Difference\n({confidence}% CI)", "差值\n（{confidence}% CI）"),
    "head.position": ("Step", "顺序"),
    "head.tested": ("Tested", "是否检验"),
    "head.significant": ("Difference shown", "显示差异"),
    "title.responders_figure": ("Responders by level and visit", "各水平、各访视的应答率"),
    "alt.responders_figure": (
        "Bars of the share of responders with {confidence}% intervals for each endpoint, {active} filled and "
        "{control} white; the numbers stand in the table of responders.",
        "各终点应答率的条形图及 {confidence}% 置信区间，{active}为实心，{control}为空心；数字见应答者表。",
    ),
    "axis.responders": ("Responders (%)", "应答率（%）"),
    "section.tis": ("Total improvement score over time", "总改善评分（TIS）随时间的变化"),
    "tis.text": (
        "{figure} shows the mean score of those assessed in time, with {confidence}% intervals; nothing is imputed.",
        "{figure}展示在访视窗内评估者的平均评分及 {confidence}% 置信区间；未作填补。",
    ),
    "title.tis_figure": ("Total improvement score by arm over time", "各组总改善评分（TIS）随时间的变化"),
    "alt.tis_figure": (
        "Line chart of the mean total improvement score by week with {confidence}% intervals: {told}.",
        "各周平均总改善评分的折线图及 {confidence}% 置信区间：{told}。",
    ),
    "axis.week": ("Week", "周"),
    "axis.tis": ("Total improvement score (0–100)", "总改善评分 TIS（0–100）"),
    "axis.number": ("Number assessed", "评估人数"),
    "section.forest": ("By stratum and site", "按分层与中心"),
    "forest.text": (
        "{figure} shows the difference by stratum and site. Groups were not powered for; intervals are not "
        "adjusted for their number, and no group is tested by itself.",
        "{figure}展示各分层与各中心的率差。各亚组未作检验效能设计，区间未作多重性校正，亚组内不作单独检验。",
    ),
    "title.forest": ("Difference in responders by stratum and site", "各分层与各中心的应答率差"),
    "alt.forest": (
        "Forest plot of the difference in responders with {confidence}% intervals; for all participants "
        "{difference} percentage points, {interval}. The same numbers stand beside the drawing.",
        "应答率差的森林图及 {confidence}% 置信区间；全体受试者为 {difference} 个百分点（{interval}）。数字列于图旁。",
    ),
    "forest.all": ("All participants", "全体受试者"),
    "forest.difference": ("Difference, %\n({confidence}% CI)", "率差（%）\n（{confidence}% CI）"),
    "forest.axis": ("Difference in responders (percentage points)", "应答率差（百分点）"),
    "forest.better": ("{arm} better", "{arm}较好"),
    "note.forest": (
        "Responders / participants. All participants: Mantel-Haenszel with Sato's variance; groups: Newcombe. The "
        "area of a square follows the size of its group.",
        "应答者/受试者。全体：Mantel-Haenszel 法（Sato 方差）；亚组：Newcombe 法。方块面积与亚组人数对应。",
    ),
    "section.sensitivity": ("Sensitivity analyses", "敏感性分析"),
    "sensitivity.text": (
        "{table} repeats the primary comparison under other populations, other strata, and other assumptions about "
        "what is missing; the first line is the primary analysis.",
        "{table}在其他人群、其他分层及对缺失数据的其他假设下重复主要比较；首行为主要分析。",
    ),
    "title.sensitivity": ("Sensitivity analyses of the primary outcome", "主要终点的敏感性分析"),
    "note.imputed": (
        "Multiple imputation: responders are the mean over {sets} completed sets; difference, interval and p are those "
        "of the Mantel-Haenszel difference of each set with Sato's variance, pooled by Rubin's rule, p by its t.",
        "多重插补：应答者数为 {sets} 份填补数据集的均值；差值、区间与 p 由各数据集的 Mantel-Haenszel 率差（Sato 方差）"
        "按 Rubin 规则合并而得，p 为合并后的 t 检验。",
    ),
    "tipping.text": (
        "{figure} asks how many of those with a missing outcome would have to be responders, in each arm, for the "
        "answer to change: at the lower left none of them is, as in the primary analysis.",
        "{figure}考察各组结局缺失者中需有多少例为应答者才会改变结论：左下角为全部视为无应答，即主要分析。",
    ),
    "tipping.text_left_out": (
        "{figure} asks how many of those with a missing outcome would have to be responders, in each arm, for the "
        "answer to change: at the lower left none of them is. The primary analysis leaves them out, so that it is no "
        "cell of the grid.",
        "{figure}考察各组结局缺失者中需有多少例为应答者才会改变结论：左下角为全部视为无应答。主要分析不纳入这些受试者，"
        "因此不对应图中任何一格。",
    ),
    "tipping.untested": (
        "However many of the missing responded, the primary test cannot be computed: there is no tipping point.",
        "无论缺失者中有多少应答，主要检验均无法计算，故无临界点。",
    ),
    "tipping.none": (
        "No outcome was missing without a deciding event, so that there is no tipping point.",
        "不存在未由伴发事件判定的缺失结局，因此无需临界点分析。",
    ),
    "title.tipping_figure": (
        "Tipping-point analysis: p of the primary test by responders among the missing",
        "临界点分析：缺失者中应答人数与主要检验 p 值",
    ),
    "alt.tipping_figure": (
        "Grid of the primary test's p for every number of responders among the missing, 0 to {active} in "
        "{active_arm} by 0 to {control} in {control_arm}; {shown} of {all} cells are {alpha} or less.",
        "缺失者中应答人数各种组合下主要检验的 p 值网格：{active_arm} 0 至 {active} 例，{control_arm} 0 至 {control}"
        " 例；{all} 格中 {shown} 格不超过 {alpha}。",
    ),
    "tipping.axis": ("Responders among the missing, {arm}", "缺失者中的应答人数，{arm}"),
    "tipping.below": ("p ≤ {alpha}", "p ≤ {alpha}"),
    "tipping.above": ("p > {alpha}", "p > {alpha}"),
    "section.secondary": ("Secondary outcomes", "次要终点"),
    "secondary.text": (
        "{secondary} gives every secondary outcome; p values are nominal but for those that the fixed sequence "
        "tests ({multiplicity}). {responders} gives the responders of every level, and {measures} the measures by "
        "visit.",
        "{secondary}列出全部次要终点；除固定顺序检验中的终点（{multiplicity}）外，p 值均为名义值。{responders}列出"
        "各水平应答者，{measures}列出各访视的测量值。",
    ),
    "title.secondary": ("Secondary outcomes", "次要终点"),
    "title.responders": ("Responders by endpoint, full analysis set", "各终点应答者（全分析集）"),
    "title.measures_over_time": ("Measures by visit", "各访视测量值"),
    "note.measures": (
        "Mean ({confidence}% CI) of those assessed within the window of the visit; what the laboratory entered apart "
        "counts whatever the day of its sample. Nothing is imputed.",
        "访视窗内评估者的均数（{confidence}% CI）；实验室独立录入的指标不论采样日期均计入。未作填补。",
    ),
    "title.exploratory": ("Exploratory outcomes", "探索性终点"),
    "exploratory.text": (
        "{table} gives what the laboratory entered apart, as it can unmask; p values are exploratory.",
        "{table}列出因可能破盲而由实验室独立录入的指标；p 值仅供探索。",
    ),
    "section.exploratory": ("Exploratory outcomes", "探索性终点"),
    "section.multiplicity": ("Multiplicity", "多重性控制"),
    "multiplicity.text": (
        "Endpoints are tested in the order of {table}, each at {alpha} two-sided and only if all before it showed "
        "a difference (p ≤ {alpha}); all that comes after the first that did not is nominal.",
        "按{table}的顺序逐一检验，各终点双侧检验水准 {alpha}，仅当其前所有终点均显示差异（p ≤ {alpha}）时才检验；首个未"
        "显示差异的"
        "终点之后均为名义值。",
    ),
    "title.multiplicity": ("Fixed sequence of tests", "固定顺序检验"),
    "head.counts": ("n/N (%)", "n/N（%）"),
    "head.value": ("Value", "值"),
    "head.difference_alone": ("Difference", "差值"),
    "head.degrees": ("df", "自由度"),
    "head.measure": ("Measure", "指标"),
    "head.mean_sd": ("Mean (SD)", "均数（标准差）"),
    "head.mean_ci": ("{confidence}% CI", "{confidence}% CI"),
    "head.log_mean": ("Mean (log)", "对数均数"),
    "head.ratio": ("Ratio", "比值"),
    "head.p_adjusted": ("Adjusted p", "校正 p"),
    "note.mantel_haenszel": (
        "Mantel-Haenszel: proportions in percent of the participants given; their difference stratified, with Sato's "
        "variance, p of Cochran-Mantel-Haenszel.",
        "Mantel-Haenszel：占所列受试者的百分比；分层率差（Sato 方差），p 为 Cochran-Mantel-Haenszel 检验。",
    ),
    "note.mmrm": (
        "MMRM: means and difference of a mixed model for repeated measures over the visits of a measure (unstructured "
        "covariance, REML, degrees of freedom by Satterthwaite).",
        "MMRM：对同一指标各访视拟合的重复测量混合模型的校正均数与差值（非结构化协方差，REML，Satterthwaite 自由度）。",
    ),
    "note.ancova": (
        "ANCOVA: means and difference of an analysis of covariance of the visit alone.",
        "ANCOVA：仅对该访视作协方差分析的校正均数与差值。",
    ),
    "note.baseline_adjusted": (
        "Means are adjusted for the measure's own value at baseline and for the stratum as used.",
        "均数按该指标的基线值与随机时所用分层校正。",
    ),
    "note.scores_adjusted": (
        "{measure} has no value at baseline: its means are adjusted for {covariates} and for the stratum as used.",
        "{measure}无基线值：其均数的校正因素为{covariates}以及随机时所用分层。",
    ),
    "note.scores_unadjusted": (
        "{measure} has no value at baseline: its means are adjusted for the stratum as used alone.",
        "{measure}无基线值：其均数仅按随机时所用分层校正。",
    ),
    "note.difference_any": ("Differences are {active} minus {control}.", "差值为{active}减{control}。"),
    "note.explored": (
        "Means are of logarithms, adjusted for baseline and stratum; a value below detection counts as half the "
        "limit, and every value counts whatever the day of its sample. The ratio is that of geometric means, {active} "
        "to {control}.",
        "均数为对数值的校正均数（按基线与分层校正）；低于检测限者按检测限的一半计，不论采样日期均计入。比值为几何均数之比"
        "（{active}比{control}）。",
    ),
    "note.adjusted": (
        "Adjusted p: Benjamini and Hochberg over the table.",
        "校正 p：全表按 Benjamini-Hochberg 法校正。",
    ),
}
