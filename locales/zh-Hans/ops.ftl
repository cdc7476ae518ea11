# 服务器自己说的话：没有区可以问的时候
ops-unknown-title = 这个地址没有对应的区
ops-unknown-do = 可能是网址写错了。请核对您收到的网址，或联系给您网址的人。
ops-away-title = 这个区暂时连不上
ops-away-do = 其他区不受影响。请过一两分钟再试；您刚才提交的内容没有生效，原有的数据没有任何改变。
ops-many-title = 这里的请求太多了
ops-many-do = 同一个网络在短时间内发来的请求太多。请稍等片刻再试，您没有失去任何内容。
ops-ending-title = 系统正在重新启动
ops-ending-do = 请过一分钟再试。这一次请求没有被处理，原有的数据没有任何改变。
