"""Words that complain: of a car that stands in the way, of how somebody behaves. Pure."""

import re

#: Whose place, way or car it is: not what a guest may be told of theirs.
_OURS = "(?:了|着|住|到|过|咗|死|坏|在)*(?:我|俺|咱|阿拉|人家|别人|大家)?(?:们|家)?的?"

_CAR_IN_THE_WAY = re.compile(rf"""(?x:
    # 占我车位, 车位被占, 停在我的位子上不走
      占(?:用|据)?{_OURS}(?:个|着)*(?:[车泊固]|私家|专用|消防|残疾人?|无障碍|盲|过?道|位|路|通|充电|人行|绿化|门口|出入?口)
    | (?:车位|位子|位置|泊位|车库|通道|路|道|门口)(?:又|总|老|都|给|让)*(?:被|给)[^，,。]{{0,12}}?(?:占|堵|挡|停|霸) | 霸[占着住]
    | (?:谁|哪个|哪家|别人|人家|外来|陌生)(?:家|人)?的?车 | 停[^，,。]{{0,6}}(?:消防|通道|盲道|绿化|草坪|坡道|出入?口) | 停[^，,。]{{0,8}}(?:不走|不挪|不动|几天|半天|一夜|一晚上|一整天) | [乱违]停
    # 挡路了, 堵住我出不去, 别着我的车
    | [挡堵拦](?:了|着|住|到|死|在|咗)*(?:我|俺|咱|人家?|大家|别人|[这那])?(?:们|家)?的?(?:[路道门口]|车头?|通道|单元|出入?口|消防|坡道|楼道|车库|车位|后面|前面|[出进]不|没法|怎么|$|[，,。!！\s]|了|半天)
    | 别住(?:了|我) | [出进]不[来去](?:了|$|[，,。])
    # 叫他挪车, 把车开走
    | (?:挪|移)(?:一?[下挪移])?(?:个|一下)?(?:车(?!位)|开|走|位置?)(?!的时候|就行) | 车主[^，,。]{{0,8}}[挪移] | 把(?:那|这|它|他|你)?(?:个|辆|部|台)?的?车(?:给|赶紧|快)*(?:开走|弄走|拖走|挪|移) | 拖(?:走|车)(?!板)
    # 把我的车刮了, 撞了栏杆就跑
    | [刮蹭剐撞擦划碰](?:了|到|坏|伤|花|掉|倒|着)+ | (?:被|给|让|把)[^，,。]{{0,12}}?[刮蹭剐撞擦划碰] | 追尾|肇事|逃逸
    | 超速|飙车|逆行|横冲直撞|差点(?:儿)?[撞碰刮]|鸣笛|(?:按|摁|打)(?:个不停)?(?:的)?喇叭|警报(?:器)?(?:一直|老|响)|(?:一直|老|总|半夜|不停)[^，,。]{{0,4}}(?:响|叫)|僵尸车|车灯没关|车窗没关|漏油|(?:投诉|举报)
    )""")

_COMPLAINS = re.compile(
    r"(?:我|俺|咱)?(?:要|想|得)?(?:投诉|举报|告发|告(?=[他她]|你们|物业|保安))|骂(?:人|我|了|过|街)|打(?:人|我|了我)|推(?:搡|我)|态度[^,，。]{0,4}(?:不好|太?差|恶劣|凶|横)|凶(?:我|巴巴|得很)|欺负|耍流氓|不讲理|勒索|乱收费"
)

_WANTS_A_PERSON = re.compile(
    "(?:找|叫|喊|转|换|接)(?:一下|个|一个|你们|到)*(?:物业|小区)?的?(?:经理|领导|负责人|主任|老板|管事|人工|真人|活人|客服|人(?!来))"
)

#: Objects to somebody who is none of the household's, or to what is done with what is known of one: what must be heard whatever is asked.
_OBJECTS = re.compile(
    r"不认(?:识|得)|没见过(?:这|那)[个位]|冒用|冒充|假冒|盗用|泄[露漏]|外泄|倒卖|骚扰|侵犯|(?:搞|弄|登|绑)错人"
    r"|(?:[这那](?:个|位)?(?:人|微信|账?号|号码|租客|房客|名字|家人)|[他她]).{0,4}(?:不是|没住|不住)|不是(?:我|俺|咱|阿拉)(?:们)?家的?(?:人|家人|亲戚|租客)?[了的啊呀呢\s。.！!]*$"
    r"|(?:反对|抗议|不同意|不满|拒绝|不许|不准)(?:你们?|物业|保留|保存|留|存|卖|公开|收集|这样|这么|那样|[他她])"
    r"|凭(?:什么|啥)(?!.{0,4}(?:删|解绑|注销|销户))|太(?:差|烂|坑|过分|不像话|不负责)|不像话|不负责任?|没人管"
)

#: Somebody else's car behind such words, though it may be a guest's: 会挡路吗, 别挡着人家.
_ONLY_FEARED = re.compile("(?:会不会|会|怕|免得|省得|以免|别|不要|不会|没有?|不)(?:再|又|就|给|把|人|[他她])*$")


def blames_a_car(text: str) -> bool:
    """Tell whether words complain of a car: 车库有人占我车位, 单元门口那辆挡路了 叫他挪车. Its plate is no guest's, nor one's own."""
    return any(_ONLY_FEARED.search(text, 0, found.start()) is None for found in _CAR_IN_THE_WAY.finditer(text))


def complains(text: str) -> bool:
    """Tell whether words complain of somebody: 我要投诉保安 骂人. Who wants the manager wants a person, whatever about."""
    return _COMPLAINS.search(text) is not None and _WANTS_A_PERSON.search(text) is None


def objects(text: str) -> bool:
    """Tell whether words complain, or object to a person or to what is done with what is known of one: 这个人不是我家的, 你们泄露了我的电话."""
    return _OBJECTS.search(text) is not None or complains(text)
