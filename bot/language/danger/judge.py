"""Emergencies in a message: fire, gas, people trapped, hurt, attacked, lost, or tired of life.

Judged before everything else and in every state, on the whole message: missing one costs more than a false alarm. Three ask in
turn: lines that name a danger (lines.py), words that mean one together (signs.py), and what all characters speak for (odds.py),
which also tells that nothing of the kind is meant, in a microsecond, of most messages. A danger counts unless its surroundings
make it none: a figure of speech (笑到救命), a denial (没有呼吸困难), something long past or on television, a drill, a question of
what to do if. A doubt (是不是着火了) is no denial.
No rule looks further than a few dozen characters, so that time grows with the length of a message and no faster.
"""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from bot.language.danger import odds, signs
from bot.language.danger.lines import ALIKE, DANGERS, MACROS

#: How far around a danger its surroundings reach, in characters.
BEFORE, AFTER = 36, 24

#: Log odds (odds.py): below the first nothing is an emergency whatever words it holds; from the second on several words may mean
#: one together (signs.py); from the third on it is one though no line and no words are known for it. Chosen by five folds.
NEVER, TOGETHER, ALARM = -3.0, -2.0, 0.5
#: It must be clearer where there is little to go by: fewer characters than BRIEF (most are an answer: 三个人), one piece of a long
#: message, or a message whose dangers were found to be none.
BRIEF, SURE = 5, 2.5

#: What stands nearer to a danger than this, in characters, is said of it; a message all of it is may be overruled at once.
NEAR = 4
#: Log odds that no danger makes up for, which is said beside hundreds of things.
HOPELESS = -9.0

#: Words that mean one thing.
_PLAIN_WORDS = re.compile(
    "着火了|起火了|失火了|冒浓烟|爆炸了|(?:煤气|燃气|天然气)(?:泄漏|漏了)|漏电了|触电|溺水|昏迷|晕倒了|没呼吸|没心跳|大出血|喝了?农药|心梗|中风了|要跳楼|想跳楼|活着[真也都]?没(?:什么|啥)意思|砍人|持刀"
)

#: Feelings that dangers are borrowed for: 笑到救命, 气得吐血, 贵得想跳楼, 热得冒烟.
_FIGURE = re.compile(
    r"(?:(?:笑|累|热|冷|饿|渴|困|气|烦|吵|忙|贵|无聊|难|卷|吓|羡慕|激动|开心|感动|压力大?|酸|急|晒|烤|冻|挤|馋|慢|丑)的|(?:好|动)(?:听|看)到"
    r"|(?<![疼痛摔咳吐烧打病撞呛哭憋砸压痒觉显记懂晓只使不值])得|(?<![看闻听见遇直跑走找碰感收发接等来受疼痛摔咳吐掉滚送拉碰卡漫淹烧进得不打砸])到)"
    r"(?:我|人|你|全身|整个人|全家|都|快要?|要|就|直|简直|想|差点|有点|真的?|已经|喊|叫|嗓子|脑子|脑袋|头|头顶|喉咙|心|了|我想|能|可以)*$"
)
#: Kinds that nobody borrows for a figure of speech: 水漫到插座 is meant.
_NEVER_FIGURES = frozenset({"gas", "electric", "trapped", "missing", "collapse"})
#: What a feeling cannot do to others: 老人热得晕倒了 is a stroke.
_OTHERS = re.compile("老人|孩子|妈|爸|奶奶|爷爷|工人|保安|阿姨|有人|大爷|老公|老婆|邻居|宝宝")
_FUN = re.compile(
    r"笑死|笑[哭喷疯裂]|馋死|羡慕死|美死|尴尬死|哈哈哈?|嘿嘿|2333?|hhh|(?:太|好|真)(?:好笑|搞笑|可爱|好看|好吃|甜|尬|帅|美|萌|好听)|绝绝子|yyds|追剧|这剧|打游戏|颜值|爱豆|偶像|"
    r"演唱会|(?<![头脑腿脚手嘴牙脸])磕到了?真|磕cp|磕糖|股票|垃圾股|基金|大盘|行情|房价|彩票|球队|比分|球赛|决赛|夺冠|好吃|[太好真]辣|嘴巴?(?:里|都|要)*着火|双十一|钱包|账单|谁懂|wi-?fi|口诀|歌名|价格|停车费|停车一|收费|物业费|太贵|这么贵|抢钱"
)
_SERIOUS = re.compile("快来|赶紧|报警|120|119|110|老人|孩子|楼道|电梯|现在|有人")
_SERIOUS_NOW = re.compile("快来|赶紧|还在|现在|快点|马上")
_GROANS = re.compile("[热累饿渴气烦吵冻困臭]死|受不了|太[热吵冷贵难]|作业|加班")
_SIGHS = re.compile(
    r"(?:太|真|好)[^，。！？]{1,3}了?，窒息$|^[^，。！？]{0,3}晕倒了?[，。！？~][^。！？]{0,3}(?:又|怎么|这|居然|竟然|还|物业|你们|不是|什么)"
)

