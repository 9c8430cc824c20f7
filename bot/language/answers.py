"""Short answers inside a conversation: yes, no, stop, skip, a person, number two.

Words repeat in atomic groups, the longest first: no message takes longer than its length. What leaves, waits or does not
know may be put in many ways and is looked for only in messages of LONGEST, so that its groups need not be atomic.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.language.corrections import without_denied
from bot.language.normalise import longest_first
from bot.language.numbers import NUMBER, value_of

#: Whoever says more than this says more than yes or no.
LONGEST = 30

_POLITE = re.compile(
    r"[\s,，。.!！?？~～、;；]|[啊呀呢吧哦噢啦嘛哈哎呗噻撒]+$|^(?:那|就|嗯+|哦+|好的?)(?=不|取消|算|转)|谢谢你?您?|麻烦了?"
)


def _any(words: str) -> str:
    return longest_first(words.split())


#: A number is a yes once: 1111 is none.
_YES = re.compile(
    r"1|(?>"
    + _any(
        "是 是的 对 对的 没错 确认 确定 好 好的 好滴 可以 行 行的 没问题 ok okay yes yep yeah yup sure y 要 要的 提交 就这样 确认提交 对没错 是这样 "
        "系 系啊 係 啱 啱喇 要得嘛 得 中 成 妥 正确 没毛病 同意 嗯呐 嗯哪 对头 要得 得嘞 好嘞 好额 对额 是额 可以可以 好呀 可以的 没错的 行吧 中嘞 就是 就这么办 办吧 无误 核对无误 没有错 妥了 啱嘅 完全正确 都要 全要 都要都要 都弄 都办 对喽 对咯 对啦 对呀 对哒"
    )
    + r"|嗯+)+(?:(?<!得)了)?"
)
#: Yes to a proposal; 是 and 对 say that something is so.
_ASSENT = re.compile(
    r"(?>"
    + _any("好 好的 好滴 好嘞 好呀 好哒 行 行的 可以 可以的 可以可以 没问题 ok okay 成 中 妥 妥了 得 得嘞 要得 要得嘛 同意")
    + ")+"
)
_HEARD = re.compile(
    "(?>[嗯哦噢喔]+[呐哪]?|"
    + _any(
        "齐活 齐活儿 齐活了 齐活儿了 搞定 搞定了 完活儿 完事儿 完事儿了 成 成嘞 中 妥妥的 妥嘞 巴适 安逸 蛮好 老好 挺好 灵额 老灵额 稳了 得咧 好 好的 好滴 好嘞 好咧 得嘞 嗯呐 要得 好哒 行吧 妥 欧了 thx 辛苦 收到了 懂了 好使 好使了 完毕 冇嘢 没事 好啦 好咯 知道 知道了 晓得 晓得了 明白 明白了 了解 收到 行 行的 可以 得 ok okay 没问题"
    )
    + "|[嗯哦噢喔]+)+了?"
)
_NO = re.compile(f"(?>{_any('不 不是 不对 不要 不用 否 no n 错 错了 不行 唔系 唔要 先不 暂时不 暂时不用 不可以 不确认')})+了?")
_CANCEL = re.compile(
    r"(?>我?不(?:想|要|用)?(?:办|弄|报修|报|约|挂号?|排队?|登记|邀请|打卡|填|说|搞|继续|绑定?)了|"
    + _any(
        "取消 取消吧 取消掉 取消人工 好了不用了 不用转了 不用找人了 不用人工了 不转了 算了 算了吧 算了不用了 不用了 不要了 退出 停止 停 结束 撤销 作废 先这样 先不弄 先不弄了 不搞了 下次再说"
    )
    + "|"
    + _any("改天再说 回头再说 当我没说 唔使 唔使喇 唔要 唔要喇")
    + ")+"
)
#: 算啦, whose last sound may not be left out.
_WAIVED = re.compile(r"(?:那|就|咁|噉|唉|哎)*算(?:啦|喇|咯|数|哒|逑|球)(?:吧|嘛)?")
_SKIP = re.compile(
    "|".join(
        [
            # by what whoever comes does without a car
            r"(?:他|她|他们|她们|客人|人家|都)?(?:不开的?|没开|(?:不|没|不会|唔|冇)(?:开|揸)车(?:过?来)?的?|没得?车|冇车|(?:打车|打的|骑车|骑电动车|坐车|坐公交|坐地铁|坐高铁|地铁|公交|走路|走着|走|坐出租车|坐出租|打出租|搭车)(?:过)?来的?)",
            # left empty on purpose
            r"(?:先|就)?(?:不用|不|不必|先不|没必要|免)(?:填|写|留)|空着?|就空着",
            # no car
            r"(?:我|他|她)?(?:没|无|没有|没得|冇)(?:买|上|挂)?(?:车牌号?|牌照|号牌|车)|无车|不知道车牌号?|骑车|走路|不留|跳过",
            r"略过",
            # no thermometer
            r"(?:我|家里|屋里)?(?:没有?|没得|冇)(?:体温计|体温表|温度计|探热针)",
            r"(?:孩子们?|小孩|娃|宝宝|老大|老二|儿子|女儿|[他她]|都|也|今天)*(?:没有?|没得|未|还没)(?:量|测)(?:体温|过)?",
            # nothing at all
            r"没有|没得|没|无|不用|不知道|不清楚|不开车|没车|没有车|(?:没得?|没有|冇|无)(?:车牌|牌照|牌子|车牌子|牌)|走路|步行|坐地铁|打车来?|不方便|暂无",
            r"随便|都行|都可以|不需要|skip|pass",
        ]
    )
)
_HUMAN = re.compile(
    "|".join(
        [
            r"(?:转|找|要|叫|接|换|请)?(?:一个|个|到)?(?:人工|真人|客服|人工客服|人工服务|活人)(?:服务|客服)?",
            r"(?:叫|喊|派|换|找)(?:个|一个)?(?:活人|真人|懂的人|管事的人?|能做主的人?|负责人|领导|经理)(?:来)?(?:跟|给|和)?(?:我)?(?:解释|说清楚?|讲清楚?|说|讲|谈)?(?:解释|说说|一下)?",
            r"转人工|找(?:你们?)?物业的?人|我?要?(?:跟|和|找)(?:真)?人(?:说|讲|聊)(?:话)?",
            r"(?:帮我)?(?:转|找)(?:一下)?(?:物业|管家|工作人员|前台)",
            r"(?:方便的?话|麻烦|请)*(?:帮我)?安排(?:一位|个|一个)?(?:同事|人|人员|工作人员|专人|管家)(?:跟我|和我|给我|来)?(?:联系|对接|谈|回复|回电|回个?电话|解答)?(?:一下)?",
        ]
    )
)
_ORDINAL = re.compile(rf"(?:(?:那就|就|那)?(?:选|要|约)?第|那?就选|选|就)?({NUMBER})(?:个|号|项|条|种|场)?(?:吧)?")


#: 灯的那个 is the option that speaks of a lamp.
_THAT_ONE = re.compile("的?(?:那|这)(?:一)?(?:个|张|位|条|间|件|单)$|^就?是?(?=.{2})")

_CLAUSE = re.compile(r"[，,。.；;!！\s]+")

_DENIES = re.compile("[不没冇唔弗勿非别莫]")

#: Who does it, and how it begins, before the words that leave.
_LEAVER = r"(?:不好意思|对不起|抱歉|哎呀?|唉|啊|那|就|我|俺|咱|这次|今天|现在|真的|还是|干脆|太麻烦了?|好麻烦|太|好像|都|全|又)*"
_WORK = r"(?:办|弄|搞|整|填|写|报|报修|约|预约|登记|邀请|绑|绑定|打卡|申请|做|操作|说|问|看|查|修|开|来)"
_LEAVE = re.compile(
    _LEAVER
    + "(?:"
    + "|".join(
        [
            r"(?:手滑|误触|误点)了?|(?:又|不小心|唔小心)+(?:点|按|碰|禁|撳|揿|戳)(?:错|到)(?:的|了|咗)?",
            r"(?:点|按|选|撳|揿|禁|搞|弄|发|进|碰|戳|走|打)错(?:键|按钮|掣|制|位置|地方|人|门)?(?:了|咗|啦|的)?(?:不好意思|对不起|抱歉)?",
            rf"(?:先|暂时|就|也|都)?(?:不|别|唔|甭)(?:想|要|用|需要|再|使)?{_WORK}(?:这个)?(?:了|喇|啦|先)",
            # 不用改 leaves what was read back as it is
            r"(?!不(?:用|要)?改)(?:先|暂时|还是|可|千万)*(?:不|别|唔|甭|莫|勿|嫑|覅)(?:用|要|好|忙|慌|给我)?(?:办|弄|搞|整|报|约|登记|邀请|绑|做|动|下|退|改|删|删掉|撤|解|解绑|取消|去掉)(?:它|了)?(?:吧)?|(?:先|还是|就)*(?:留着|留到|留下)(?:吧)?",
            r"(?:先|暂时|暂且)(?:莫|别|唔好|勿要|覅|不忙|莫忙|莫慌|不慌|等等再说)(?:吧|嘛)?",
            r"(?:先)?(?:放一?放|搁着|搁一搁|放着)(?:吧)?|先(?:算了|这样)|拉倒(?:吧)?|算(?:了|啦|喇|咯|哒|逑|球|数)(?:了)?(?:吧|喇)?",
            r"(?:我)?(?:不|唔)(?:是|系)来.{0,4}(?:的|嘅)|唔(?:搞|整|弄|办|报|填|登记)住先|(?:这|那)个(?:我)?不(?:用|要|需要)了|不要(?:这|那)个",
            r"(?:退出|关闭)(?:登记|报修|绑定|打卡|填写|办理|流程|操作|页面)?|(?:取消|停止|结束)(?:操作|填写|流程|办理)|不(?:玩|聊|说)了",
            r"(?:我)?(?:还是|直接|自己)+(?:打|去)(?:个)?(?:电话|物业)(?:问|说|讲|办)*",
            rf"等(?:我)?[^，。]{{0,4}}(?:再|先){_WORK}(?:吧)?",
            r"(?:这|那)?不归(?:你们?|您|这里|这儿)管|不关(?:你们?|您)的?事|(?:跟|和)(?:你们?|您)没关系",
            r"不需要了?|用不着了?|用不上了?|唔使(?:喇|啦)?",
            r"(?:想)?(?:要|找|问|说|弄|办|讲)?的?(?:不|唔)(?:是|系)(?:要|想|说|问|找|讲|弄|办|报)?(?:要|办|弄)?(?:这|呢|那)(?:个|事|件事|一?个意思|意思|回事|种)?(?:事|意思)?",
            r"(?:想)?(?:换|办|弄|看|问|要|搞|说|来)(?:一?个|一?件|点|些)?(?:别的|其他的?|其它的?|另外的)(?:事|事情|业务|东西)?(?:吧)?|换(?:一?[个件])?(?:事|事情)",
            r"(?:返回|退回|回到?|退到)(?:去)?(?:上一?(?:步|级|页|层)|主?菜单|首页|主页|开头|最开始)?|主菜单|首页|退出(?:去|来|吧|了)?|出去(?:吧)?|关掉?(?:吧|它)?",
            r"(?:没|冇)(?:啥|什么|别的|其他)?(?:事|嘢)(?:了|啦|喇|儿了?)",
            r"当(?:我|俺)?没(?:说|讲|问)过?|权?当(?:我|俺)没(?:说|讲|问)过?",
            rf"(?:改天|改日|下次|回头|以后|月底|月初|下个?月|下周|年后|过两天|过几天|晚点|晚些|等会儿?|待会儿?|有空|迟啲|第日|下回|明天)(?:有空)?(?:再|先)(?:{_WORK}|讲|聊|联系)?(?:吧|啦|喇)?",
            r"(?:改天|改日|下次|下回)(?:吧|啦)?",
        ]
    )
    + ")+"
)
#: What the form is for is done already. At the end of a longer message it may be a remark: 漏水，昨天已经报过了.
_DONE = re.compile(
    r"(?:我|俺|咱|我们|我家|自己|他|她|这个|上次|之前|以前|昨天|刚才|刚){0,6}(?:已经|早|就|都|也|刚|又){0,6}(?:"
    r"(?:绑定?|报修?|登记|预约|约|办|弄|填|打卡?|邀请|申请|搞|做|开|提交|交|量|修)过(?:了|啦|喇|的)?"
    r"|(?<=[经就早都])(?:绑定?|报修?|登记|预约|约|办|弄|填|打卡?|邀请|申请|提交)了"
    r"|(?:绑|报|登记|约|办|弄|填|搞|修|解决|打完?卡)(?:好|完|掉|定)(?:了|啦|喇|咗))(?:的|一次了?|呀|啊)?"
)
#: A slip; with the right words beside it nothing is left.
_SLIP = re.compile(r"(?:手滑|手抖|手误|口误|(?:点|按|选|打|写|说|讲|发|输|念|弄|搞|报)错)(?:了|咗|啦|的)?")
_SORRY = re.compile(r"不好意思|对不起|抱歉|谢谢|麻烦你?们?了?|打扰了?|太麻烦了?|唔好意思")

#: What may stand beside leaving, and leaves nothing by itself: 又碰到了 没事.
_NO_MATTER = re.compile(r"没事|冇事|没关系|唔紧要")

#: Sounds that are drawn out; 嗯 alone is a yes.
_MUSING = re.compile(
    r"(?:[嗯呃额唔哦啊唉诶欸哎]+[…~～]+|[嗯呃额唔哦啊唉诶]+[.。,，、]{2,}|…+|\.{2,}|呃+|额+|[嗯呃额]+[，,…~～、]*(?:这个|那个|怎么说呢?)(?:嘛|呢|啊)?[…~～.。]*)"
)
_LOOK = r"(?:想|拿|取|看|查|找|问|翻|谂|睇|量|测|拍|考虑|核对|确认|商量|打听|琢磨|寻思|研究|合计)"
_WAIT = re.compile(
    r"(?:好的?|嗯|哦|你|您|那|先|唔该|麻烦|请|啊|哎){0,8}(?:"
    + "|".join(
        [
            r"(?:等|稍等|稍候|等候)(?:我|俺|咱)?(?:一?下下?|一?会儿?|等|一等|一?阵|一?哈儿?|一?歇|片刻|两分钟|几分钟|一分钟)?(?:的|先|嘛|啊|哈|哦|再说|再回|再告诉你)?",
            rf"(?!(?:确认|核对)(?!一?下))(?:等|让|容|给)?(?:我|俺|咱)?(?:先|去|再|得|要|来|现在|赶紧)*{_LOOK}(?:一?{_LOOK}|一眼|一?下(?![午周个月礼星])|一?哈|一番)(?:先)?[^\d，。来去到点]{{0,6}}",
            r"(?:等|让)?(?:我|俺)(?:想|看|问|查|找)",
            r"(?:且|稍)?等(?:等|下|一下|会儿?)?(?:我|俺)(?:去|先)?(?:找|拿|取|翻|看|问|开|戴|查)[^\d，来去到点]{0,6}|且等等?|等(?:我)?[^，\d]{1,4}回来(?:再说)?|(?:我)?(?:先)?(?:给|跟)[^，]{1,4}打个?电话(?:问问?|问一?下)?",
            r"(?:等|让)(?:我|俺)(?:先|去)*(?:问|想|看|查|找|商量)(?:清楚|好|明白|到)?(?:了)?(?:再说|再告诉你|再回你?)?",
            r"(?:马上|立马|这就|就来|快了|别急|别着急|别催|莫急|莫催|唔好急|慢点|慢慢来|不要催|不要急)(?:啊|嘛|哈|哦|好)?",
            r"(?:这|那)个(?:嘛|呢|么|啊)?|怎么说呢?|让我缓缓|我(?:在|正)?(?:忙|开会|打电话)(?:着|呢)*|(?:一会儿?|回头|待会儿?|等会儿?|晚点)(?:再)?(?:告诉|发|回|答复|跟|和|给)(?:给)?(?:你|您)(?:们)?(?:说|讲)?",
        ]
    )
    + r")(?:啊|嘛|哈|哦|呢|吧)*"
)
_NO_HASTE = re.compile("不急|不着急|好的?|嗯+|哦|哎呀?|不好意思")
_ABOUT = (
    r"(?:在|儿子|女儿|闺女|孙子|亲戚|朋友|家|住|哪一?[栋幢户家]|几[栋幢号楼室户]|具体|这|时间|几点|哪天|啥时候|什么时候|车牌号?|车子?|电话|手机号?|号码|名字|姓名|人数|几个人|多少人|体温|多少度|位置|地方|哪里|哪儿|哪个|这个|那个|到底|"
    r"我|俺|他|她|他们|人家|客人|对方|师傅|现在|目前|暂时|也|都|还|真|是|我们|的|[来到走](?=[没未不]))*"
)
_OPEN = re.compile(
    _ABOUT
    + "(?:"
    + "|".join(
        [
            r"(?:没|未|冇)(?:有)?(?:定|想好|谂好|决定|确定|说好|约好|问|商量好|说|讲|告诉我|通知|说准|讲准|说清楚?|记)(?:下来|呢|好)?|(?:没|未)(?:有)?(?:跟|和|给|同)我(?:说|讲)|哪(?:里)?(?:知道|晓得)",
            r"(?:不|唔)(?:太|大|怎么)?(?:知道?|晓得|清楚|确定|好说|一定|记得|懂)(?:呢|哦|嘞)?|晓不得|谁(?:知道|晓得)|鬼知道|母鸡",
            r"(?:说|讲|定|记|拿|想|估计)(?:不)(?:准|好|定|清楚?|上来|下来|得|起来)(?:呢)?",
            r"(?:到时候?|到辰光)(?:再|先)?(?:说|讲|看|联系|定|通知)?(?:吧)?|再(?:说|看|定|议)(?:吧|看)?",
            r"(?:得|要)?(?:看|睇)(?:情况|他|她|他们|天气|样子|时间)(?:的|吧|咯|了|啦)?|听(?:他|她)的|待定|未定|未知|(?:再|先|去|得|要)?问(?:一?问|一?下)?(?:他|她|佢|人家|他们|客人|对方)?(?:再|先)(?:说|报|发|讲|告诉你们?)|没谱|没准(?:儿|呢)?|两说|忘(?:记)?了(?:问|说)?|记不(?:住|得)",
        ]
    )
    + ")(?:了|的|呢|啊|吧|哦|喎|㖞|喔|㗎|啦|喇|嘞|哈)*"
    + _ABOUT
    + "(?:来|到|走|叫|姓|什么|啥|住|说|谁|开|几个|怎么)*"
)
_WHICH = r"(?:啥子?|什么|什麽|哪个?|几|任何|随便|不管|好)(?:时候|时间|辰光|日子|前儿|久|时|天|点|个|样|都)?"
_WHATEVER = re.compile(
    r"(?:好的?|行|我|俺|我们|家里|反正|那|就|师傅|你们?|您|来|的话|时间|这个|嗯|上门|修|明天|后天|今天|周末|白天)*(?:"
    + "|".join(
        [
            rf"{_WHICH}(?:来|到|去|上门|修|过来)?(?:我|俺|[他她]们?|家里|老人|我妈|我爸|我们)?(?:都|皆)(?:行|可以|成|好|得|中|方便|在家?|有空|没问题|有人|要得|ok)",
            r"随(?:便|时|意)(?:你们?|您|师傅|他们|好久|哪天|几点|来)?(?:都)?(?:行|可以|好|来|成|要得|得|中|有空|方便|在家?)?|(?:我|家里)?(?:一直|全天|整天|随时)(?:都)?(?:在家?|有人|有空|行|可以)",
            r"都(?:行|可以|成|好|得|中|没问题|无所谓|随便|要得|没关系|在家|有人|一样|ok)(?:的)?|怎么都(?:行|可以|好)|咋都(?:行|中|成)",
            r"(?:白天|晚上|上午|下午)?(?:我|家里)?都(?:在|方便)(?:的)?|(?:早晚|早点晚点|上午下午|这两天)都(?:行|可以|成|好)|越(?:快|早)越好",
            # as one asks elsewhere: 随么子时候来都要得, 啥辰光来修侪可以
            r"(?:随便?|不管|管[他它])?(?:你们?|您|师傅)?(?:啥子?|什么|么子|么斯|么|哪个?|几|好久|咋个?|怎么)[^，。吗呢?？]{0,10}?(?:都|侪|皆|也|总)(?:要得|得行|行|可以|好|成|得|中|没关系|没问题|在家?|在屋头|有人|有空|方便|ok)",
            r"随(?:便|你们?|您)?(?:好久|几时|几点|哪天|么子?|么斯|啥子?|什么)(?:时候|辰光)?(?:来|去|到)?",
            r"(?:无|没|冇)(?:所谓|关系)|不(?:要紧|挑|限|介意)|是但|看着(?:办|来|安排)",
            r"(?:看|按|听|依|由|跟|等)(?:你们?|您|师傅|他们?|物业|工人|管家)(?:们|那边|这边)?(?:的)?(?:方便|安排|时间|有空|定|决定|意思)*(?:就行|就好|来|吧)?",
            rf"(?<=[们傅你您])(?:{_WHICH})?(?:方便|有空|得空|定|决定|安排|看着办|看|说了算)(?:就)?(?:{_WHICH}|行|好|可以|成)?(?:来|来就行|就来|都行|都可以)?",
        ]
    )
    + ")(?:的|吧|啊|呀|咯|嘛|来)*"
)
_NOW = re.compile(
    r"(?:人|他|她|他们|她们|人家|客人|朋友|车|车子|师傅|我妈|我爸|我|大概|应该|都|已经|就|早就|刚|快|要|马上|现在|这会儿|差不多|立刻|这就|正)*(?:"
    + "|".join(
        [
            r"(?<=[就要马上快经刚都人他她们友车子傅差不多这])到(?:了|咗|啦|喇|位了)?",
            r"(?:到|在|等在|站在|停在)(?:了)?(?:小区|咱|你们|我们)?(?:大门|门口?|大门口|门岗|门卫|保安亭|岗亭|楼下|南门|北门|东门|西门|正门|后门|侧门|入口|路口|道闸|门外)(?:口|那里|那儿|这里|这儿|边|外)*(?:等|站|等着|候着)?(?:了|咗|啦|呢|着)*",
            r"到(?:了|咗|啦|喇)|来(?:了|咗)|(?<=[经])来(?:了)?|进来了|等着(?:进|呢)(?:来|门)?(?:呢)?|(?:现在|而家|依家|这会儿|眼下|即刻|立刻|立马|马上)(?:就)?(?:来|到|进|进来|过来|要进)?(?:吧|啊)?",
            r"(?<=[现在马上就这刻])(?:来|进来|过来|要进来?)",
        ]
    )
    + ")(?:了|啊|呀|啦|呢|吧|哦)*"
)


def is_yes(text: str) -> bool:
    """Tell whether the whole message agrees."""
    return _is_all(_YES, text)


def is_assent(text: str) -> bool:
    """Tell whether the whole message only goes along, and says of nothing that it is so: 好, 行吧, 可以."""
    return _is_all(_ASSENT, text)


def is_heard(text: str) -> bool:
    """Tell whether the whole message only says that the last one was heard: 好的, 知道了."""
    return _is_all(_HEARD, text)


def is_no(text: str) -> bool:
    """Tell whether the whole message refuses."""
    return _is_all(_NO, text)


def is_cancel(text: str) -> bool:
    """Tell whether the message, or what it ends in, wants to stop what is under way: 水管坏了，算了不用了."""
    last = _CLAUSE.split(text.rstrip(" ，,。.!！~～"))[-1]
    if _WAIVED.fullmatch(last):
        return True
    return _is_all(_CANCEL, text) or (last != text and len(last) >= 2 and _is_all(_CANCEL, last))


def is_zero(text: str) -> bool:
    """Tell whether the message is a nought: not this."""
    return _bare(text) in {"0", "零", "〇"}


def is_skip(text: str) -> bool:
    """Tell whether the whole message leaves an optional question out."""
    return _is_all(_SKIP, text)


def is_leaving(text: str) -> bool:
    """Tell whether the message leaves the open form: 点错了, 已经报过了, 改天. What is on record stays; `is_cancel` calls that off, too."""
    if is_cancel(text) or _is_all(_LEAVE, text) or _is_all(_DONE, text):
        return True
    if _is_all(_ENDS_IN_LEAVING, text):
        return True
    first, *others = [clause for clause in _CLAUSE.split(text.strip(" ，,。.!！~～")) if clause] or [""]
    if not others:
        return False
    said_beside = [clause for clause in others if not _is_all(_NO_MATTER, clause)]
    return _is_all(_LEAVE, others[-1]) or (
        _leaves(first) and all(_leaves(clause) or _PUTS_OFF.search(clause) for clause in said_beside)
    )


#: Until when it is left, or that the resident comes back to it: 月底那天再说.
_PUTS_OFF = re.compile(r"(?:再|先)(?:说|讲|看|定|议|弄|办|来|联系|考虑|找你们?)(?:吧|嘛|咯)?$")


#: However it began: 太复杂了不弄了, 我再想想吧算了.
_ENDS_IN_LEAVING = re.compile(r".{0,12}(?:算[了啦咯]|(?:不|唔)(?:想|要)?(?:弄|办|搞|整|填|报|登记|约|绑)了)(?:吧|啊)?")


def _leaves(clause: str) -> bool:
    return any(_is_all(words, clause) for words in (_LEAVE, _DONE, _SORRY))


#: What somebody lets be, where they name it.
_LETS_BE = re.compile(
    r"(?:算了|那|就|唉|哎|哦|[，, ])*(?:我|先|还是|暂时|暂且)*(?:不|别|唔|莫)(?:要|想|用)?(?:弄|办理?|搞|整|绑定?|登记)(?P<what>[^\s，,。了吧]{2,8})(?:了|吧|啦|先)*"
)


def lets_be(text: str) -> str:
    """Return what a message says is not to be done, empty where it names nothing: 商铺 of 算了先不弄商铺."""
    said = _LETS_BE.fullmatch(text.strip(" 。.!！~～"))
    return said["what"] if said is not None else ""


#: A no, or a pause, at the beginning of a clause. 不住了 and 不租了 are why one leaves, and 不用留 is no no.
_DECLINES = re.compile(
    r"(?:我|俺|咱|我们|那|可|才|先|还是|就|哦|啊|哎呀?|这个?|都|也|千万)*"
    r"(?:不(?!住|租|在|用|需要|错|要(?!删|解|注销|撤|动|弄|取消)|要?(?:留|保存))|(?:别|莫|甭|勿|唔)(?!留|存|保存|住|租)|没(?:有)?(?:说|想|讲|同意|要|答应)|拒绝|反对|谁说|且慢|慢着)"
)


def declines(text: str) -> bool:
    """Tell whether a message refuses what it is asked to agree to, in whatever words, and agrees nowhere: 不同意, 我没说要删."""
    clauses = [clause for clause in _CLAUSE.split(text.strip()) if clause]
    return any(map(_DECLINES.match, clauses)) and not any(map(is_yes, clauses))


#: A clause that keeps what somebody might think is to be got rid of: 先不删了, 别把我解绑.
_SPARES = re.compile(
    r"(?:别|不|莫|甭|勿|唔|没)(?:要|想|用|能|该|会|给我|把我|再|让|说|叫|的?信息|的?资料|资料|信息)*(?:删|注销|销户|解绑|解除|清空|清除|撤回)"
)


def spares(text: str) -> bool:
    """Tell whether a message keeps what it speaks of deleting or undoing."""
    return _SPARES.search(text) is not None


def is_slip(clause: str) -> bool:
    """Tell whether a clause owns up to a slip: 手滑, 打错."""
    return _is_all(_SLIP, clause)


#: Says that something told was wrong, and not yet what is right.
_WRONG = re.compile(
    r"(?:哦|啊|哎呀?|等等|等一?下|不好意思|抱歉|对不起|我|俺|刚才|刚刚|前面|上面|那个|这个|有|好像|是)*"
    r"(?:(?:打|写|说|讲|填|输|记|念|报|搞|弄|选|发)(?:的)?错(?:了|咗|啦|喇|字)*|(?:不|唔|勿)对(?:头)?(?:的|了|啊|呀)?|错(?:了|咗|啦|字)+|口误|手误|手抖(?:了)?|讲差了|弄差了|搞错了|整错了|不是这样的?)"
    r"(?:不好意思|抱歉|对不起|啊|呀|哈|嘞|咯|一个?字|地方)*"
)


def is_wrong(text: str) -> bool:
    """Tell whether the whole message says that something told was wrong: 打错了, 不对; what is right is still to be said."""
    return _WRONG.fullmatch(re.sub(r"[\s,，。.!！~～]+", "", text)) is not None


def is_hesitation(text: str) -> bool:
    """Tell whether the message only asks for time: 等下, 我想想, 嗯…; it is no answer, and no useless one."""
    if _MUSING.fullmatch(text.strip()):
        return True
    clauses = [clause for clause in _CLAUSE.split(text.strip(" ，,。.!！~～…")) if clause]
    waits = [_is_all(_WAIT, clause.strip("…")) for clause in clauses]
    return any(waits) and all(wait or _is_all(_NO_HASTE, clause) for wait, clause in zip(waits, clauses, strict=True))


def is_open(text: str) -> bool:
    """Tell whether the resident cannot say yet: 还没定, 不知道几点, 到时候再说."""
    return _every(_OPEN, text)


def is_any(text: str) -> bool:
    """Tell whether anything will do: 随便, 啥时候都行, 看你们方便."""
    return _every(_WHATEVER, text)


#: When somebody is in, and nothing of how they are: 明天上午九点我在家, 周六全天有人.
_IN = re.compile(
    r"[^，,。?？不没]{0,12}?(?:我们?|俺|咱|阿拉|家里?|屋里?|屋头|屋企|老人|老伴|老公|老婆|爱人|媳妇|阿姨|保姆|[我俺]?[爸妈])?(?:自己|人|一个人)?"
    r"(?:都|一直|会|全天|整天|才|就|也|肯定|应该|基本上?|通常|随时|以?后|之?前|左右)*"
    r"(?:在家(?:里)?(?:等(?:着|师傅|你们)?)?|在屋[里头企]?|喺屋企|家里有人|屋里有人|有人(?:在(?:家|屋)?)?|有空|得空|方便)(?:的|了|哈|啊|呀|等你们|等师傅|等着|[。!！~])*"
)


def tells_who_is_in(text: str) -> bool:
    """Tell whether the whole message says when somebody is in, as whoever waits for a workman does."""
    return len(text) <= LONGEST and _IN.fullmatch(text.strip(" ，,。")) is not None


def is_now(text: str) -> bool:
    """Tell whether the time meant is this moment: 就现在, 已经在门口了. 到了？ asks."""
    return not text.rstrip().endswith(("?", "？")) and _every(_NOW, text)


def _every(words: re.Pattern[str], text: str) -> bool:
    clauses = [clause for clause in _CLAUSE.split(text.strip(" ，,。.!！?？~～…")) if clause]
    return len(text) <= LONGEST and bool(clauses) and all(_is_all(words, clause) for clause in clauses)


def wants_human(text: str) -> bool:
    """Tell whether the whole message asks for a person."""
    return _is_all(_HUMAN, text)


def _is_all(words: re.Pattern[str], text: str) -> bool:
    return len(text) <= LONGEST and words.fullmatch(_bare(text)) is not None


#: 1和2都取消, 1、2.
_SEVERAL = re.compile(
    r"(?:把|第|取消)*(?P<all>\d(?:(?:[和跟、,，及与 ]|第|个)+\d)+)(?:个|号|位)?(?:都|全|也|一起|全都)*(?:取消|不要|不来|作废|撤|删)?[了掉吧]*"
)


def picks_several(text: str) -> tuple[int, ...]:
    """Return the numbers of a menu that a message picks at once: 1和2都取消."""
    picked = _SEVERAL.fullmatch(text.strip(" ，,。.!！"))
    return tuple(map(int, re.findall(r"\d", picked["all"]))) if picked else ()


def pick(text: str, options: Sequence[str]) -> int | None:
    """Return the index of the option meant, by number (2, 第二个) or by words; None if none is."""
    if len(text) > LONGEST:
        return None
    bare = _bare(text)
    ordinal = _ORDINAL.fullmatch(bare.removesuffix("."))
    if ordinal:
        try:
            number = value_of(ordinal[1])
        except ValueError:
            return None
        return number - 1 if 1 <= number <= len(options) else None
    if bare in {"最后一个", "最后那个"}:
        return len(options) - 1
    meant = _THAT_ONE.sub("", bare)
    if len(meant) < 2 and meant == bare:
        return None
    holding = [index for index, option in enumerate(options) if meant and meant in _bare(option)]
    if len(holding) == 1:
        return holding[0]
    if _DENIES.search(bare) and not any(map(_DENIES.search, options)):  # 我不是吕勇 is near 我就是吕*勇, and means it least
        return None
    near = process.extract(bare, [_bare(option) for option in options], scorer=fuzz.ratio, score_cutoff=70, limit=2)
    if not near or (len(near) > 1 and near[0][1] - near[1][1] < 10):
        return None
    return int(near[0][2])


#: Signs of a sentence in which an option is looked for by its name.
NAMING = 200

#: What names of places end with, and nobody says who means one: 和苑 for 和苑小区.
_OF_PLACES = re.compile("(?:小区|社区|家园|花园|公寓|大厦)$")

#: What stands around a name that is the whole answer.
_AROUND = re.compile(r"^(?:我们?|俺|咱|家|住|在|是|就|那个?|选|要)+|[的呀啊吧呢哦嘛这那里边个]+$")

#: What is not meant, behind what is or alone: 和苑小区 不是东区.
_DENIED = re.compile("(?:不是|不在|不住|没住|别是|唔系)[^，,。]*")


def named(text: str, options: Sequence[str]) -> int | None:
    """Return the index of the one option that a sentence names, whole or in part: 和苑, 就是和苑小区 不是东区; None where it may be several."""
    if len(text) > NAMING:
        return None
    said = _DENIED.sub("", without_denied(re.sub(r"\s+", "，", text.strip())))
    cores = [_OF_PLACES.sub("", option) for option in options]
    for names in (options, cores):
        found = [name for name in names if len(name) > 1 and name in said]
        longest = [name for name in found if not any(name != other and name in other for other in found)]
        if len(longest) == 1 and names.count(longest[0]) == 1:
            return names.index(longest[0])
    alone = _AROUND.sub("", said.strip("，,。.!！?？~～"))
    holding = [index for index, option in enumerate(options) if len(alone) > 1 and alone in option]
    return holding[0] if len(holding) == 1 else None


def _bare(text: str) -> str:
    bare = text.strip().lower().translate(_FULL_WIDTH)
    while (shorter := _POLITE.sub("", bare)) != bare and shorter:
        bare = shorter
    return bare


_FULL_WIDTH = str.maketrans("１２３４５６７８９０ＯＫｏｋ", "1234567890okok")
