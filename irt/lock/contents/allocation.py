"""Tables 1 to 10: the list, who was allocated to what, kits and their fates, who learned what, and the proof."""

from irt.lock.contents.shape import table

ALLOCATION = (
    table(1, "randomization_list", ("Randomization list", "随机表"), "stratum? position", """
        list              | code    | List                                 | 随机表编号
        stratum           | code    | Stratum                              | 分层
        block             | integer | Block within the stratum             | 层内区组
        position_in_block | integer | Position within the block            | 区组内位置
        position          | integer | Position within the stratum          | 层内位置
        arm               | code    | Arm                                  | 组别
        used              | yesno   | Used                                 | 已使用
        participant       | code    | Participant                          | 受试者
    """),
    table(2, "allocations", ("Allocations", "随机分配结果"), "participant", """
        participant          | code    | Participant                          | 受试者
        site                 | code    | Site                                 | 研究中心
        randomization_number | code    | Randomization number                 | 随机号
        stratum_used         | code    | Stratum as used                      | 随机时所用分层
        stratum_corrected    | code    | Stratum as corrected                 | 更正后分层
        position             | integer | Position within the stratum          | 层内位置
        arm                  | code    | Arm                                  | 组别
        randomized_at_utc    | instant | Randomized at (UTC)                  | 随机时间（UTC）
        randomized_at_local  | instant | Randomized at (site)                 | 随机时间（中心当地）
        randomized_by        | text    | Randomized by                        | 随机操作人
        in_error             | yesno   | Randomized in error                  | 误随机
    """),
    table(3, "kits", ("Kits", "药盒"), "kit", """
        kit               | code    | Kit                                  | 药盒编号
        kit_type          | code    | Kit type                             | 药盒类型
        manufacturing_lot | code    | Manufacturing lot                    | 生产批号
        lot               | code    | Masked lot                           | 盲态批号
        expiry            | date    | Expiry                               | 有效期
        vials             | integer | Vials                                | 支数
        state             | code    | State                                | 状态
        site              | code    | Site                                 | 研究中心
        participant       | code    | Participant                          | 受试者
    """),
    table(4, "dispensing", ("Dispensing", "发药记录"), "participant kit", """
        participant        | code    | Participant                          | 受试者
        site               | code    | Site                                 | 研究中心
        visit              | code    | Visit                                | 访视
        ordinal            | integer | Kit of the visit                     | 该访视第几盒
        kit                | code    | Kit                                  | 药盒编号
        kit_type           | code    | Kit type                             | 药盒类型
        arm_of_kit         | code    | Arm of the kit                       | 药盒所属组别
        arm_of_participant | code    | Arm of the participant               | 受试者组别
        match              | yesno   | Kit matches the participant's arm    | 药盒与组别一致
        how                | code    | How (assigned, wrong_kit)            | 方式
        assigned_at_utc    | instant | Assigned at (UTC)                    | 分配时间（UTC）
        given_at_utc       | instant | Handed over at (UTC)                 | 发放时间（UTC）
        given_on           | date    | Handed over on                       | 发放日期
        doses_taken        | integer | Doses recorded from this kit         | 用自该药盒的剂次
    """),
    table(5, "accountability", ("Accountability", "药物清点"), "kit", """
        kit          | code    | Kit                                  | 药盒编号
        site         | code    | Site                                 | 研究中心
        participant  | code    | Participant                          | 受试者
        state        | code    | State                                | 状态
        vials        | integer | Vials handed over                    | 发放支数
        unused       | integer | Returned unused                      | 退回未用
        used         | integer | Returned used                        | 退回已用
        used_before  | integer | Used before they were passed on      | 转交前已用
        broken       | integer | Broken                               | 破损
        lost         | integer | Lost                                 | 丢失
        unaccounted  | integer | Unaccounted for                      | 去向不明
        returned_on  | date    | Returned on                          | 退回日期
        discrepancy  | code    | Discrepancy                          | 数量不符
        resolution   | text    | How it was resolved                  | 处理说明
        destroyed_on | date    | Destroyed on                         | 销毁日期
    """),
    table(6, "unblinding_log", ("Unblinding log", "揭盲记录"), "kind participant? at_utc", """
        kind        | code    | Kind                                 | 类别
        participant | code    | Participant                          | 受试者
        site        | code    | Site                                 | 研究中心
        at_utc      | instant | At (UTC)                             | 时间（UTC）
        on          | date    | On                                   | 日期
        by          | text    | By                                   | 操作人
        reason      | code    | Reason                               | 原因
        told        | text    | In words                             | 说明
        kit         | code    | By kit number                        | 按药盒编号
        treatment   | code    | Treatment after it (stop, continue)  | 之后的治疗
        shown_at_utc| instant | Shown at (UTC)                       | 显示时间（UTC）
    """),
    table(7, "misallocations", ("Randomized in error and wrong kits", "误随机与错发药盒"), "kind participant kit?", """
        kind               | code    | Kind                                 | 类别
        participant        | code    | Participant                          | 受试者
        site               | code    | Site                                 | 研究中心
        on                 | date    | On                                   | 日期
        kit                | code    | Kit given                            | 实发药盒
        instead_of         | code    | Kit assigned                         | 应发药盒
        kit_type           | code    | Type of the kit given                | 实发药盒类型
        arm_of_participant | code    | Arm of the participant               | 受试者组别
        match              | yesno   | Kit matches the participant's arm    | 药盒与组别一致
        told               | text    | In words                             | 说明
    """),
    table(8, "audit_trail", ("Audit trail", "稽查轨迹"), "seq", """
        seq             | integer | Number                               | 序号
        recorded_at_utc | instant | Recorded at (UTC)                    | 记录时间（UTC）
        at_utc          | instant | Happened at (UTC)                    | 发生时间（UTC）
        kind            | code    | Kind (act, refusal)                  | 类别
        act             | code    | Act                                  | 操作
        account         | code    | Account                              | 账号
        name            | text    | Name                                 | 姓名
        roles           | text    | Roles                                | 角色
        site            | code    | Site                                 | 研究中心
        participant     | code    | Participant                          | 受试者
        reason          | text    | Reason                               | 原因
        software        | code    | Software                             | 软件版本
        body            | text    | Order, changes, answer (JSON)        | 内容（JSON）
        hash            | code    | Hash of the entry                    | 条目哈希
    """),
    table(9, "generation_record", ("How the list was made and checked", "随机表生成与核对记录"), "key", """
        key   | code | What                                 | 项目
        value | text | Value                                | 值
    """),
    table(10, "signatures", ("Signatures from freezing to release", "冻结至揭盲的签名"),
          "step account signed_at_utc", """
        step          | code    | Step                                 | 步骤
        role          | code    | Role                                 | 角色
        account       | code    | Account                              | 账号
        name          | text    | Name                                 | 姓名
        meaning       | text    | Meaning                              | 签名含义
        signed_at_utc | instant | Signed at (UTC)                      | 签名时间（UTC）
        data_sha256   | code    | SHA-256 of what was signed           | 所签内容 SHA-256
        told          | text    | In words                             | 说明
    """),
)  # fmt: skip