_LIKE = re.compile(r"(?:像|好像|跟|和|如同|仿佛|犹如|宛如)(?:是)?[^，。！？]{0,8}$")
_LIKE_AFTER = re.compile(r"^(?:了|过)?(?:一样|似的|般|一般|那样|的感觉|的节奏)")
_LIKE_FURTHER = re.compile(r"^[^，。！？]{0,5}(?:一样|似的|一般|那样|的感觉|的节奏)")

#: Denials, straight before the danger. 是不是, 有没有 and 会不会是 are doubts, not denials.
_DENIED = re.compile(
    r"(?:(?<![是有会莫])(?:不是|没有?|冇)|并?没有?|并非|未|无|毫无|从未|从不|(?<!会)不会|不用|不必|不要|别|排除|不再|没人|没有人|没发生|没有发生|不存在|防|严防|谨防|预防|防止|防范|避免|以免|免得|不至于|拒绝|禁止|严禁|唔系|唔好|勿|莫|嫑|覅|假装)"
    r"(?:人|把|给|再|让|发生|什么|出现|任何|过|有|明显|感到|感觉|老人|孩子|小孩|被|被人|让人|小偷|会|意外|因)*$"
)
#: Worries about what might happen, straight before the danger.
_FEARED = re.compile(
    r"(?:(?<!恐)(?<!可)怕(?!是)|害怕|生怕|就怕|担心|担忧|容易|极易|易|小心|当心|注意|差点儿?|差一点|险些|几乎|早晚|迟早|总有一天|可能(?:会|导致|引起|引发)|(?<!不)会(?!不会是)|会不会(?!是)|导致|引起|引发|造成|存在|潜在|如何|什么是|才能|为了|下次|将来|(?<!了)(?<!过)以后|万一|如果|假如|要是|倘若|若|一旦|哪怕|即使|就算|除非|等到|非要等|要等|非得|是不是要等?到?|恨不得|还以为|以为|骗我说|谎称)"
    r"(?:会|不会|哪天|有一天|真的?|又|再|人|被|有人|有|孩子|小孩|老人|电瓶车|电动车|充电|电池|出现|发生|路过|走路|引起|地滑|电梯|我|家里|半夜|东西|下面|楼下|突然|不小心|一不小心|把|会有|都|就|要|让|给|闹|弄|出|因|因为|到时候?|晚上)*$"
)
#: Who is about to fall has not fallen: 楼道黑，要掼跤额呀. 要摔倒了 is meant.
_TO_FALL = re.compile(
    "(?:要|会)(?:把|让|给|人|要|我|他|她)*$|(?:莫|别|嫑|覅|唔好)[把让给俾][^，。！？]{0,4}$|惊[住怕]?[^，。！？]{0,3}$"
)
_WOULD_BE_BAD = re.compile("(?:可|就|要|真)*(?:不得了|咋个?办|怎么办|咋整|麻烦|谁负责|点算)")
_DONE = re.compile("了|咗|哒|着|在|，?(?:快|救|起不)")
_FALLEN = re.compile("(?:摔|跌|滑|绊|掼|跋)(?:倒|跤|一跤|到|亲)")
#: The same between a person and what may befall them: 小孩容易受伤.
_FEARED_WITHIN = re.compile(
    "容易|差点|险些|担心|小心|当心|以免|免得|避免|防止|别让|(?<!恐)(?<!可)(?<!好)(?<!害)怕(?!是|死|怕)|有可能会|会不会(?!是)|万一|如果|要是|假如"
)
#: Harm that is denied between a person and what did not befall them: 女儿没有被咬. 是不是没呼吸 denies nothing.
_UNHARMED = re.compile(
    "(?<!有)(?:没有?|冇|未|毋|勿|没得)(?:人|有|曾|真的?)*(?:受伤|(?:被|让|给|叫|俾|畀|遭)[^，。！？]{0,2}(?:咬|烫|砸|撞|夹|扎|划|刮|电|伤|绊|蛰)|(?:咬|烫|砸|撞|夹|扎|划|刮|伤|绊|摔|蛰|碰)[到着伤亲倒])"
)
#: What one likes to do, and does every day: 他就爱搁窗台那儿坐着.
_HABIT = re.compile("(?<![可恋心])爱(?!人)|喜欢|欢喜|钟意|中意|习惯|天天|每天|日日|平时|平常")
#: A neighbour who does not open, where nobody fears for them: 楼上601敲门没人应.
_NEIGHBOUR = "(?:楼上|楼下|隔壁|对门|对面|邻居|[0-9]{3,4}室?|他们?家|人家)"
_NEXT_DOOR = re.compile(rf"{_NEIGHBOUR}[^，。！？]{{0,4}}$")
_UNOPENED = re.compile(rf"{_NEIGHBOUR}[^，。！？]{{0,6}}(?:没得?人|冇人|不)(?:应|开|理|在)")
_FEARED_FOR = re.compile(
    "独居|一个人|老人|老[头太爷奶]|爷|奶|公公|婆|爸|妈|孩|娃|病|天没|天不|没见|没看|没出|味|糊|烟|血|叫声|哭|倒|怕|电话|往外[流淌冒]"
)
#: Something that is a thing, a notice, a lesson; straight after the danger.
_NOUN_AFTER = re.compile(
    r"^[的了]?(?:隐患|风险|危险|预防|防范|预案|逃生|疏散|报警器(?!.{0,4}[响叫])|报警系统|自动报警|警报器|探测器|检测|监测|险(?:$|怎|多|赔|的|在)|保险|保护|开关|指南|手册|事故|案件|原因|常识|标志|等级|责任|处罚|药|膏|疗法|后遗症|史|患者|病人|康复|点$|处理办法|应急|"
    r"怎么(?:预防|避免|防|赔|处罚|判)|如何(?:预防|避免)|赔偿|谁负责|谁赔|算谁|那次|那天|那会儿?|的事(?:情)?(?:处理|怎么|后来|有|解决|调查|查)|事件|以后|之后|后(?:怎么|应该|多久|的)|时(?:怎么|应该|如何|要|该)|的时候(?:怎么|应该|如何|要|该)|前|求助电话|电话是?(?:多少|几)|报警(?:坏|误))"
    r"|^[^，。！？]{0,8}(?:知识|讲座|培训|(?<!不是)演习|(?<!不是)演练|课程|课$|宣传|教育|科普|小说|的视频|节目|新闻|电影|游戏)"
)
#: Thanks for what is over.
_THANKED = re.compile(
    "(?:谢谢|感谢|多谢|表扬|锦旗|点赞)(?:你|您|大家|保安|师傅|物业|各位|那|昨|上|帮|救|及时|小|前|今|咱|我们|管家|工作|消防|医)"
)
#: It was nothing.
_NOTHING = re.compile(
    r"^[^。！？]{0,14}(?:虚惊|误报|误触|误碰|按错|点错|发错|搞错|弄错|看错|想多了|不用(?:来|派人|叫)|别来了|已经到了|处理好了|解决了|缓过来|已经没事|误会|闹着玩|(?<!不是)开玩笑|没事了?(?=[，。！？]|$)|没大碍|解除|(?<!不是)演习|(?<!不是)演练)"
)
#: It is over: a fire is out, who was trapped or lost is back, who was ill is well. 电梯里灯灭了 ends nothing.
_OVER = {
    kind: re.compile(rf"^[^。！？]{{0,14}}(?:{ends})")
    for kinds, ends in (
        (("fire", "gas", "electric"), "(?<!没)(?<!没有)(?:扑灭|被灭|灭掉)|(?<!没)灭了|修好了"),
        (("trapped", "help"), "救出来|(?<!出不)出来了|放出来|修好了"),
        (("missing",), "(?<!没)找到了|找回|(?<!没)回来了"),
        (("fall", "medical"), "(?<!不)好了(?!几|多|半)|好多了|康复|出院|醒了|救出来"),
        (("crime", "collapse", "self_harm"), "救出来|救下来|制止|抓到了|修好了"),
    )
    for kind in kinds
}
_OVER_BEFORE = re.compile(r"(?:扑灭|救出|制止|处理完|虚惊|误报|误以为|还以为|以为是)[^，。！？]{0,8}$")

