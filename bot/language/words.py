"""Lists of words by which names and people are told from other words; whoever knows the language can mend them."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Family names, the frequent ones first. Those with which far more words than names begin are RARE_SURNAMES.
SURNAMES = _words("""
    王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 邓 冯 韩 曹 曾 彭 萧 蔡 潘 田 董 袁 于 余 叶 蒋 杜 苏 魏 程 吕 丁 沈 任
    姚 卢 傅 钟 姜 崔 谭 廖 范 汪 陆 金 石 戴 贾 韦 夏 邱 方 侯 邹 熊 孟 秦 白 江 阎 薛 尹 段 雷 黎 史 龙 陶 贺 顾 毛 郝 龚 邵 万 钱 严 覃 武 戚 莫 孔 向
    汤 温 康 施 文 牛 樊 葛 邢 安 齐 易 乔 伍 庞 颜 倪 庄 聂 章 鲁 岳 翟 殷 詹 申 欧 耿 关 兰 焦 俞 左 柳 甘 祝 包 宁 尚 符 舒 阮 柯 纪 梅 童 凌 毕 单 季
    裴 霍 涂 成 苗 谷 盛 曲 翁 冉 骆 蓝 路 游 辛 靳 管 柴 蒙 鲍 华 喻 祁 蒲 房 滕 屈 饶 解 牟 艾 尤 阳 时 穆 农 司 卓 古 吉 缪 简 车 项 连 芦 麦 褚 娄 窦
    岑 景 党 宫 费 卜 冷 冼 招 练 劳 植 粟 仝 阙 储 丘 晏 席 卫 米 柏 宗 瞿 桂 全 佟 应 臧 闵 苟 邬 边 卞 姬 师 和 仇 栾 隋 商 刁 沙 荣 巫 寇 桑 郎 甄 丛
    仲 虞 敖 巩 明 佘 池 查 麻 苑 迟 邝 仉 笪 竺 郜 逄 虢 嵇 钮 冀 郏 郦 濮 郗 鄂 蔺 夔 訾 蒯 逯 眭 亓 庹 肖 闫 邸 鄢 甯 郄 撖 邰 尕
    朴 阚 奚 屠 隗 宓 庾 糜 贲 郇 羿 佴 幺 蔚 展
    欧阳 上官 司马 诸葛 司徒 夏侯 皇甫 东方 尉迟 慕容 令狐 端木 宇文 呼延 公孙 轩辕 钟离 鲜于 闾丘 亓官 司寇 仲孙 申屠 濮阳 淳于
    公冶 赫连 澹台 南宫 独孤 拓跋 万俟 漆雕 壤驷 拓拔 完颜 纳兰 叶赫 爱新觉罗 耶律
""")

#: Family names that are words, too: believed only where a name was announced or asked for.
RARE_SURNAMES = _words("""
    厉 郁 茹 暨 浦 籍 宰 雍 璩 寿 扈 燕 索 赖 胥 莘 贡 堵 郤 慎 戈 衡 弘 匡 晁 勾 融 毋 乜 鞠 丰 巢 荆 桓 尧 揭 牧 荀 督 撒 荔 付 楚 桢 闻 相 那 由 智 战
    文 区 盖 楼 初 代 习 薄 井 伏 山 班 仰 束 幸 韶 印 宿 怀 苍 扶 通 宦 容 居 步 国 广 禄 沃 隆 空 养 须 权 益 原 昌 尉 税 冶 来 青 但 信 才 普 依 刀 岩 玉
    长孙 司空 单于 太叔 宗政 公羊 公西 乐正 夹谷 谷梁
""")

#: Family names told by their parts.
BY_PARTS = _words("""
    弓长张 木子李 十八子李 耳东陈 大耳陈 立早章 言午许 双口吕 古月胡 口天吴 三横王 干钩于 干勾于 双木林 草头黄 大肚黄 人可何 人禾余 走肖赵 双人徐
    美女姜 关耳郑 西早覃 文刀刘 卯金刀刘 走之连 木易杨 水工江 白水泉 二马冯 两点冯 田力男 女良娘 立里童 山今岑 禾火秋 秋耳邱 四维罗 四夕罗 草办苏 言射谢 十口叶
