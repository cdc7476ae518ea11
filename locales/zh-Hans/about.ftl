# 关于、无障碍、个人信息
about-title = 关于里弄
about-what = 这是什么
about-what-1 = 里弄是一套用来治理新型居住社区的程序。它把一个区里的每个社区、住户、社工站和服务点登记清楚，按工作手册说明每个社区该有什么、为什么，再算出站点怎么布局最合适。
about-what-2 = 它不问有没有站，只问每一户有没有真正被服务到。每一个数字都写明截至哪一天，从哪里来。
about-sources = 内容从哪里来
about-sources-1 = 工作手册的条文依据公开报道整理，非官方文本。
about-sources-2 = 街镇的轮廓由程序按大致中心划分生成，不是测绘成果，不表示行政区域界线。
about-free = 自由使用
about-free-1 = 里弄是开放源代码软件，按 Apache-2.0 许可证发布。任何区都可以自己安装、检查和修改。

about-access-title = 无障碍说明
about-access-aim = 我们的目标
about-access-aim-1 = 每一页都按照 WCAG 2.2 的 AA 级制作：可以只用键盘操作，可以用读屏软件阅读，颜色从来不是唯一的提示。
about-access-aim-2 = 每张地图旁边都有内容相同的列表，每张图下面都有表格。
about-access-how = 您可以这样用
about-access-how-1 = 页面顶部的“关怀版”把文字和按钮放大，提高对比度，排成一栏。您的选择会记住一年。
about-access-how-2 = 按 Tab 键逐项移动。每页的第一个链接是“跳到正文”。
about-access-how-3 = 所有功能都不需要 JavaScript。您可以用浏览器把页面放大到 400%，内容不会丢失。
about-access-help = 还有困难的话
about-access-help-1 = 如果有哪一页您用起来不方便，请告诉您社区的社工站，工作人员可以代您办理，也会把问题转给我们。

about-privacy-title = 个人信息
about-privacy-who = 谁负责
about-privacy-who-1 = 本系统由区里负责新型居住社区工作的部门使用和管理。
about-privacy-where = 信息怎样保存
about-privacy-where-1 = 姓名、电话和证件号码加密后单独保存，其他记录只用一个代号指向本人。页面上默认只显示“张*”“138****5678”这样的形式。
about-privacy-where-2 = 工作人员因工作需要查看完整信息时，系统会先记下是谁、什么时候、看了哪一项，再显示。
about-privacy-cookies = Cookie
about-privacy-cookies-1 = 我们只用三个 Cookie：登录状态、语言、是否用关怀版。没有统计，没有广告，也不从任何第三方加载内容。
about-privacy-rights = 您的权利
about-privacy-rights-1 = 您可以要求查看、更正或删除关于您的信息，也可以询问谁看过它们。请联系您社区的社工站。