#: Anywhere before it in the same sentence: long past, made up, far away, or only supposed.
_ELSEWHERE = re.compile(
    r"(?:昨天|昨晚|昨日|前天)(?!开始|起)|前晚|大前天|上周|上星期|上个?月|上个?礼拜|去年|前年|往年|当年|以前|之前|从前|曾经?|那次|那天|那年|上次|上回|小时候|前几天|前些天|前阵子|前段时间|早年|[一二两三四五六七八九十几半\d]+(?:天|周|个?星期|个?月|年)(?:之)?前|20[0-2]\d年|历史上|年轻的?时候|"
    r"新闻|朋友圈(?:都|里|在传|说|看)|谣言|谣传|都在传|那时候|有一年|居家隔离|被?隔离(?:期|的时候|在家|那)|疫情|前不久|电视(?:里|上|剧|台|说|讲|播|节目)|看电视|电影|剧里|小说|短视频|抖音|快手|直播间|微博|热搜|报道|报纸|剧情|游戏里?|王者|吃鸡|梦[见到里]|做梦|故事|歌词|歌里|段子|漫画|动画|课本|书上|网上|别的小区|(?<!在)(?:外地|国外)|隔壁市|老家那边|"
    r"(?<!不是)演习|(?<!不是)演练|培训|讲座|宣传|模拟|假设|科普|知识|征文|海报|标语|考试|考题|作文|台词|排练|话剧|小品|牌子|群里.{0,4}(?:视频|转发)"
)
_ELSEWHERE_AFTER = re.compile(
    "谣言|谣传|真的假的|是真的吗|^[^，。！？]{0,4}的时候(?!怎|应|要|该|如)|的(?:牌子|标语|海报|视频|故事|片段|那段)|那段$"
)
_SUPPOSED = re.compile(r"(?:如果|假如|假设|万一|要是|倘若|若是|一旦|比如|例如|譬如|像.{0,6}这种)")
_SUPPOSED_MAYBE = re.compile("遇到|碰到|碰上|遇上|发生|出现")
_ASKS = re.compile("怎么办|怎么处理|怎么做|如何|应该|该怎|该打|打什么|打哪|找谁|了解|咨询|要不要|注意什么|往哪|去哪|赔")
_CURIOUS = re.compile(
    "想?了解一下|想了解|想咨询|想学|学一下|学学|问一下流程|注意事项|怎么(?:申请|报名|装|安装|办理|收费|开通|用$|预防|用？)|哪里(?:买|有卖|报名|领|能学)|多少钱|几点开|什么时候(?:举办|开课|讲)|区别|什么意思|是?干嘛的|干嘛用|干什么用"
)
#: The danger is here and now, whatever was said before.
_NOW = re.compile(
    r"现在|正在|刚刚?|刚才|这会儿|此刻|眼下|赶紧|赶快|快来|快点|马上|立刻|今天|今早|今晚|又|还在|一直|到现在|越来越|更|怎么办啊|依家|宜家|而家|啱啱|啊啊|！！|快叫|快打|救[命我]"
)

