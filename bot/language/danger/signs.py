"""Danger that no single phrase tells: words that mean it only together, in whatever order they are blurted out.

SIGNS are words by what they stand for; 叫不(醒|应) is two of them. TOGETHER says which make a danger, and how near each other.
Words under `none` are no sign, though their characters look like one: 龙头 is no head, 烧水 no fire.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from operator import add

#: What a word stands for -> the words.
SIGNS: Mapping[str, str] = {
    "none": """
        (龙|插|镜|喷|探|接|弯|枕|石|木|罐|街|摄像|莲蓬|前|里|外|后|甜|馒|口|势|笔|骨|床|车|碰|码|年|月)头 头(像|条|发|盔|绳|一回|一次|两天|顶) (让人|真|太|很)头(疼|大)
        (扶|把|二|新|选|助|对|歌|高|分|随|顺|凶|动|放|下|入|联|牵|握|亲|拿|一|抢|到)手 手(机|表|续|册|工|套|环|推车|电|持|动|感|写|气) 洗手(间|池|台|液)
        (墙|桌|床|柜|山|落|拐|热)脚 脚(步|垫|手架|印|本) 桌腿 火腿 鸡腿 眼(镜|光|看|下) 猫眼 鼻涕 肚子饿 背(包|景|后) 腰带 胸卡 腰都?(快|要|快要)断
        血(压|糖|脂|型|常规|检|亏|汗|战|氧|管|本|统|拼|缘|红蛋白|小板|液) (献|抽|验|心|热|吸|采|鸭|猪|贫|止|高|低)血
        (油|抽|吸|香|排|二手|禁|戒|买|卖|点|递|吐|敬)烟 烟(味|头|感|花|酒|囱|道|灰|蒂|瘾|机|草|民|管|台|火|店|盒|雾报警|雾探测)
        (防|上|消|生|小|中|开|文|关|点|打|发)火 火(锅|车|龙果|腿|鸡|箭|爆|热|气|候|花塞|化|影|速|力|焰山|罐|星人|灾险)
        打(我|他|她|)(电话|手机|工|印|扫|扰|折|卡|车|开|听|算|鼓|球|牌|疫苗|针|水|招呼|游戏|麻将|酱油|理|赏|磨|孔|钻|烊|包)
        麻(烦|将|辣|木|药|雀|花|糖|袋|醉|油|婆) (芝|密|大|肉)麻 爆(胎|满|米花|款|料|仓|红|单|笑|炒|表|裂纹) (油)?炸(鸡|串|酱|薯|锅)
        掉(头|价|漆|色|线|队|皮|牙|电|链子|毛|渣|档|粉) 倒(闭|车|垃圾|计时|班|立|数|霉|是|灌|流|酒|茶|水|装|映|贴|挂) 摔(跤比赛|门|东西|碗|碎)
        救(生圈|生员|济|灾款|援队|助站|命稻草|命恩人|场|生衣|命之恩|护员) 急(救箱|救包|救培训|救课|救知识|用|需) 撞(衫|脸|见|色|期|击声)
        追(剧|加|踪|问|责|星|尾|究|求|到|逐) 砍(价|树|柴|头) 吐(槽|司|鲁番) 晕(车|船|血) 抽(奖|查|水|油|屉|空|签|烟|风机|检|湿|纸|时间|血) 喘(口气|息)
        快(递|餐|捷|乐|速) 报警器 一键报警 (犯|好|很|春|真)困 困(难|扰|倦|境|惑) 烧(烤|水|菜|饭|酒|香|纸|卖|鸡|饼|鹅|肉|开水|脑|汤|坏) (发|高|低|退)烧 在烧(水|菜|饭|汤|烤)
        漏(水|斗|网|风|洞|油|雨|接|发|收|填|交|气检测) 刀(具|叉|削面|鱼|片) (剪|磨|胎|转)刀 (喷|水|玩具)枪 断(水|电|网|货|奶|供) 冲(洗|刺|浪|印|卡|电|茶)
        起不来床 老人(机|卡|证|餐|活动|大学) (有|没|有没有)人(管|修|清理|处理|打扫|负责|要|卖|买|来收) 头(有点|有些|)晕 有(点|些)晕 有点(喘|咳|烫) 水电 咬合 (小|野|流浪)(猫|狗) 打死(也|结|都)
        心脏病(史|药) 人(工|员|口|数|事) 中毒怎么 砍(一刀|价) 杀(价|毒|虫|青|菌|鱼|鸡) 头(疼|痛|昏|晕) 看不见(字|屏幕|按键)
        被(电话|电视|电影|电信|打扰|打断|打动|打乱|打回|打折|扎心|刺激|刺眼|压缩|咬定|绑定) 绑(定|卡|手机|房|账号|微信) (我就|心里|心头|让人|越想越|看着就|看到就)冒火 烧着(水|菜|饭|汤|肉) 打老(板|师|虎)
        电梯(口|间|厅|旁|前|外|费|卡|广告|维保|门口) 在电梯(口|间|厅|旁|前|外|门口) 车(被|还|)(困|出不|淹) 要倒(垃圾|车|闭|卖|班) 花(坛|园|台|圃) 书(房|店|桌) 树(下|上|旁|边) 草(地|丛) 球(场|馆) 灯(下|杆|笼) (吃|做|晚|早|午|中)饭 饭(后|前|桌|店)
        (开|睡|关|放|停|挂|摆|亮|堵|占|挡|插|充|接|打|点|找|用|装|铺|盖|晾|晒|打不|点不|穿)着了 (早上|早晨)起不来 胳膊抬不起
    """,
    # what breaks, drops and gets lost every day; between a person and what befalls them it means the thing
    "thing": """
        手机 钥匙 门卡 卡 钱包 书包 包 东西 衣服 校服 球 玩具 戒指 眼镜 被子 花盆 快递 外卖 耳机 车位 电动车 自行车 车子 空调 暖气 电视 电脑 洗衣机 冰箱 平板 手表 手环 拖鞋 鞋 袜子 伞 钱 水杯 书 作业 尿布 饭 碗 杯子
        猫 狗 垃圾 电话卡 医保卡 身份证 证件 单子 按钮 按键 门铃 对讲 可视 门禁 灯 网 app 小程序 屏幕 音响 树 花 草 草坪 (按|叫|等)电梯 电梯(门|按) 车 洗手液 系统 账号 监控 水龙头 马桶 信号 遥控
    """,
    "smoking": "(抽|吸|油|排|香|二手)烟 烟(味|头|囱|道|机|灰) 烧(烤|香|纸|纸钱) 炒菜 做饭 炒辣椒 饭店 餐馆 装修",
    "minor": "创可贴 碘伏 不严重 小伤 一点点 擦破 蚊子 蚊虫 虫子 预约 挂号 想约 康复 几点 复查 换药 拆线 报销 赔 上门(办|服务|采集|评估) 卧床 长期 常年 残疾 多年",
    # -- people
    "person": """
        我 我们 俺 俺们 咱 我哋 他 她 佢 有人 有个人 一个人 个人 人 一家 全家 行人 路人 男的 女的 男人 女人 男子 女子 乘客 司机 病人 室友 房东 租客 师傅 工人 保安 保洁 环卫工 清洁工 快递员 快递小哥 外卖员 外卖小哥 骑手
        电工 同事 朋友 同学 学生 邻居 对门 隔壁 男朋友 女朋友 前男友 前夫 老师 阿姨 大姐 大哥 大叔 叔叔 小伙
    """,
    "frail": """
        孩子 小孩 小朋友 细路 娃 娃儿 娃娃 伢 伢儿 囡囡 小囡 崽 崽崽 仔仔 宝宝 婴儿 幼儿 bb 男孩 女孩 女仔 男仔 姑娘 妹儿 妹妹 弟弟 哥哥 姐姐 儿子 女儿 闺女 丫头 孙子 孙女 外孙 侄子 侄女 外甥
        老人 老头 老头子 老太 老太太 老太婆 老爷子 老爷爷 老奶奶 大爷 大妈 大娘 大伯 老伯 阿伯 阿公 阿婆 阿嬷 阿嫲 阿爷 婆婆 公公 爷爷 奶奶 外公 外婆 姥姥 姥爷 太婆 家婆 家公 嬢嬢 老汉 老汉儿
        爸 爸爸 妈 妈妈 老爸 老妈 老豆 老母 爹 娘 父亲 母亲 岳父 岳母 丈母娘 老丈人 爷叔 老公 老婆 老伴 爱人 媳妇 丈夫 妻子 那口子 孕妇 产妇 痴呆 岁的 岁多 环卫工 保安大哥
    """,
    "one": """
        有人 有个 有个人 个人 女孩 女孩子 男孩 女的 男的 女生 男生 姑娘 小伙 小伙子 学生 孩子 小孩 小朋友 娃 娃娃 娃儿 宝宝 老人 老太太 老头 大爷 年轻人 女人 男人 女子 男子 邻居 女儿 儿子 老公 老婆 室友 她 他 妇女 大妈
    """,
    "man": "人 有人 他 她 佢",
    "body": """
        手 手指 手臂 手腕 手掌 胳膊 膀子 脚 脚趾 脚踝 腿 大腿 小腿 膝盖 脚杆 头 脑袋 脑壳 脑门 后脑 后脑勺 额头 脸 眼睛 鼻子 鼻梁 嘴 嘴唇 下巴 耳朵 喉咙 气管 脖子 颈 胸口 胸 肚子 肚皮 后背 腰杆 屁股 肋骨 骨头 肩膀 身上
        全身 浑身 动脉 身子
    """,
    # -- what befalls them
    "limp": """
        (没|没有|毫无|冇)(反应|动静|知觉|声音|声响|回应|声|声儿|人应) (不|唔)(吭声|出声|答应|应声|动弹|睁眼|会动|能动|动了) 叫(不|唔|都不|也不|不得|半天不)(醒|应|答应|动|起) (喊|摇|推|拍|唤)(不|都不|也不|半天不)(醒|应|答应|动)
        (喊|叫)(他|她|)(也|都)(不答应|没反应|不应|不理|没声) 怎么(叫|喊|摇|推) 一动不动 动不了 动不得 郁唔到 起不来 起不得 起唔(到|身) 企唔(起|返) 站不(起|住|稳) 爬不起 坐不起 抬不起 腿软 晕 昏 白眼 憋气
    """,
    "stricken": """
        (没|没有|冇|无)(意识|呼吸|心跳|脉搏|气了|气息) 叫(不|唔|都不|也不)醒 不省人事 动弹不得 瘫(了|在|倒|软) 软(在|倒|下去) 倒(下了|地上|在地|低|下去) 栽(倒|在|下) 一头栽 晕(了|倒|过去|低|厥) 昏(了|迷|倒|过去|昏沉沉) 意识(不清|模糊) 神志不清 说胡话 说不出话 说不了话 讲唔到
        口齿不清 眼神(不对|发直|涣散) 翻白眼 眼睛上翻 抽(了|过去|起来|搐|筋) 一直抽 在抽 浑身抖 打摆子 白沫 (脸|嘴|嘴唇|脸色|面色|人)(发|都|都发|变|)(紫|青|乌|黑) 脸色(苍白|惨白|煞白|发白) 樱桃红 冷汗 不行了 断气 咽气 快没气 没了气 停跳
        喘不 透不 透唔 唞唔 上不来气 出不来气 吸不上 气不够 呼吸(困难|不|急|好弱|越来越) 憋住 噎(住|到|着) 窒息 歪嘴 嘴歪 嘴巴歪 口角歪 半边身 失禁 吐血 呕血 咯血 休克 骤停 出血
    """,
    "hurts": "剧痛 绞痛 哎哟 哎呦 哎唷 唉哟 呻吟 惨叫 哭喊 打滚 呼救 喊救 喊疼 喊痛 嚎",
    "wound": """
        血 出血 流血 见血 鲜血 断了 断掉 折了 骨折 砸断 压断 切断 切掉 切到 切下 割到 割破 割伤 割断 划破 划伤 划开 划到 刺穿 扎穿 扎进 戳到 戳穿 磕破 磕烂 磕起 摔破 碰破 撞破 打破 烂了 豁了 豁口 裂开 开花 肿得 全肿 大包 变形 脱臼
        露出来 露骨 大洞 个洞 窟窿 口子 半截 掉了一(块|截|节) 皮掉 皮都掉 烫伤 烫坏 烫烂 烧伤 灼伤 烧黑 焦黑 炸伤 炸到 溅到 溅进 看不见 失明 瞎了
        夹(住|到|着|伤|断|在) 被夹 卷(进|到|住|入) 绞(进|到|住|断) 轧(到|住|断|过) 碾(到|过|住) 压(住|到|着|断) 卡(住|在|到) 勒(住|到|着) 缠住 咬(住|伤) 拔不出
    """,
    # 咬了我老公: who is hit stands after it
    "hits": """
        砸(到|中|伤|着|在|晕|死) 撞(到|倒|了|飞|伤|着|翻|死) 压(到|住|了|着|死|在) 碾(到|过|了) 轧(到|了) 夹(到|住|了|着) 咬(到|了|伤|住|着) 蛰(到|了) 蜇(到|了) 电(到|倒|了|着|晕|死) 烫(到|了|伤|着) 烧(到|伤|着) 崩(到|了) 炸(到|伤) 打(伤|晕|倒|死|破) 捅(到|了|伤|死) 砍(到|了|伤|死) 扎(到|了|伤) 伤(到|了|着) 刮倒 带倒 挂倒 绊倒 埋(住|了|到) 困(住|到|着) 卡(住|到) 卷(进|走|到) 冲走 掐(住|着|到) 勒(住|着) 绑(住|着|走) 拖(走|着|进) 拽(走|着|进|住) 抱走 推倒
    """,
    "hit": "(被|遭|畀人|俾人|让人)(砸|撞|压|碾|咬|蛰|蜇|电到|电了|电倒|电击|电打|烫|烧|炸|捅|砍|扎|刺|打|绑|拖|拐|埋|夹|勒|掐|卷|水冲|人打|人砍|人捅|人绑|车) 中刀 中枪 冲走",
    "fell": "摔(了|倒|下|到|在|伤|得|着|成|断) 跌(了|倒|下|到|落|伤|亲|在|咗) 滑(倒|了一|下去|亲) 跣(亲|倒|低) 绊倒 掼(了|倒) 滚(下|了下|落) 栽(倒|下|了|进) 掉(下去|下来|下|进|到|落|入|了下) 坠 踩空 扑倒 打倒 趴在 趴地 躺在 躺地 躺倒",
    "deep": "楼梯 井 井里 电梯井 坑 沟 河 湖 水里 水池 池子 池塘 泳池 喷水池 鱼塘 化粪池 粪坑 下水道 窨井 天井 扶梯 [二三四五六七八九十]楼 窗户 阳台 梯子 脚手架 吊篮 屋顶 房顶 楼顶 树上 墙上 高处 悬崖 桥下 江 海",
    "drown": "淹(到|没|死|住|着) 沉(下|了|底|入|到) 漂(着|在|起) 浮(着|在水|尸) 扑腾 挣扎 呛水 冲走 卷走 溺 落水 跌水 没上来 没浮 脸朝下 上不来 爬不上 爬唔 游不动 滑进 滑落 滑下 栽进",
    "water": "水里 水塘 河 湖 江 池 池塘 泳池 喷泉 水池 鱼塘 井 水坑 海 游泳 玩水 浴缸 水缸 澡盆 洪水",
    "flood": "水到(了|我|都到|)(腰|胸|脖|肩|下巴|车窗|大腿|膝盖) 水(都到|已经到|快到|涨到|漫到|淹到)(腰|胸|脖|肩|车窗|大腿) 淹了 进水 涨水 灌水 洪水 水漫",
    "inside": "车里还?有人 里面还?有(人|孩子|老人|小孩) 有人(在|还在)(里面|下面) (人|我|我们|孩子|老人)(都|还|)(被困|困在|困住) 人出不(去|来) 游不出",
    "swallowed": "吞(了|下|进|咗) 咽(了|下) 误(食|服|喝|吞) 喝(了|下|错|咗|掉) 吃(了|下|错|咗|掉|到) 当(水|糖|饮料|饭|酒)(喝|吃|饮) 错(喝|食|吃|饮) 塞进(鼻子|嘴)",
    "poison": """
        电池 纽扣 磁铁 磁力珠 硬币 干燥剂 老鼠药 耗子药 蟑螂药 杀虫剂 灭蚊 农药 百草枯 敌敌畏 除草剂 洁厕 消毒液 消毒水 84(消毒|液|水|的|和|跟|混) 漂白 洗衣液 洗衣凝珠 洗洁精 清洁剂 管道疏通 硫酸 盐酸 汽油 煤油 甲醇 水银 温度计 毒蘑菇 野蘑菇 野菌 见手青
        安眠药 一整瓶 一把药 一大把药 整瓶 毒药 樟脑丸 水宝宝 花露水 不知道什么药 不明药
    """,
    "sick": "(头|脑壳|脑袋)(都|有点|好|很|也|发|晕|)(晕|昏|疼|痛) 晕 恶心 想吐 呕吐 吐了 在吐 上吐下泻 发软 胸闷 昏沉 喘 心慌 迷糊",
    "giddy": "头(都|有点|好|很|也|发|)(晕|昏) 晕(了|倒|过去) 恶心 想吐 呕吐 吐了 昏 软了",
    "burner": "烧炭 炭火 木炭 煤炉 炉子 生炉 煤球 蜂窝煤 烤火 火盆 炭盆 燃气 煤气 天然气 发电机 一氧化碳",
    "bath": "热水器 洗澡 冲凉",
    "allergy": "过敏 蜂蛰 马蜂 黄蜂 蜜蜂 胡蜂 毒虫 蛇 毒蛇 眼镜蛇 蜈蚣 蝎子 疯狗 恶犬 野猪",
    "reacts": "全身肿 肿了 喘不 呼吸 晕 休克 喉咙 咬了 咬住 咬到 咬人 咬着 被咬 紫 昏 不松口 撕咬",
    "sudden": "突然 忽然 一下子",
    # -- fire, smoke, gas, current
    "flame": "火光 火舌 火球 着火 起火 失火 烧着 烧起 烧过来 烧上来 烧了起 还在烧 在烧 烧紧 烧没 引燃 引着 燃起 燃着 燃了 自燃 冒火 喷火 窜火 蹿火 火往 火星子 火花子 有火光 里面有火 烧了个大洞",
    "burns": """
        窗帘 床 床单 被子 被褥 沙发 衣服 柜子 纸箱 纸壳 纸板 垃圾 垃圾桶 干草 草坪 草 树 落叶 柴 木头 遮阳棚 雨棚 棚 广告牌 招牌 灯笼 油锅 油烟机 灶台 锅 微波炉 烤箱 冰箱 洗衣机 空调 外机 电视 电脑 充电 充电宝 充电桩 电瓶 电池 电动车 电瓶车
        汽车 车 引擎 发动机 摩托 电箱 配电 电表 变压器 电线 线路 插座 插排 插板 插头 灯 灯泡 天花板 吊顶 墙 屋里 屋头 家里 房里 房间 屋企 厨房 客厅 阳台 楼顶 楼道 走廊 地库 车库 仓库 店 饭馆 邻居 隔壁 楼上 楼下 对面 窗户 窗口 电热毯 取暖器 小太阳
        烟道 外墙 保温层 热水器 机房 婴儿车
    """,
    "lit": "着了 着火 烧着 烧咗 着起",
    "detector": "报警器 警报器 警报 探测器",
    "smells": "怪味 味道 气味 刺鼻 臭 焦 头晕 头疼 难闻",
    "smoke": "烟 浓烟 黑烟 白烟 烟雾 青烟 烟子",
    "spreads": "门缝 窗缝 往里 往外 往上 往下 往屋 灌 钻 涌 飘出 冒 滚 窜 蹿 满 看不见 看不清 睁不开 呛 出不去 越来越 好大 很大 好浓 很浓 大得 直往 辣眼",
    "blast": "爆了 炸了 爆开 炸开 炸飞 爆裂 崩了 轰的 轰隆 轰一声 嘭 砰 巨响 爆炸 放炮一样",
    "shattered": "震(碎|动|裂|破|晃) 飞出 飞了 崩到 崩飞 炸到 伤到 满脸 着火 起火 冒烟 冒火 火花 烟 塌 血 气浪",
    "gas": "煤(气|汽)(罐|管|灶|表|阀|) 燃(气|汽)(管|灶|表|罐|阀|) 天(然|燃)(气|汽) 瓦斯 液化(气|汽) 沼气 气罐 气瓶 钢瓶 灶台",
    "gas_break": "(钻|挖|打|弄|砸|压|撞|剪|锯|割)(穿|破|断|漏|坏) 喷气 往外喷 在喷 喷出 嘶嘶 呲呲 滋滋 关不(上|住|紧|了) 拧不(紧|上|住) 阀门(断|坏|掉) (接头|接口|管子|软管)(掉|松|断|裂|脱) 漏",
    "smelly": "臭鸡蛋 臭蛋 坏鸡蛋 烂鸡蛋 嘶嘶",
    "live": "插座 插排 插头 插板 开关 电线 电缆 电闸 灯杆 路灯 电箱 配电 热水器 洗衣机 冰箱 水龙头 花洒 栏杆 铁门 铁栏 围栏 积水 水里 有电 带电 漏电 通电 充电桩 充电 变压器 喷泉 水管 门把手 电梯门",
    "touched": "碰 摸 踩 沾 捅 扶 靠 洗 冲凉 拔 蹚 趟",
    "numb": "麻了 就麻 一麻 发麻 麻得 很麻 电麻 麻一下 麻麻的 电了一下 电了我 打手 电手 电人 抽了 抽过去 当场倒 就倒 弹开 粘住 吸住 手黑",
    # -- lift, shut in
    "lift": "电梯 点梯 轿厢 升降机 货梯 客梯 号梯 𨋢",
    "aboard": "(我|我们|人|他|她|妈|爸)(还|都|正|也|)在(里面|里头) (里面|里头)(还|)有(人|个人|孩子|小孩|老人|孕妇|几个|好几个|两个|三个|两位|几位) 喺入面 关在 关到(人|我|起|了) 里面的人 困 (孕妇|孩子|小孩|老人|娃|妈|爸|爷爷|奶奶|宝宝|老婆|老公|女儿|儿子|同事|朋友)(还|都|)(在|关在)(里面|里头)",
    "riding": "(在|喺)(电梯|轿厢|货梯|升降机|𨋢)(里|里面|里头|内|上|度|)",
    "stuck": "不动 停住 停在 停电 停到 卡住 卡在 卡着 卡到 半空 打不开 开不开 不开门 门不开 开唔到 出不(去|来) 出唔 下不来 掉下 下坠 往下掉 坠 困 黑了 按铃 没人应 没人理 上不去也下不",
    "afraid": "好怕 害怕 好慌 好惊 怕死 吓哭 在哭 哭了 呼救 敲门 拍门 喘",
    "occupied": "(里面|里头|车里|车上|下面|底下)(还|好像|好像还|)(有人|有孩子|有个人|压着人|有老人)",
    "forced": "(门|锁|窗|窗户)被(人|)(撬|砸|打开|踹) 门开着 门锁坏了",
    "sounds": "里面(好像|还|好像还|)(有人|有动静|有声音|有脚步) 不敢进 有脚步声",
    "locked": "反锁 锁在 关在 关到 被锁 被关 困在 独自困 锁车里",
    "shut_in": "屋里 屋头 家里 房间 房里 车里 车内 车上 厕所 卫生间 浴室 阳台 天台 地下室 里面 里头 仓库 柜子 厨房 冷库 机房 楼顶",
    # -- heights, things about to fall, buildings that give way
    "height": "楼顶 顶楼 天台 屋顶 房顶 窗台 窗沿 窗外 窗户外 窗口外 阳台外 阳台边 阳台栏杆 栏杆上 栏杆外 护栏上 护栏外 围栏上 外机上 空调架上 防盗窗外 防盗网外 防盗网 雨棚上 高处 半空 空中 塔吊 桥栏 广告牌上 电线杆上",
    "perched": "坐(在|着|到|喺) 站(在|着|到|上) 企喺 爬(到|上|出|在|过) 骑(在|着) 挂(在|着) 趴(在|着) 吊(在|着) 悬(在|着) 翻(到|出|过|上) 跨(到|出|过|坐) 探出 伸出 徘徊 走来走去 想跳 要跳",
    "loose": "(要|快|随时|马上|就要|随时会|随时要)(掉|塌|倒|砸|飞|垮|坠|脱落) 摇摇欲坠 往下掉 往下砸 一直掉 悬着 吊着 挂着要 还在掉",
    "below": "(下面|底下|楼下|下边|路上)(就|)(有|是|好多|都是|全是|很多|还有|站着|经过)(好多|很多|)(人|行人|孩子|小孩|老人|小朋友|人行道|路人|幼儿园) (下面|底下)(好多|很多)(人|孩子) 砸(到|中)(小孩|人|行人|老人|孩子) 人来人往",
    "building": "墙体 墙 承重墙 外墙 围墙 楼板 天花板 吊顶 屋顶 房顶 房子 楼房 阳台 雨棚 挡土墙 地基 柱子 大梁 塔吊 脚手架 楼梯",
    "giving_way": "往下沉 沉下去 要(倒|塌|垮) 快(倒|塌|垮) 倾斜 越裂越 裂缝越来越 咔咔 咯吱 快要(倒|塌) 垮(了|下)",
    "landslide": "滑坡 泥石流 塌方 泥巴冲 泥水冲 山洪 决堤",
    # -- violence, despair
    "blade": "刀 菜刀 水果刀 砍刀 匕首 斧头 斧子 枪 弓弩 汽油 硫酸 炸药 甩棍 电棍 碎酒瓶",
    "wields": "砍 捅 杀 追 乱走 乱挥 乱舞 挥舞 拿着 举着 提着 拎着 揣着 指着 架在 抵着 对着 威胁 闯 闹事 冲进 要杀 泼 乱跑 乱转",
    "club": "棍子 铁棍 木棍 棒子 钢管 砖头 酒瓶 锤子 铁锤 榔头 铁锹 钢筋 皮带",
    "strikes": "打人 打我 打他 打她 砸人 砸我 追着 追人 追打 要打 威胁 在打 冲进 闯 围住 见人就",
    "beats": "打(我|他|她|人|老人|老婆|老公|女人|女的) 被打 挨打 打起来 动了手 又动手 又打 扇耳光 踹人 踢人 掐脖子 掐他 掐她 掐我 按在地上 拽头发 揪头发 扯头发 往死里 殴 打架 群架 打成一团 追着打 围着打 下死手 揍 干架 打死 弄死 杀了 杀人 砍死 砸东西",
    "screams": "救命 喊救 尖叫 惨叫 哭喊 求救 直叫 哭叫 喊杀 喊不要 没声音了 没声了 流血 血 报警 快来 不敢出 躲在 派出所",
    "menace": "陌生人 陌生男 不认识的(人|男|女) 醉汉 喝醉 酒鬼 疯子 神经病 精神病 坏人 怪人 蒙面 一伙人 一群人 前男友 前夫 前任 债主 讨债 催债 混混 黑社会 流氓",
    "stranger": "男的 男人 女的 有人 男子 一个男",
    "breaks_in": "拧(我|门) 撬 翻窗 翻进 爬窗 爬进 钻进 闯 冲进 溜进 踹门 踢门 砸门 撞门 捅锁 捅门 捣锁 弄我家锁 弄门锁 弄我门锁 开我家门 开我的门 拽门 堵门 堵在门口 堵我 守在门口 躲在我家 跟着我 跟踪 尾随 拦着我 拦住我 拉我 拽我 拖我 摸我 抱我 扯我 脱裤子 露下体 扒衣服 堵在 泼油漆",
    "hiding": "躲在 躲着 躲进 躲到 不敢出 不敢开门 不敢动 不敢回 不敢说话 好怕 好害怕 害怕 报警 救我 快来 我一个人 一个人在家",
    "snatches": "抢(走|着|了|我|她|他) 掳走 骗走 拐走 抱走 往车上(拽|拖|拉|塞) 强行(拉|拖|拽|带) (拽|拖|捂)(着|走|住)",
    "snatched": "小女孩 小男孩 女孩 孩子 小孩 小朋友 娃 宝宝 婴儿 女的 女人 姑娘 上车 包就跑 项链 金项链 老人的",
    "dies": "一起死 同归于尽 死给 死在(你们|我面前|你面前) 不想活 唔想活 活着没 活着冇 活着好累 活着太累 死了算 死了干净 一死了之 自尽 轻生 了结自己",
    "farewell": "对不起(大家|爸妈|爸爸妈妈|孩子|你们) 永别 别找我 不用找我 来生 下辈子 照顾好我(爸|妈|孩子|女儿|儿子|的猫|的狗) 遗书 遗言 撑不(住|下) 撑唔 坚持不下 熬不(下|住) 太痛苦 好痛苦 没有活路 绝望 不想活",
    "deed": "跳 药(我|已|)(已经|都|)(吃了|喝了|吞了) 吃了药 药已经 喝了药 刀片 割 绳子 上吊 (打开|开)(了|)(煤气|燃气) 烧炭 天台 楼顶 窗台 桥上 河边 江边 安眠药 农药",
    "takes_poison": "喝药了 喝了药 喝咗药 喝农药 服毒 吞药",
    # -- missing
    "gone": "(不见|唔见)(了|咗|啦) 找不(到|着)(人|了|啊) 搵唔到 走丢 跑丢 走失 走散 失踪 失联 没影 转身就没 人没了 没见人 不知(道|)(去|跑)哪 找了一圈 到处找 找遍",
    "when": "放学 转身 一转眼 一眨眼 半个小时 半小时 (一个|两个|几个|一|两|三)(小时|钟头) 半天 一晚上 一夜 到现在 打不通 关机 岁 (帮忙|帮我|帮|大家)找 滑梯 游乐场 调监控 看监控",
    "late": "没(回来|回家|到家|返屋) 未(返|回)",
    "no_answer": "不接 没人接 没接 打不通 关机 联系不上 敲门 敲不开 叫不开 拍门 没人应 不应门 没出来 没动静 没声音 没声 没回应 没有回应 没有声音 听不到 没露面 没出门 没下楼",
    "worry": "一个人在家 一人在家 独自 独居 自己住 一个人住 心脏 高血压 平时不会 平常不会 从来不会 不会这样 (去|上门|过来|进去)看(看|一下|下) 出什么事 出事 摔 不放心 怪味 异味 (好几|几|两|三|四)(天|日) 洗澡 呻吟 哎哟 哎呦",
    # -- calls
    "call": """
        快来 快点 快快 快去 快叫 快派 快过来 快上来 快救 快d 快啲 快黎 赶快 赶紧 马上来 立刻来 速来 来人 来个人 救 救命 急救 抢救 报警 110 119 120 救护车 白车 急急 十万火急 求求 求你 怎么办 咋办 咋整 点算 帮下手 帮帮 不得了 出事了
    """,
    "summon": "快来(人|d人|啲人|救|看|个人) 来人(啊|呀|哪|救) 派人来 叫人来 救 救命 救人 抢救 求救 报警 110 119 120 救护车 白车 十万火急 出事了 出大事 快叫(人|医|救|警) 快救 快(d|啲)(嚟|黎|叫|救)",
    "peril": "火 血 骨头 晕 昏 抽搐 断气 没气 砍 捅 杀 掐 绑 贼 小偷 坠 摔 塌 埋 淹 沉 溺 卡住 夹住 咬 蛇 马蜂 触电 漏电 煤气 窒息 噎 呛 中毒 农药 喝药 自杀 割腕 上吊 跳楼 着火 爆炸 心脏",
}

#: Kind of danger -> signs that mean it together, and within how many characters. `a > b`: b comes after a; `-x`: no x between.
TOGETHER: Mapping[str, str] = {
    "fire": """
        flame burns 10
        burns > lit 2
        smoke spreads 6 !smoking
        blast shattered 12
    """,
    "gas": """
        gas gas_break 10
        burner sick 16
        bath giddy 12
        smelly sick 24
        detector smells 20
    """,
    "electric": """
        live touched numb 20
    """,
    "trapped": """
        lift stuck aboard 24
        riding stuck 24
        lift stuck afraid 24
        frail locked shut_in 14 -thing
        person locked shut_in call 30 -thing
        flood inside 20
    """,
    "fall": """
        frail fell limp 24
        frail fell wound 24
        person fell limp 20 -thing
        person fell deep call 30 -thing
    """,
    "medical": """
        frail limp 14 -thing !minor
        frail stricken 16 -thing
        frail body wound 14 !minor
        person body wound 14 !minor
        hits > frail 2
        frail hit 10 -thing
        hits occupied 16
        body wound call 16
        person drown water 16 -thing
        frail drown water 20 -thing
        person swallowed poison 16
        frail swallowed poison 20
        person stricken call 16 -thing
        man > stricken 2
        sudden stricken person 14 -thing
        frail hurts no_answer 24
        allergy reacts person 16 !minor
        allergy reacts frail 16
    """,
    "crime": """
        blade wields person 14
        club strikes 12
        menace breaks_in 16 -thing
        stranger breaks_in hiding 30
        beats screams 16
        forced sounds 20
        beats call 20
        snatches > snatched 8
    """,
    "self_harm": """
        one height perched 18 -thing
        dies person 16 -thing
        farewell deed 16
        takes_poison summon 16
    """,
    "missing": """
        frail gone when 24 -thing
        frail late no_answer 30
        frail no_answer worry 30
    """,
    "collapse": """
        loose below 24
        building giving_way 10
        landslide person 24
    """,
    "help": """
        summon peril 12
    """,
}

#: Signs of one rule that are looked at, from the beginning and the end of a message; nobody is in more danger.
CHECKED = 12


@dataclass(frozen=True, slots=True)
class _Rule:
    """Signs that together mean danger."""

    kind: str
    wanted: tuple[str, ...]  # the rarest first: the others are sought around it
    wanted_set: frozenset[str]
    reach: int
    ordered: bool
    between: str
    nowhere: str


_PART = re.compile(r"(?:\(([^)]*)\)|\[([^\]]*)\]|(.))(\?)?")


def _write_out(word: str) -> Iterator[str]:
    """Yield each spelling of a word: 叫(不|唔)醒 is two, and [二三]楼 as well; what stands before ? may be left out."""
    parts = [
        [*(found[1].split("|") if found[1] else found[2] or found[3]), *([""] if found[4] else [])]
        for found in _PART.finditer(word)
    ]
    return ("".join(choice) for choice in product(*parts))


#: Signs that stand in most messages; a rule is begun from its others.
_COMMON = ("body", "call", "burns", "one", "frail", "person")

_Place = tuple[int, int]


def _rules() -> tuple[_Rule, ...]:
    return tuple(_read(kind, line) for kind, block in TOGETHER.items() for line in map(str.strip, block.strip().splitlines()))


def _read(kind: str, line: str) -> _Rule:
    marks = {"-": "", "!": ""}
    wanted: list[str] = []
    reach, ordered = 0, False
    for part in line.split():
        if part[0] in marks:
            marks[part[0]] = part[1:]
        elif part == ">":
            ordered = True
        elif part.isdecimal():
            reach = int(part)
        else:
            wanted.append(part)
    if not ordered:
        wanted.sort(key=lambda sign: _COMMON.index(sign) + 1 if sign in _COMMON else 0)
    return _Rule(kind, tuple(wanted), frozenset(wanted), reach, ordered, marks["-"], marks["!"])


def _index() -> dict[str, tuple[str, ...]]:
    """Return what each word stands for."""
    found: dict[str, tuple[str, ...]] = {}
    for sign, words in SIGNS.items():
        for word in words.split():
            for spelling in _write_out(word):
                found[spelling] = (*found.get(spelling, ()), sign)
    return found


def _lengths() -> dict[str, tuple[int, ...]]:
    """Return for each two characters how long the words are that begin with them, the longest first."""
    found: dict[str, set[int]] = {}
    for word in _WORDS:
        if len(word) > 1:
            found.setdefault(word[:2], set()).add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


_RULES = _rules()
_BY_HEAD = {rule.wanted[0]: [other for other in _RULES if other.wanted[0] == rule.wanted[0]] for rule in _RULES}
_WORDS = _index()
_SINGLE = frozenset(word for word in _WORDS if len(word) == 1)
_LONGER = _lengths()


def find(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, begin and end of what words of `text` mean together."""
    places = _places(text)
    if len(places) < 2:
        return
    for head in places:
        for rule in _BY_HEAD.get(head, ()):
            if places.keys() >= rule.wanted_set and rule.nowhere not in places:
                for chosen in _together(rule, places):
                    yield rule.kind, chosen[0][0], max(end for _, end in chosen)


