# 工作手册
handbook-refused-decision-without-reason = 请写明作出这个决定的理由
handbook-refused-decision-form = 请选择单独设站或联合设站
handbook-refused-file = 这份手册不能采用：{ $fault }
handbook-refused-later-version = 已经有一版从 { $from } 或更晚开始执行，请选更晚的日期
handbook-refused-version-taken = 版本号 { $version } 已经用过，请换一个
handbook-refused-adopted-already = 版本 { $version } 已经采用，不能再改
handbook-refused-version = 请填写版本号，1 到 { $length } 个字
handbook-refused-past = 只能从今天（{ $today }）或以后的日期起执行
