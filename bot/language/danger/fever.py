"""Who burns with fever is no house on fire: 豆豆三岁半 烧到39度. Pure.

烧 is said of both; what tells them apart is a body's temperature behind it, or somebody straight before it. Who has a fit, does not
wake or cannot breathe is in danger, and stays so.
"""

import re

#: Somebody of whom 烧 is said without a figure; a thing that burns beside them is another matter.
_WHO = (
    "(?:宝宝|宝贝|[大小二三]宝|豆豆|乐乐|毛毛|妞妞|果果|朵朵|贝贝|糖糖|萌萌|童童|点点|安安|囡囡|妹妹|弟弟|妹仔|细路(?:仔|哥)?|娃娃|娃儿?|孩子|小孩|孩儿|伢子?|崽崽?|仔仔|"
    "儿子|女儿|闺女|丫头|孙子|孙女|外孙女?|囡|老公|老婆|老伴|老头子|老人|爷爷|奶奶|外婆|外公|妈妈?|爸爸?)(?:他|她|现在|今天|昨天|昨晚|晚上|半夜|早上|下午|还在|还|又|都|也|在|是|一直|突然|总是?|老是?|有点|开始|身上|整个人)*"
)

#: A body's temperature as people write it; no storey, no building, no price.
_DEGREES = r"(?:3[5-9]|4[0-2])(?![0-9])(?:[.。点度℃][0-9]?)?(?:度|℃|c)?(?![0-9楼栋幢层号室单#元块])"

#: Said of burning things, and of who was burnt: 把沙发烧着了, 烧到手了.
_BURNT = "(?![着伤焦毁坏糊穿断光死没]|到(?:手|脚|脸|头|身|胳膊|腿|屁股|嘴|[^0-9，。]{0,2}(?:楼|家|栋|屋|房|阳台)))"

_MEASURED = rf"(?<!火)(?<!焚)(?:发|高|低|又|还|在|一直)*[烧热](?:起来|得|到|了|过|成|在|是|都|快|有|差不多|已经|一?[整个]?[晚夜天上下午早中几两三四五六七八九十]|[，。 ]){{0,8}}{_DEGREES}"
_TOLD = rf"{_WHO}(?<!把)(?:发|高|低)*烧{_BURNT}(?:起来|得|了|到|过)*(?:厉害|好高|很高|太高|滚烫|烫手|通红)?"

#: Heat of a body beside a fever.
_HEAT = "(?:(?:身上|额头|脑门|浑身|全身|手心|脸上?)(?:都|很|好|也|是|摸着|摸上去)*)?(?:滚烫|烫手|发烫|好烫|很烫|通红|烫得[很慌])"

_FEVER = re.compile(f"{_MEASURED}|{_TOLD}")
_HOT = re.compile(f"{_FEVER.pattern}|{_HEAT}")

#: What makes a fever a danger.
_GRAVE = re.compile(
    r"(?<!没)(?<!没有)(?<!不)(?<!冇)(?<!未)(?:抽(?!空|血|屉|查|烟)|惊厥|惊风|痉挛)|翻白眼|白眼|[叫喊唤摇拍弄][都也]?[不唔勿]醒|[没冇无]得?有?(?:反应|知觉|意识|呼吸|气了|心跳|脉)|昏|晕|不省|"
    r"喘|呼吸|憋|发[紫青绀黑]|紫|嘴唇|僵|软|瘫|血|意识|糊涂|迷糊|胡话|认不[得出清]|断气|不动|动不了|起不来|站不|不会哭|眼睛?[直斜]|不行了|快死|要死|救命|120|救护车|误食|吃错|吞|吐|疹|脖子|心脏|胸|头[^，。]{0,2}[痛疼]"
)


def aside(plain: str) -> str:
    """Return a prepared text without the fever it tells of; what makes it a danger stands beside 发烧, never beside what burns."""
    if ("烧" not in plain and "热" not in plain) or _FEVER.search(plain) is None:
        return plain
    return _FEVER.sub("发烧", plain) if _GRAVE.search(plain) else _HOT.sub("", plain)
