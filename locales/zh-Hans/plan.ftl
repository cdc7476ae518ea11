# 站点规划
plan-refused-name = 方案名称要填写，且不超过 { $length } 个字。方案没有保存，请改好名称后再提交
plan-refused-unknown-site = 编号 { $site } 在这一天的名单和用房里都没有，不能固定或禁用。方案没有变化，请重新打开页面后再选
plan-refused-no-handbook = { $day } 没有执行中的工作手册，无法计算方案。没有保存任何内容，请先采纳一版工作手册，或换一个日期
plan-refused-adopted-already = 方案“{ $name }”已经采纳过，不能再改动或再次采纳。它没有变化，请复制成新方案后再调整
plan-refused-not-proven = 这个方案与可能的最低成本最多相差 { $gap }，超过了可以直接采纳的 1%。没有采纳，请确认“仍然采纳”，或重新计算
plan-refused-before-its-day = 日期不能早于方案所依据的 { $day }。没有任何变化，请换一个不早于这一天的日期
plan-refused-before-current = 日期早于现行规划“{ $name }”的生效日期。现行规划没有变化，请换一个更晚的日期
plan-refused-none-adopted = 目前还没有采纳的规划，所以没有缺口清单，也没有要开放的站点。没有任何变化，请先采纳一个方案
plan-refused-still-serves = 这个点还在服务：{ $communities }。它没有关闭，请先开放这些社区的新点，再关闭这一处
plan-refused-no-gap-chosen = 没有选中任何缺口。清单没有变化，请先勾选要办理的缺口
plan-refused-note = 交办要求最多 { $length } 个字。没有交办，请改短后再提交
plan-refused-due-in-the-past = 办结日期 { $day } 已经过去。没有交办，请选今天或以后的日期
plan-refused-gap-crossed-off = “{ $place }”的这项缺口已经销号（尚缺 { $lacking }），不能再办理。清单没有变化，请刷新页面查看
plan-refused-gap-not-handed-out = “{ $place }”的这项缺口还没有交办（尚缺 { $lacking }），不能督办。清单没有变化，请先交办
plan-refused-gap-still-there = “{ $place }”还缺 { $lacking }，不能销号。清单没有变化，请等实际到位后再销号