""")

#: Words that look like a name, for they begin with a family name or stand where a name may, and that nobody bears.
NO_NAMES = _words("""
    门岗 保安 门卫 物业 业主 公司 单位 客人 明天 后天 今天 周末 周一 周二 周三 周四 周五 周六 周日 下午 上午 晚上 时间 马上 电话 手机 车牌 方便 安排 石材 金额 应该 任何
    向您 万一 和我 何时 于是 单元 路上 解决 成了 全家 时候 安全 师傅 明早 明晚 游泳 管家 连续 房间 白天 毛病 常来 文件 温度 体温 阳台 沙发 米饭 车子 农历 全部 全天 应当
    符合 左右 时不 华为 宁愿 严重 谢谢 包裹 武汉 成都 古怪 程序 解释 解除 修改 更改 核对 取消 返回 退出 报修 访客 名字 知道 司机 卫生 马桶 万事 明朝 莫得 他说 她说 嗯呐
    车库 车位 车棚 车号 车辆 牌照 牌号 号牌 尾号 白色 黄色 蓝色 金色 楼道 楼上 楼下 楼梯 箱子 小箱子 大箱子 名天 信息 名单 系统 记录 流程 通行 二维 登记 预约 证件 车证 时段
    房子 总共 一共 大概 估计 大约 可能 也许 或许 预计 估摸 约莫 争取 尽量 尽快 抓紧 赶紧 随时 正好 刚好 顺便 顺路 直接 临时 突然 忽然 推迟 提前 推后 延后 延迟 改天 改日 聚餐 聚会 下班 放学 上班 吃饭
    开会 睡觉 出差 假期 寒假 暑假 早点 晚点 晚些 迟点 三十
    如果 假如 假使 倘若 要是 若是
    施工 包工 童工 车工 全工 员工 工日
""")

#: Words that somebody may bear for a name: taken for one only where a name was announced or asked for.
NAMES_OR_WORDS = _words("""
    高兴 和平 江湖 安静 成功 关于 向前 向东 向阳 向荣 平安 时光 路过 明月 何必 关心 安心 全胜 马上
""")

#: Words in Latin letters that are nobody.
NO_LATIN_NAMES = _words("""
    app wifi ok okay qq ktv vip etc led tv ac hi hello hey sorry thanks thank please busy class meeting off yes no the a an my and or is
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur fri sat sun january february march april june july
    august september october november december jan feb mar apr jun jul aug sep oct nov dec today tomorrow tonight morning afternoon evening
    pm am gps id pdf ups usb cctv ups dhl ems iphone ipad android wechat taobao emo pos
""")

#: Signs with which names of Uyghurs, Tibetans, Mongols, Kazakhs, Yi and others are written: three and more of them in a row are a name.
TRANSCRIBING = _words("""
    阿 艾 买 提 古 丽 力 吐 尔 逊 木 热 依 扎 西 次 仁 多 吉 卓 玛 旺 姆 央 宗 拉 平 措 洛 桑 丹 增 格 尼 达 瓦 边 巴 斯 琴
    高 娃 特 其 娜 托 娅 苏 和 乌 兰 图 雅 呼 哈 萨 日 勒 布 敖 登 那 顺 孟 克 额 敦 音 嘎 仓 才 让 加 德 曲 珍 白 贡 觉 土
    强 顿 衣 赛 云 青 宝 鲁 策 楞 堆 占 嘉 藏 金 尕 久 美 肯 叶 汗 茜 莎 茹 妮 珠 索 朗 迪 孜 帕 麦 合 江 库 完 肉 亚 森 努 再 拜 卡 伊 敏 塔 莫 罕 迈 默 罗 沙 马 牛 呷 果 子 史 惹
""")

#: Those who come to work, by their work.
ROLES = _words("""
    快递员 快递小哥 外卖员 外卖小哥 保姆 保洁 保洁阿姨 家教 家教老师 老师 师傅 装修师傅 装修工 装修工人 工人 搬家的 搬家公司 护工 月嫂 钟点工
    中介 司机 护士 医生 理疗师 家政 货拉拉 编辑 钢琴老师 舞蹈老师 数学老师 英语老师 剃头师傅 理发师傅 律师 设计师 摄影师 代驾
    房产中介 电工 水工 水电工 水管工 木工 瓦工 泥瓦工 油漆工 管道工 装修队 装修公司 施工队 维修工 维修师傅 维修人员 安装工 安装师傅 搬运工 搬家师傅 保洁员 清洁工
    外卖 快递 美团外卖 顺丰快递 京东快递 送餐员 送水工 送货员 送货师傅 快递师傅 外卖骑手 骑手 跑腿 跑腿小哥 闪送 闪送小哥 配送员 滴滴司机 网约车司机 出租车司机 司机师傅 开锁师傅 开锁匠 抄表员 检修员 园丁 厨师 化妆师
    按摩师 美容师 美甲师 康复师 催乳师 育儿嫂 育婴师 住家阿姨 钟点阿姨 护工阿姨 做饭阿姨 陪诊员 家庭医生 社工 志愿者 网格员 评估师 测量师傅 量房师傅 私教 教练 钢琴家教 班主任
    大夫 推拿师 收废品的 保险业务员 业务员 推销员 记者
""")