#: Words whose characters look like a danger and are none.
_HARMLESS = re.compile(
    "(?:[椅凳桌床柜架几台箱盖器篷]|(?<!司)机|沙发)[子板儿]?的?[腿脚]|架子?的?手|(?:门|窗|柜|锁|屉|冰箱|龙头|阀|壶|锅|箱|车|杯|栏|梯|扇|台|缸|桶)[子户门上的]{0,2}[把扶拉提]手(?![^，。！？]{0,1}[划割夹扎刮砸碰磕撞戳卡])|扶手(?![^，。！？]{0,1}[划割夹扎刮砸碰磕撞戳卡])|(?:^|[，。！？])[个把只]?[把拉]手(?=[断坏掉松裂歪])|"
    "(?:联系|打给|找)[^。！？]{0,8}[，。]?(?:就行|就好|就成)?[，。]?(?:别|不要|不用|勿|唔好|莫)打我|"
    "(?:要|得|还有)[^，。！？]{0,8}(?:上课|网课|开会|考试|面试|直播|答辩|交稿|交作业|上班|打卡)[，。！？]?救命[啊呀！]*$|"
    "烤[^，。！？]{1,3}冒烟|救救孩子吧这|救命快删|翻墙进来遛|压着我[^，。！？]{0,3}车|(?:箱|盒|袋|件|快递)[^，。！？]{0,4}抱走|火锅|火龙果|火车|火腿|火鸡|火星人|火爆|火箭|火气|烟火|烟花|上火(?!窜|光|苗|势)|发火|恼火|点火器|打不着火|打不了火|点不着火|打不出火|后院起火|救火队长|救命稻草|救命恩人|救命钱|爆炸头|信息爆炸|大爆炸|炸鸡|炸了锅|"
    "被电(?:影|话|信|梯|动|瓶|视|诈|脑|线杆|费|网|子)|触电般|跳楼价|跳楼机|防火|防盗(?!窗|网|门)|打人工|抢车位|抢红包|抢购|抢单|抢修|抢先|抢占|抢票|抢救室|流血汗|"
    "(?:水|暖气|暖)管子?[^，。！？]{0,3}[炸爆]|打雪仗|眼[睛里]?冒火|心里冒火|七窍[生冒]烟|嗓子[^，。！？]{0,3}冒烟|[头脑][^，。！？]{0,2}冒烟|(?:饭|菜|粥|锅|肉|面包|头发|牛奶)[^，。！？]{0,4}(?:烧|煮|炒|热|煎)?(?:焦|糊)|报警再不|再不[^，。！？]{0,8}报警|"
    "尾气[^，。！？]{0,6}|(?:厕所|马桶|下水道?|群|锅(?!炉)|评论|便池)[^，。！？]{0,3}炸了|(?:系统|服务器|网|app|程序|朋友圈|脑壳|脑袋|头|脑子|耳朵|心态|肺|热搜|肚子|眼睛)(?:都|快|要|快要|真|给我|直接|被|吵|气|急|撑|胀|痛|疼|得|就要|马上)*爆?炸|气炸|笑炸|炸裂|[气笑忙饿累热吓哭]晕|再不[^，。！？]{0,8}(?:砸到|撞到|出人命|死人|着火|摔)|烟感|排烟|油烟(?!机)|抽烟|吸烟|二手烟|烟囱|烟道|烟味|烟头|香烟|烧烤|(?:师傅|保安|门卫|客服|管家|维修工|前台|物业)的?人?又?(?:不见了|找不到|联系不上|失踪|失联)"
)
#: Kinds that befall people; what befalls things of the same words is none.
_OF_PEOPLE = frozenset({"fall", "medical", "missing", "trapped"})
_DROPPED = re.compile(
    "(?:手机|钥匙|卡(?![住在到着])|包|衣服|球|玩具|戒指|眼镜|被子|花盆|快递(?!员|小哥)|耳机|伞|拖鞋|猫|狗|电动车|自行车|垃圾|石头|瓷砖|东西)(?!的)[^，。！？]{0,4}$"
)

