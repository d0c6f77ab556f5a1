"""Tables 11 to 15, 27 and 28: who took part, where, with which baseline, how it went, what was decided about them."""

from irt.lock.contents.shape import table

COURSE = (
    table(11, "participants", ("Participants", "受试者"), "participant", """
        participant          | code    | Participant                          | 受试者
        site                 | code    | Site                                 | 研究中心
        sex                  | code    | Sex                                  | 性别
        birth_year           | integer | Year of birth                        | 出生年份
        age                  | integer | Age at consent, by year of birth     | 知情同意时年龄（按出生年份）
        consent_on           | date    | Consent on                           | 知情同意日期
        screened_on          | date    | Screened on                          | 筛选日期
        state                | code    | State                                | 状态
        randomized_on        | date    | Randomized on                        | 随机日期
        arm                  | code    | Arm as randomized                    | 随机组别
        actual_arm           | code    | Arm as treated                       | 实际治疗组别
        stratum_used         | code    | Stratum as used                      | 随机时所用分层
        stratum_corrected    | code    | Stratum as corrected                 | 更正后分层
        first_dose_on        | date    | First dose on                        | 首次给药日期
        last_dose_on         | date    | Last dose on                         | 末次给药日期
        stopped_on           | date    | Treatment stopped, last day          | 停药前最后一天
        stop_reason          | code    | Why treatment stopped                | 停药原因
        stop_intercurrent    | code    | Reason as the estimand takes it      | 估计目标所用停药原因
        ended_on             | date    | Left on                              | 退出日期
        died_on              | date    | Died on                              | 死亡日期
        doses_due            | integer | Doses due                            | 应给药次数
        doses_taken          | integer | Doses taken                          | 实际给药次数
        doses_due_w12        | integer | Doses due before week 12             | 第12周前应给药次数
        doses_taken_w12      | integer | Doses taken before week 12           | 第12周前实际给药次数
        adherence_diary      | number  | Adherence by diary, percent          | 依从性（按用药日志，%）
        adherence_vials      | number  | Adherence by vials, percent          | 依从性（按药瓶，%）
        in_error             | yesno   | Randomized in error                  | 误随机
        code_broken          | yesno   | Code broken in an emergency          | 紧急揭盲
        full_analysis        | yesno   | Full analysis set                    | 全分析集
        full_analysis_reason | code    | Why not in the full analysis set     | 未入全分析集原因
        per_protocol         | yesno   | Per-protocol set                     | 符合方案集
        per_protocol_reason  | code    | Why not in the per-protocol set      | 未入符合方案集原因
        safety               | yesno   | Safety set                           | 安全性分析集
    """),
    table(12, "baseline", ("Baseline values", "基线数据"), "participant field", """
        participant | code | Participant                          | 受试者
        field       | code | Value                                | 项目
        value       | text | Answer                               | 值
        unit        | text | Unit                                 | 单位
    """),
    table(13, "visits", ("Visits", "访视"), "participant visit", """
        participant | code    | Participant                          | 受试者
        visit       | code    | Visit                                | 访视
        planned_on  | date    | Planned on                           | 计划日期
        earliest_on | date    | Window from                          | 访视窗起
        latest_on   | date    | Window to                            | 访视窗止
        state       | code    | State                                | 状态
        visited_on  | date    | Held on                              | 访视日期
        study_day   | integer | Study day                            | 研究日
        timing      | code    | Timing (in_window, early, late)      | 是否在窗内
        reason      | text    | Reason                               | 原因
    """),
    table(14, "doses", ("Doses", "给药"), "participant kind number", """
        participant | code    | Participant                          | 受试者
        kind        | code    | Kind (scheduled, extra)              | 类别
        number      | integer | Number                               | 序号
        due_on      | date    | Due on                               | 应给药日期
        outcome     | code    | Outcome                              | 结果
        taken_on    | date    | Taken on                             | 给药日期
        study_day   | integer | Study day                            | 研究日
        kit         | code    | Kit                                  | 药盒编号
        place       | code    | Place                                | 地点
        reason      | code    | Reason                               | 原因
    """),
    table(15, "holds", ("Treatment on hold", "暂停给药"), "participant from_on", """
        participant | code    | Participant                          | 受试者
        from_on     | date    | From                                 | 起
        resumed_on  | date    | Resumed on                           | 恢复日期
        reason      | code    | Reason                               | 原因
    """),
    table(27, "sites", ("Sites", "研究中心"), "site", """
        site       | code    | Site                                 | 研究中心
        name_en    | text    | Name (English)                       | 名称（英文）
        name_zh    | text    | Name (Chinese)                       | 名称（中文）
        time_zone  | code    | Time zone                            | 时区
        screened   | integer | Screened                             | 筛选人数
        randomized | integer | Randomized                           | 随机人数
    """),
    table(28, "population_decisions", ("Populations decided", "分析人群的判定"), "participant population revision", """
        participant   | code    | Participant                          | 受试者
        population    | code    | Population                           | 分析人群
        revision      | integer | Revision                             | 版本
        included      | yesno   | Included                             | 纳入
        told          | text    | Why                                  | 原因
        decided_at_utc| instant | Decided at (UTC)                     | 判定时间（UTC）
        decided_by    | text    | Decided by                           | 判定人
    """),
)  # fmt: skip
