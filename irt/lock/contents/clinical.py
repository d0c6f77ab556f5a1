"""Tables 16 to 26: measures, scores, responses, what interfered, harm, deviations, queries."""

from irt.lock.contents.shape import table

CLINICAL = (
    table(16, "assessments", ("Outcome measures", "疗效指标"), "participant visit instrument field?", """
        participant | code    | Participant                          | 受试者
        visit       | code    | Visit                                | 访视
        instrument  | code    | Instrument                           | 量表
        field       | code    | Value (totals are named total)       | 项目
        value       | text    | Answer                               | 值
        unit        | text    | Unit                                 | 单位
        state       | code    | State (final, not_done)              | 状态
        assessed_on | date    | Assessed on                          | 评估日期
        study_day   | integer | Study day                            | 研究日
        timing      | code    | Timing (in_window, early, late)      | 是否在窗内
        source      | code    | Source                               | 来源
    """),
    table(17, "laboratory", ("Laboratory apart", "独立实验室结果"), "participant visit instrument field?", """
        participant  | code    | Participant                          | 受试者
        visit        | code    | Visit                                | 访视
        instrument   | code    | Instrument                           | 检测项目
        field        | code    | Value                                | 项目
        value        | number  | Answer (the limit where it is below) | 值（低于检测限时为检测限）
        below        | yesno   | Below the limit of detection         | 低于检测限
        unit         | text    | Unit                                 | 单位
        state        | code    | State (final, not_done)              | 状态
        collected_on | date    | Collected on                         | 采样日期
        study_day    | integer | Study day                            | 研究日
    """),
    table(18, "scores", ("Scores", "评分"), "participant visit score", """
        participant | code    | Participant                          | 受试者
        visit       | code    | Visit                                | 访视
        score       | code    | Score                                | 评分项
        value       | number  | Value (exact, or to 12 decimals)     | 值
    """),
    table(19, "responses", ("Responses by the estimand", "按估计目标的应答"), "participant endpoint", """
        participant    | code    | Participant                          | 受试者
        endpoint       | code    | Endpoint                             | 终点
        visit          | code    | Visit                                | 访视
        observed       | number  | Observed value (DOI: 1 met, 0 not)   | 观察值
        response       | integer | Responder (1, 0)                     | 应答（1 是，0 否）
        decided_by     | code    | What decided it                      | 判定依据
        assessment_day | integer | Study day up to which events count   | 事件计至研究日
    """),
    table(20, "intercurrent_events", ("Intercurrent events", "伴发事件"), "participant event", """
        participant | code    | Participant                          | 受试者
        event       | code    | Event                                | 事件
        proposed    | code    | As the protocol has it               | 方案所定类别
        verdict     | code    | As adjudicated                       | 裁定类别
        reason      | code    | Reason of a stop                     | 停药原因
        happened_on | date    | Happened on                          | 发生日期
        study_day   | integer | Study day                            | 研究日
        counts      | yesno   | Counts                               | 计入
    """),
    table(21, "medications", ("Interfering medication", "影响疗效评价的用药"), "participant number", """
        participant | code    | Participant                          | 受试者
        number      | integer | Number                               | 序号
        kind        | code    | Kind                                 | 类别
        drug        | text    | Drug                                 | 药物
        dose        | text    | Dose                                 | 剂量
        started_on  | date    | Started on                           | 开始日期
        ended_on    | date    | Ended on                             | 结束日期
        stands      | yesno   | Stands                               | 有效
    """),
    table(22, "adverse_events", ("Adverse events", "不良事件"), "participant event", """
        participant         | code    | Participant                          | 受试者
        event               | integer | Event                                | 序号
        verbatim            | text    | In the reporter's words              | 报告用语
        term                | code    | Term of the study                    | 研究术语
        llt                 | text    | Lowest level term                    | 低位语
        pt                  | text    | Preferred term                       | 首选语
        soc                 | text    | System organ class                   | 系统器官分类
        dictionary          | text    | Dictionary version                   | 词典版本
        grade               | integer | Grade (CTCAE)                        | 分级（CTCAE）
        serious             | yesno   | Serious                              | 严重不良事件
        seriousness         | text    | Criteria of seriousness              | 严重性标准
        onset_on            | date    | Onset                                | 开始日期
        ended_on            | date    | End                                  | 结束日期
        study_day           | integer | Study day of onset                   | 开始研究日
        causality_drug      | code    | Causality, study drug (investigator) | 与试验用药品的关系（研究者）
        causality_procedure | code    | Causality, injection or procedure    | 与注射或操作的关系
        sponsor_causality   | code    | Causality, study drug (sponsor)      | 与试验用药品的关系（申办者）
        expectedness        | code    | Expectedness                         | 预期性
        action              | code    | Action with the study drug           | 对试验用药品采取的措施
        outcome             | code    | Outcome                              | 转归
        special_interest    | yesno   | Of special interest                  | 特别关注
        emergent            | yesno   | Treatment-emergent                   | 治疗期间出现
        last_dose_on        | date    | Last dose before onset               | 发生前末次给药
        last_kit            | code    | Kit of that dose                     | 该次药盒
    """),
    table(23, "safety_laboratory", ("Safety laboratory", "安全性实验室检查"),
          "participant analyte taken_on sample?", """
        participant | code    | Participant                          | 受试者
        sample      | integer | Sample                               | 样本
        taken_on    | date    | Taken on                             | 采样日期
        study_day   | integer | Study day                            | 研究日
        analyte     | code    | Analyte                              | 检测项目
        value       | number  | Value                                | 值
        unit        | text    | Unit                                 | 单位
        lower       | number  | Lower limit of normal                | 正常值下限
        upper       | number  | Upper limit of normal                | 正常值上限
        withheld    | yesno   | Kept to the investigator             | 仅研究者可见
    """),
    table(24, "deviations", ("Protocol deviations", "方案偏离"), "deviation", """
        deviation         | code    | Deviation                            | 编号
        participant       | code    | Participant                          | 受试者
        site              | code    | Site                                 | 研究中心
        kind              | code    | Kind                                 | 类别
        happened_on       | date    | Happened on                          | 发生日期
        told              | text    | In words                             | 说明
        severity_dm       | code    | Severity (data manager)              | 严重程度（数据管理员）
        per_protocol_dm   | code    | Per protocol (data manager)          | 符合方案集（数据管理员）
        severity_ts       | code    | Severity (trial statistician)        | 严重程度（试验统计师）
        per_protocol_ts   | code    | Per protocol (trial statistician)    | 符合方案集（试验统计师）
        stands            | yesno   | Stands                               | 有效
    """),
    table(25, "queries", ("Queries", "质疑"), "participant number", """
        participant   | code    | Participant                          | 受试者
        number        | integer | Number                               | 序号
        visit         | code    | Visit                                | 访视
        instrument    | code    | Instrument                           | 量表
        field         | code    | Value                                | 项目
        origin        | code    | Raised by                            | 来源
        state         | code    | State                                | 状态
        raised_at_utc | instant | Raised at (UTC)                      | 提出时间（UTC）
    """),
    table(26, "special_reports", ("Special reports", "特殊报告"), "participant kind number", """
        participant | code    | Participant                          | 受试者
        kind        | code    | Kind                                 | 类别
        number      | integer | Number                               | 序号
        happened_on | date    | Happened on                          | 发生日期
        outcome     | code    | Outcome                              | 结局
        outcome_on  | date    | Outcome on                           | 结局日期
        told        | text    | In words                             | 说明
    """),
)  # fmt: skip