_CLAUSE, _SENTENCE = "，。！？", "。！？"
_SPACED_OUT = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[\s,，.。!！…~、-]+(?=[\u4e00-\u9fff](?![\u4e00-\u9fff]))")
#: What is said three times over, 啊啊啊 or 着火着火着火, says no more than twice.
_REPEATED = re.compile(r"(.{1,8}?)\1{2,}", re.DOTALL)
_COMMAS = re.compile(r"[\s,，、:：;；\-—()（）\[\]【】\"“”'‘’]+")
_STOPS = re.compile(r"[.。!！?？…~～]+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe0f\ufeff]")

#: What tells fire and gas from other dangers.
_FIERY = re.compile("[火烟烧燃炸爆焦]")
_GASSY = re.compile("[煤燃]气|天然气|瓦斯|液化气|漏气|气罐|一氧化碳")
#: How a danger is told of that is no longer one, or never was.
_SETTLED = re.compile(
    "没有?人(?:受伤|在里面|被?困|出事)|里[面头边]没得?人|里厢没人|没砸到|(?:已经|早就?)[^，。！？]{0,6}(?:灭|关|好|修|到|走|醒|找到|回来|出来|送|解决)了|醒了|好多了|(?<!没)找到了|止住了|救出来了|说没漏"
)
_SMOKERS = re.compile("[抽吸]烟|烟味|烧烤(?!摊)|烧纸|熏肉|熏腊肉|炒菜|唱歌|喝酒聊天|飙车|吐痰")
#: A child was born, which is told as a reason: 他婆娘生了.
_BORN = re.compile(
    "(?:婆娘|老婆|媳妇儿?|太太|爱人|嫂子?|姐|妹|女儿|闺女|儿媳妇?)(?:刚|昨天|昨晚|今早|今天|前天|已经)*生(?:了|咗)(?![^，。！？]{0,3}病)"
)
#: Somebody might fall, and has not: 黑漆漆的，我婆婆要跘扑爬.
_MIGHT_FALL = re.compile(
    "(?:怕|惊住?|莫|别|要|会|容易)[^，。！？了]{0,5}(?:摔跤|掼跤|扑爬|绊倒|滑倒|摔倒|跌倒|跌跤|跌亲|跣亲)(?!了|咗|哒)"
)
#: Words without which no danger is told of that characters alone suspect, where everyday things are spoken of.
_PERILOUS = re.compile(
    "[歪关抢撞冲滑烂碎汗火烟烧燃炸爆焦煤气血晕昏倒摔坠塌砸刀枪棍杀砍捅贼偷撬绑困淹沉溺喘噎呛抽死疼痛伤断药毒咬蛰蜂蛇疯割吊勒绳裂崩垮害怕躲塞拽拖踹翻爬趴掉跳冷僵瘫抖烫扎绞捂埋轰]|没气|不醒|不动|不应|"
    "打(?!(?:个|过|了|一个)?电话|卡|开|扫|听|招呼|印)|没人应|没动静|不见|失踪|走丢|没起来|没回|电梯|逼我|撑不住|先走一步|楼顶|往楼?下[丢扔]|砖|虚汗|歪过去|傻事|河里|出不来|出不去|带走|拉上|没了|报警|救|来人|出事|不活|不行了|看不清|睁不开|陌生|巨响|1(?:10|19|20)"
)
#: Everyday things that sound like danger by their characters alone.
_EVERYDAY = re.compile(
    "[码券]|快递|驿站|柜机|超市|外卖|牛奶|访客|客人|保安|门卫|[东西南北]门|门岗|岗亭|车位|车牌|我的?车|这辆车|水龙头|马桶|搋子|修好|整通|弄好|不用来|莫来|别来了|不问了|走过去|溜达|遛狗|"
    "睡着了(?!叫)|刚睡|哄睡|[滴渗]水|漏(?!气|电|煤|燃)|手环|登记|绑定|账号|号码|快删|[0-9]+栋|接站|到站|歇着|(?<!老)太太|两位"
)
#: A call for people that says nothing else.
_CALL = re.compile(r"(?:快|快来|来人|救|救救|报警|帮帮|[，！])+(?:我|俺)?(?:爸|妈|爷|奶|爷爷|奶奶|老公|老婆|老伴|孩子|小孩|儿子|女儿|宝宝|婆婆|公公|老人|老头|老太|爹|娘)+[，！。啊]*|(?:要|快)死人[了啦咯]|(?:叫医生|叫人|，|快)+|(?:快|快点|赶紧)?报警(?:，|！|快|啊|报警)*|(?:快|赶紧|赶快)?来人[啊呀哪呐]?[，。！？]*(?:快|赶紧|赶快)?(?:来人)?[啊呀哪呐]?[，。！？]*|出事[了啦啊]+[，。！？]*(?:快来)?人?[啊呀]?[，。！？]*")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alarm:
    """What danger a message speaks of: its kind, and the words that say so; `is_vague` where no line, sign or word of danger does."""

    kind: str
    words: str
    is_vague: bool = False


