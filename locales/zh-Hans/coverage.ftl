# 有效覆盖
coverage-room = 有效覆盖
coverage-lead = 不问有没有站，只问每一户有没有真正被服务到。
coverage-as-of = 截至日期
coverage-kind = 社区类型
coverage-town = 街镇
coverage-grid = 综合网格
coverage-no-grid = 不在网格里
coverage-all = 全部
coverage-look = 查看
coverage-whole = 合计
coverage-comma = 、
coverage-of = {"·"}

coverage-nominal = 有形覆盖
coverage-effective = 有效覆盖
coverage-nominal-short = 有形
coverage-effective-short = 有效
coverage-at-most = 至多
coverage-households = { $count } 户
coverage-gap = 两者之间差 { $count } 户。联系到、有回应、说满意三步还没有开始计量，所以有效覆盖只能说“至多”。

coverage-cascade = 每一步还剩多少户
coverage-of-day = 截至 { $day }
coverage-of-communities = { $count } 个社区
coverage-step = 步骤
coverage-chart = 图
coverage-unit = 户
coverage-share = 占应服务
coverage-less = 比上一步少
coverage-most = 丢得最多
coverage-not-measured = 尚未计量
coverage-key-reached = 到了这一步
coverage-key-lost = 停在这一步之前
coverage-key-served = 有人在的住户
coverage-key-not-yet = 还停在前面的步骤

coverage-step-target = 应服务
coverage-step-assigned = 有归属
coverage-step-available = 有场所
coverage-step-accessible = 走得到
coverage-step-staffed = 有人在
coverage-step-contacted = 联系到
coverage-step-responded = 有回应
coverage-step-satisfied = 说满意
coverage-what-target = 登记在册、有人居住的住户
coverage-what-assigned = 已按手册定下治理方式
coverage-what-available = 站点开着门，时间够手册要求
coverage-what-accessible = 步行距离在手册的限度以内
coverage-what-staffed = 开门的时间里确实有人当班
coverage-what-contacted = 按手册的频次见过面或通过话
coverage-what-responded = 没有逾期未办的诉求
coverage-what-satisfied = 一年内本人说过满意

coverage-lost-at = 停在“{ $step }”之前的社区
coverage-lost-sum = { $communities } 个社区，{ $households } 户
coverage-lost-none = 在这个范围里，没有社区停在这一步之前。
coverage-list = 社区列表
coverage-community = 社区
coverage-reached = 到了哪一步

coverage-todo = 先做什么
coverage-todo-hint = 按能补回的户数排列
coverage-todo-assigned = { $place }：{ $count } 个社区还没有按手册定下治理方式，请街镇定下来
coverage-todo-available = { $place }：{ $count } 个社区没有站点，或者开门时间不够，请开设服务点、补足时间
coverage-todo-accessible = { $place }：{ $count } 个社区走得太远，请就近借一间房
coverage-todo-staffed = { $place }：{ $count } 个社区的服务点开着门没有人，请补岗、排班
coverage-plus = +{ $count } 户
coverage-plus-hint = 最多可补回

coverage-towns = { $count } 个街镇
coverage-map = 各街镇有效覆盖的地图，数字见旁边的表
coverage-map-town = 街镇里各社区的地图，内容见旁边的表
coverage-map-key = 有效覆盖
coverage-map-same = 地图与列表内容相同
coverage-town-list = 街镇列表
coverage-side-table = 街镇并排的表
coverage-lost-list = 停在这一步之前的社区列表
coverage-side = 街镇并排看
coverage-grids-side = 综合网格并排看
coverage-grids-table = 综合网格并排的表
coverage-side-hint = 五根柱子依次是应服务、有归属、有场所、走得到、有人在
coverage-communities = 社区
coverage-five = 五步
coverage-served-households = 有人在的户
coverage-lost-there = 丢在这一步
coverage-communities-of = { $count } 个社区

coverage-year = 一年来
coverage-year-title = 近十二个月：有形覆盖现在 { $nominal }，有效覆盖现在至多 { $served }
coverage-year-figures = 看数字
coverage-day = 日期

coverage-public = 公开哪些数字
coverage-public-hint = 每一个数字是否公开，都由指定的人作出决定，写明日期和理由。
coverage-public-yes = 公开
coverage-public-no = 不公开
coverage-public-since = { $day } 起
coverage-public-change = 作出新的决定
coverage-public-figure = 哪个数字
coverage-public-decision = 决定
coverage-public-reason = 理由
coverage-public-decide = 决定
coverage-figure-district-cascade = 全区的每一步
coverage-figure-towns = 街镇并排
coverage-figure-communities = 每个社区到了哪一步
coverage-how = 一户只有走过前面每一步，才算到了这一步。步行距离按直线乘以 1.3 估算（作为参数设定）。开门和当班的时间按每周值班表计算，同一时间两个人只算一次。

coverage-csv-code = 编号
coverage-csv-name = 名称
coverage-csv-town = 街镇
coverage-csv-kind = 类型
coverage-csv-households = 户数（户）
coverage-csv-residents = 居民（人）
coverage-csv-reached = 到了哪一步
coverage-csv-grid = 综合网格

coverage-refused-without-reason = 请写明公开或不公开的理由