def _places(text: str) -> dict[str, list[_Place]]:
    """Return where each sign stands in `text`, from left to right."""
    places: dict[str, list[_Place]] = {}
    free = 0  # up to here a word stands that is no sign
    pairs = map(add, text, f"{text[1:]} ")
    for begin, pair in [(at, pair) for at, pair in enumerate(pairs) if pair in _LONGER or pair[0] in _SINGLE]:
        if begin < free:
            continue
        for length in _LONGER.get(pair, ()):
            signs = _WORDS.get(text[begin : begin + length])
            if signs is None:
                continue
            for sign in signs:
                places.setdefault(sign, []).append((begin, begin + length))
            if signs[0] == "none":
                free = begin + length
                break
        else:
            for sign in _WORDS.get(pair[0], ()):
                places.setdefault(sign, []).append((begin, begin + 1))
    return places


def _together(rule: _Rule, places: Mapping[str, Sequence[_Place]]) -> Iterator[list[_Place]]:
    """Yield where all signs of `rule` stand near each other."""
    heads = places[rule.wanted[0]]
    if len(heads) > 2 * CHECKED:
        heads = [*heads[:CHECKED], *heads[-CHECKED:]]
    for head in heads:
        chosen = [head]
        for sign in rule.wanted[1:]:
            near = _nearest(places[sign], chosen, rule)
            if near is None:
                break
            chosen.append(near)
        else:
            chosen.sort()
            if not any(_parts(place, chosen) for place in places.get(rule.between, ())):
                yield chosen


def _parts(place: _Place, chosen: Sequence[_Place]) -> bool:
    """Tell whether `place` lies between the chosen ones, and in none of them."""
    return chosen[0][0] < place[0] < chosen[-1][0] and not any(_overlap(place, taken) for taken in chosen)


def _nearest(places: Sequence[_Place], chosen: Sequence[_Place], rule: _Rule) -> _Place | None:
    """Return the place nearest to the first of `chosen` that is within reach and overlaps none of them."""
    head = chosen[0]
    best, distance = None, rule.reach + 1
    for place in places[bisect_left(places, (head[0] - rule.reach - 8, 0)) :]:
        away = place[0] - head[1] if place[0] >= head[1] else head[0] - place[1]
        if place[0] - head[1] > rule.reach:
            break
        if rule.ordered and place[0] < head[1]:
            continue
        if away < distance and not any(_overlap(place, taken) for taken in chosen):
            best, distance = place, away
    return best


def _overlap(one: _Place, other: _Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]