#: All kinds of danger.
KINDS = tuple(DANGERS)


@cache
def _sources() -> dict[str, str]:
    """Return for each character what may begin with it; the group that took part tells the kind, and a number.

    Most characters of most messages begin nothing, and are passed over; who is in danger is read once for all lines.
    """
    lines: dict[str, dict[str, dict[str, list[str]]]] = {}
    for kind, block in DANGERS.items():
        for line in map(str.strip, block.strip().splitlines()):
            lead = _LEAD.match(line)
            head, rest = (lead[0], line[lead.end() :]) if lead else ("", line)
            for first in beginnings(_spell_out(head.partition(">")[0] + ">" if head else line)):
                lines.setdefault(first, {}).setdefault(head, {}).setdefault(kind, []).append(_spell_out(rest))
    return {
        first: "|".join(_spell_out(head) + _alternatives(number, kinds) for number, (head, kinds) in enumerate(leads.items()))
        for first, leads in lines.items()
    }


@cache
def _beginning(first: str) -> re.Pattern[str]:
    return re.compile(_sources()[first])


def warm() -> None:
    """Compile all of it, which takes half a second; what was not compiled before is when it is first met."""
    for first in _sources():
        _beginning(first)


def _alternatives(number: int, kinds: Mapping[str, Sequence[str]]) -> str:
    return "(?:" + "|".join(f"(?P<{kind}{number}>{'|'.join(parts)})" for kind, parts in kinds.items()) + ")"


def _spell_out(line: str) -> str:
    if line.startswith("~"):
        return "|".join(
            line[1:at] + f"[{ALIKE[character]}]" + line[at + 1 :] for at, character in enumerate(line) if character in ALIKE
        )
    return _MACRO.sub(lambda found: f"(?:{MACROS[found[1]]})", line)


def beginnings(line: str) -> frozenset[str]:
    """Return the characters that what a regular expression matches can begin with.

    Read are characters, sets, groups, what looks behind, and `?` and `*` after any of them.
    """
    found: set[str] = set()
    for branch in _branches(line):
        rest = branch
        while rest:
            size, firsts = _element(rest)
            found |= firsts
            mark = rest[size : size + 1]
            rest = rest[size + (mark in {"?", "*", "+", "{"}) :]
            if firsts and mark not in {"?", "*"}:
                break
    return frozenset(found)


def _element(text: str) -> tuple[int, frozenset[str]]:
    """Return the length of the first element and what it can begin with; anchors and looks begin with nothing."""
    if text[0] in "^$":
        return 1, frozenset()
    if text[0] == "[":
        end = text.index("]")
        return end + 1, frozenset(text[1:end])
    if text[0] != "(":
        return 1, frozenset(text[0])
    depth, end = 0, 0
    for end, sign in enumerate(text):  # noqa: B007  where it stopped is what we want
        depth += (sign == "(") - (sign == ")")
        if not depth:
            break
    looks = text.startswith(("(?!", "(?=", "(?<"))
    return end + 1, frozenset() if looks else beginnings(text[3:end])


def _branches(text: str) -> Iterator[str]:
    """Cut at each | that stands in no group."""
    depth = begin = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]


_LEAD = re.compile(r"<(?:who|frail)>(?:<(?:gap|one)>\{0,6\})?")
_MACRO = re.compile(f"<({'|'.join(MACROS)})>")


def find(text: str) -> Alarm | None:
    """Return the first danger that `text`, in simplified characters, speaks of as real; None if there is none."""
    plain = prepare(text)
    pieces = odds.judge(plain)
    likeliest = max(pieces)
    if likeliest[0] < HOPELESS and _PLAIN_WORDS.search(plain) is None:
        return None
    found = list(_dangers(plain))
    named = _first_real(plain, found[: signs.CHECKED] + found[signs.CHECKED :][-signs.CHECKED :], pieces) if found else None
    return named or (_find_unnamed(plain, likeliest, is_named=bool(found)) if likeliest[0] >= NEVER else None)


