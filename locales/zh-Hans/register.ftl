# 一社一档
register-refused-town-code = 街镇代码 { $code } 不对，应为九位数字
register-refused-code-taken = 这个编号已经登记过，请换一个
register-refused-name-empty = 请填写名称
register-refused-planned = 规划户数应在 0 到 { $most } 之间
register-refused-planned-undated = 填写了规划户数，请同时填写确定的日期
register-refused-leave-without-reason = 请写明退出名单的原因
register-refused-mode-twice = 这种治理方式已经在执行，不用重复登记（{ $mode }）
register-refused-mode-not-in-force = 这种治理方式目前没有执行，不能结束
register-refused-decided-already = 这一项已经有了决定，请刷新页面查看
register-refused-number-taken = 这个门牌或房号已经登记过，请核对
register-refused-household-empty = 一户至少要有一人
register-refused-ends-before-it-begins = 结束日期早于开始日期，请核对
register-refused-ended-already = 这一户已经结束，请刷新页面查看
