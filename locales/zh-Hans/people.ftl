# 账号、角色、登录
people-role-anyone = 访客
people-role-district-officer = 区级干部
people-role-town-officer = 街镇干部
people-role-grid-leader = 综合网格长
people-role-community-worker = 社区工作者
people-role-operator = 运营方
people-role-program = 系统
people-enter-title = 登录
people-login = 账号
people-password = 密码
people-enter = 登录
people-enter-help = 没有账号或忘记密码，请联系本单位的系统管理员。
people-enter-demonstration = 这是演示环境，不需要账号。
people-enter-choose = 到首页选一种身份进入
people-leave-title = 退出
people-leave-who = 您现在的身份是{ $role }。
people-leave-hint = 在公用的电脑上，离开前请退出。半小时没有操作，也会自动退出。
people-leave = 退出
people-missing-login = 请填写账号
people-missing-password = 请填写密码
people-refused-credentials = 账号或密码不对，请再核对一次
people-refused-login = 账号不能为空，最长 254 个字符
people-refused-login-taken = 账号 { $login } 已经有人用了，请换一个
people-refused-no-demonstration = 这里不是演示环境，请用账号和密码登录。
people-refused-no-such-entry = 演示数据里没有这种身份，请回到首页另选一种。

kit-refused-key-used = 这张表单已经提交过另外的内容。请重新打开页面再提交。