def _first_real(plain: str, found: Sequence[tuple[Alarm, int, int]], pieces: Sequence[tuple[float, int, int]]) -> Alarm | None:
    """Return the first danger named by a line of lines.py against which nothing around it speaks."""
    for alarm, begin, stop in sorted(found, key=lambda danger: KINDS.index(danger[0].kind)):  # 救命 says least
        if _is_likely(plain, begin, stop, pieces) and not _is_harmless(plain, alarm.kind, begin, stop):
            return alarm
    return None


def _is_likely(plain: str, begin: int, stop: int, pieces: Sequence[tuple[float, int, int]]) -> bool:
    """Tell whether the odds let a danger stand; there are words that no odds overrule, whatever is said beside them."""
    if _PLAIN_WORDS.search(plain, begin, min(stop + NEAR, len(plain))) is not None:
        return True
    return max(_likeliness(plain, begin, stop), *(odd for odd, low, high in pieces if low <= begin < high)) >= NEVER


def _likeliness(plain: str, begin: int, stop: int) -> float:
    """Return the log odds of a danger in its clause: talk of a visitor or a fee beside it does not make it less likely."""
    before, after = plain[max(0, begin - odds.PIECE) : begin], plain[stop : stop + odds.PIECE]
    before = before[_last(before, _CLAUSE) + 1 :]
    after = re.split(f"[{_CLAUSE}]", after, maxsplit=1)[0]
    clause, nearest = before + plain[begin:stop] + after, before[-NEAR:] + plain[begin:stop] + after[:NEAR]
    return max(odds.judge(clause)[0][0], odds.judge(nearest)[0][0])


def _find_unnamed(plain: str, likeliest: tuple[float, int, int], *, is_named: bool) -> Alarm | None:
    """Return the danger that words mean together, or a call, or what all characters speak for."""
    likely, low, high = likeliest
    near = plain[max(0, low - AFTER) : high + AFTER]
    for kind, begin, stop in islice(signs.find(near), signs.CHECKED) if likely >= TOGETHER else ():
        if not _is_harmless(near, kind, begin, stop):
            return Alarm(kind, near[begin:stop])
    piece = plain[low:high]
    if len(plain) < odds.PIECE and _CALL.fullmatch(plain):
        return Alarm("help", plain)
    is_clear = piece == plain and len(plain) >= BRIEF and not is_named
    is_vague = _PERILOUS.search(piece) is None
    if likely < (ALARM if is_clear else SURE) or _is_settled(piece) or (is_vague and _EVERYDAY.search(piece)):
        return None
    return Alarm(_kind_of(piece), piece, is_vague)


def _kind_of(piece: str) -> str:
    """Return the kind of a danger that nothing names; fire and gas are answered otherwise than the rest."""
    return "gas" if _GASSY.search(piece) else "fire" if _FIERY.search(piece) else "help"


def _is_settled(piece: str) -> bool:
    """Tell whether what sounds like danger is over, elsewhere, a figure of speech, or somebody's smoke."""
    if any(pattern.search(piece) for pattern in (_THANKED, _NOTHING, _SETTLED, _SMOKERS, _UNHARMED, _MIGHT_FALL)):
        return True
    if _BORN.search(piece) and not _NOW.search(piece):
        return True
    if _UNOPENED.search(piece) and not _FEARED_FOR.search(piece):
        return True
    return (_ELSEWHERE.search(piece) or _FUN.search(piece)) is not None and not _NOW.search(piece)


def find_words(text: str, words: re.Pattern[str]) -> str:
    """Return the first of a community's own words for danger that is meant in earnest; empty if none is."""
    plain = prepare(text)
    judged = None  # what is a danger anyhow, and was found to be none
    for count, found in enumerate(words.finditer(plain)):
        if judged is None:
            judged = [(begin, stop) for _, begin, stop in islice(_dangers(plain), 2 * signs.CHECKED)]
        if any(begin < found.end() and found.start() < stop for begin, stop in judged):
            continue
        if found[0] and not _is_harmless(plain, "help", *found.span()):
            return found[0]
        if count == signs.CHECKED:
            break
    return ""


def every(plain: str) -> list[Alarm]:
    """Return all dangers that a prepared text speaks of as real; words that mean one together count where no line names any."""
    named = _real(plain, islice(_dangers(plain), 2 * signs.CHECKED))
    if any(alarm.kind != "help" for alarm in named):
        return named
    together = islice(signs.find(plain), signs.CHECKED)
    return named + _real(plain, ((Alarm(kind, plain[begin:stop]), begin, stop) for kind, begin, stop in together))


def _real(plain: str, found: Iterable[tuple[Alarm, int, int]]) -> list[Alarm]:
    return [alarm for alarm, begin, stop in found if not _is_harmless(plain, alarm.kind, begin, stop)]


