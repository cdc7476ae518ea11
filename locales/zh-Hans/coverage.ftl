# 有效覆盖
coverage-refused-without-reason = 请写明公开或不公开的理由
