# 社工站
stations-refused-hosts = { $station } 已经有一处主站点，一个社工站只能有一处
stations-refused-opens-before-planned = { $station } 的开放日期早于计划日期，或社工站已经关闭，请核对
stations-refused-open-already = 已经开放，请刷新页面查看
stations-refused-closes-before-opened = 关闭日期早于开放日期，请核对
stations-refused-closed-already = 已经关闭，请刷新页面查看
stations-refused-rota = 值班时间不对：结束要晚于开始，并且在同一天之内
