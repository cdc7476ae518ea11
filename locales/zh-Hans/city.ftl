# 全市汇总：各区公布的数字相加
city-title = { $city }：各区服务到户的情况
city-counted = 共 { $all } 个区，其中 { $counted } 个区的数字已计入合计。
city-missing = 没有回应的区：{ $names }。
city-missing-what = 合计里没有这些区的数字。稍后再打开本页，它们恢复后会自动计入。
city-table = 各区的户数，按服务到户的步骤
city-district = 区
city-away = 现在没有回应，未计入合计
city-unpublished = 尚未公布，未计入合计
city-sum = 合计
city-effective = 计入的住户中，真正得到服务的占 { $share }。
city-foot = 每个区的数字由该区自己计算并决定是否公布，单位为户；各区的日期见表。
city-simulated = 标有“模拟”的区，数字是模拟出来的，合计也因此含有模拟数字。