def mentions(text: str) -> bool:
    """Tell whether danger is spoken of at all, be it as a figure of speech."""
    return next(_dangers(prepare(text)), None) is not None


def count_kinds(lines: Iterable[str]) -> Counter[str]:
    """Return how many lines of an intent file speak of each kind of danger."""
    return Counter(kind for line in lines for kind in {alarm.kind for alarm, _, _ in _dangers(prepare(line))})


@functools.lru_cache(maxsize=1)  # one message is asked about several times in a row
def prepare(text: str) -> str:
    """Fold width and case, mark clauses and sentences by one sign each, and join what was spaced out (着 火 了)."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isalnum():
        text = _INVISIBLE.sub("", text)
    if len(text) - len(set(text)) > 1:
        text = _REPEATED.sub(r"\1\1", text)
    if text.isalnum():
        return text
    text = _SPACED_OUT.sub(r"\1", text)
    return _STOPS.sub(_stop, _COMMAS.sub("，", text))


def _stop(found: re.Match[str]) -> str:
    signs = found[0]
    return (
        "？" if "?" in signs or "？" in signs else "！" if "!" in signs or "！" in signs else "。" if signs[0] in ".。" else "，"
    )


def _dangers(plain: str) -> Iterator[tuple[Alarm, int, int]]:
    known = _sources()
    for place, pattern in [(at, _beginning(character)) for at, character in enumerate(plain) if character in known]:
        found = pattern.match(plain, place)
        if found:
            yield Alarm((found.lastgroup or "").rstrip("0123456789"), found[0]), place, found.end()


def _is_harmless(plain: str, kind: str, begin: int, stop: int) -> bool:
    """Tell whether what surrounds a danger makes it none."""
    low, high = max(0, begin - BEFORE), stop + AFTER
    before, words, after = plain[low:begin], plain[begin:stop], plain[stop:high]
    clause = before[_last(before, _CLAUSE) + 1 :]
    sentence = before[_last(before, _SENTENCE) + 1 :]
    rest = re.split(f"[{_CLAUSE}]", after, maxsplit=1)[0]
    around = before + words + after
    if any(word.start() < stop - low and word.end() > begin - low for word in _HARMLESS.finditer(around)):
        return True
    if _DENIED.search(clause) or _FEARED.search(clause) or _FEARED_WITHIN.search(words):
        return True
    if _is_spared(kind, clause, words, rest, around):
        return True
    if kind in _OF_PEOPLE and _DROPPED.search(clause) and words[0] != "把":
        return True
    figure = kind not in _NEVER_FIGURES and _FIGURE.search(clause)
    if figure and not (_OTHERS.search(clause) and kind in {"medical", "fall"}):
        return True
    if _LIKE.search(clause) and _LIKE_FURTHER.search(rest):
        return True
    if _NOUN_AFTER.search(rest) or _LIKE_AFTER.search(rest) or _is_over(kind, clause, after):
        return True
    if _THANKED.search(sentence) and not _SERIOUS_NOW.search(words + after):
        return True
    if _SIGHS.search(clause + words + after) or (kind == "help" and _GROANS.search(around) and not _OTHERS.search(around)):
        return True
    if kind not in _NEVER_FIGURES and _FUN.search(said := sentence + words + after) and not _SERIOUS.search(said):
        return True
    now = _NOW.search(clause + (words if kind != "help" else "，") + rest)  # 喊救命 says nothing of when
    if (_ELSEWHERE.search(sentence + words + rest) or _ELSEWHERE_AFTER.search(after)) and not now:
        return True
    supposed = _SUPPOSED.search(sentence) or (_SUPPOSED_MAYBE.search(sentence) and _ASKS.search(after))
    curious = _CURIOUS.search(after)
    return bool(supposed or curious) and not now


def _is_spared(kind: str, clause: str, words: str, rest: str, around: str) -> bool:
    """Tell whether what may befall people has not: nobody fell yet, was bitten, leans out, or is feared for."""
    match kind:
        case "fall" if _FALLEN.search(words) and not _DONE.match(rest):
            return (_TO_FALL.search(clause) or _WOULD_BE_BAD.match(rest) or _UNHARMED.search(words)) is not None
        case "fall" | "medical" | "trapped" | "collapse":
            return _UNHARMED.search(words) is not None
        case "self_harm":
            return "窗台" in words and _HABIT.search(clause + words) is not None
        case "missing":
            return _NEXT_DOOR.search(clause) is not None and _FEARED_FOR.search(around) is None
    return False


def _is_over(kind: str, clause: str, after: str) -> bool:
    return any(pattern.search(after) for pattern in (_NOTHING, _OVER[kind])) or _OVER_BEFORE.search(clause) is not None


def _last(text: str, signs: str) -> int:
    return max(text.rfind(sign) for sign in signs)
