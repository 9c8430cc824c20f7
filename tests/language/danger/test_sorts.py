"""What danger is told of decides the words: which number to call first, and what to do at once."""

import re
from collections.abc import Mapping
from datetime import datetime

import pytest

from bot import config
from bot.dialogue.understanding import Understanding
from bot.language.danger.sorts import ANSWERED, Danger, tell
from bot.language.phrases import placeholders

UNDERSTANDING = Understanding.load(config.shipped("intents"), config.shipped("data"))
NOW = datetime.fromisoformat("2026-03-11T10:00:00+08:00")

#: Kind of danger -> the number said first, and what is said of it.
TOLD: Mapping[Danger, tuple[str, str]] = {
    Danger.FIRE: ("119", """
        我家厨房烧起来了，火苗窜到吊柜了
        五楼窗户在往外冒浓烟
        楼道里的电瓶车着火了快来人
        对面阳台起火了，好大的火
        油锅着了，盖不住
        失火了失火了，三栋二单元
        垃圾桶烧着了，火越来越大
        我闻到好大的焦味，隔壁门缝里在冒烟
        地下车库有辆车自燃了
        沙发被烟头点着了，屋里全是烟
        隔篱屋烧着咗，好大阵烟
        充电的电动车噼里啪啦炸了，整个过道都是烟
        有人往垃圾房扔了烟头，现在火上来了
        配电箱冒火星子，一股焦糊味
        二楼空调外机烧起来啦
        救命呀，我屋里起火了
        屋顶太阳能那块着火，风一吹烧到隔壁了
        我孙子玩打火机把窗帘点了
        烟从下水管井里往上钻，楼道看不见人
        后厨油烟道起火，饭店的人都跑出来了
        哎呀妈呀，三楼那家窗户往外窜火
        电饭煲炸了冒大烟
    """),
    Danger.GAS: ("119", """
        家里煤气漏了，怎么办
        厨房一股天然气味，头有点晕
        燃气管子被装修工凿破了，在嘶嘶漏气
        闻到很浓的煤气味，不敢开灯
        液化气罐漏气了
        楼道里有瓦斯味，很刺鼻
        我妈煤气中毒了，叫不醒
        燃气报警器一直响，有臭鸡蛋味
        天然气泄漏了，整层楼都能闻到
        灶台的软管被老鼠咬了，嗤嗤漏气
        一进门全是煤气的味道，我奶奶还在里屋
        热水器那边有股瓦斯味，我头晕想吐
        楼下挖机把天然气管挖断了
        一氧化碳报警器响了，我们一家都恶心
        气罐阀门拧不上，一直嘶嘶响
        厨房报警器叫个不停，味道很冲像煤气
        装空调打孔把燃气管打穿了
        煤气没关，老妈在家睡着了叫不醒
        闻着天然气味儿从楼下飘上来
    """),
    Danger.ELECTRIC: ("120", """
        我老公修插座触电了
        有人被电到了，倒在配电箱旁边
        工人在楼下被电击了，手还抓着电线
        孩子摸插座被电了，手黑了
        电线掉水里了，有人踩上去被电倒了
        热水器漏电，我爱人洗澡被电了
        路灯杆漏电，刚才电到一个小孩
        我爸触电了，一直松不开手
        洗衣机外壳带电，我手一摸被打了一下
        表弟换灯泡给电着了，人从凳子上掉下来
        高压线断了掉在马路上
        冰箱漏电，孩子的手麻了
        水淹到插座，我妈一碰就被电倒了
        师傅修电箱时触电，人抽着呢
        积水里有电，前面大爷一脚踩进去就倒了
        充电桩漏电，我儿子一碰就弹开了，手发黑
        浴霸漏电电到我了，胳膊没知觉
        小朋友拿钥匙捅插座被电得哇哇哭
    """),
    Danger.LIFT: ("119", """
        我被困在电梯里了
        电梯卡在七楼和八楼中间，里面有人
        电梯突然停了，门打不开，我和孩子在里面
        3号楼电梯困人了
        电梯往下掉了一下就不动了，我们五个人出不来
        奶奶关在电梯里半个小时了
        电梯门夹住人了
        我在电梯里出不去，按钮都没反应
        电梯里有人在喊救命，门开不了
        升降机停咗，困住我同个BB
        电梯从12楼一下子坠到5楼，门打不开
        梯子关着人呢，里面在拍门
        电梯里有个孕妇出不来
        我们在货梯里，门不开，没信号快来
        电梯夹层停了，我抱着娃在里头
        2单元电梯故障，里面困了四个老人
        电梯一直上下乱窜停不下来，我在里面
        妈妈坐电梯被关里面了，她有心脏病
    """),
    Danger.TRAPPED: ("119", """
        宝宝一个人反锁在家里，灶上还开着火
        有个孩子爬到窗台外面了，没大人
        孩子被锁在车里了，天很热
        孩子手指卡在下水口拔不出来
        外孙把自己锁在卫生间里了，哭得厉害
        宝宝锁车里了，钥匙也在里面
        小孩脑袋夹在栏杆里了
        我被锁在天台了，下不来
        我家两岁娃把门反锁，我在外头进不去
        手卡进搅拌机里了
        卷帘门压住工人的腿了
        暖气片夹住孩子的手，抽不出来
        邻居小孩卡在防盗窗缝里
    """),
    Danger.FALL: ("120", """
        我妈在浴室滑倒了，起不来
        爷爷从楼梯上摔下来了，头在流血
        有个老人摔倒在小区门口，动不了
        我摔了一跤，腿好像断了，一个人在家
        小孩从滑梯上掉下来，胳膊动不了了
        有人从三楼掉下来了
        我奶奶跌倒了，叫她没反应
        装空调的师傅从梯子上摔下来了
        外婆在卫生间跌了一跤爬不起来
        老头子上厕所摔了，坐地上起不来
        阿婆喺楼梯度跌亲
        我妈踩凳子擦窗摔下来，腰动不了
        有人从脚手架上摔下来了
        我爸在雪地滑了一跤，髋骨疼得站不起来
        公公从梯子上栽下来
        我爷爷在卫生间摔倒了，不敢扶
        外公出门踩了冰，摔得站不起来
        保洁阿姨从二楼楼梯滚下去了
        我跌落床，条腰郁唔到
    """),
    Danger.MEDICAL: ("120", """
        我爸突然胸口疼，喘不上气
        老伴晕倒了，没有呼吸
        孩子吃花生卡住了，脸都紫了
        我老婆快要生了，羊水破了
        邻居大爷口吐白沫在抽搐
        妈妈好像中风了，嘴歪了说不出话
        有人昏迷在长椅上
        我心脏病犯了，药找不到
        爷爷喝错农药了
        手被切断了一截，血止不住
        宝宝高烧抽筋翻白眼了
        我妈低血糖晕过去了，叫不应
        老公半边身子突然不能动，嘴也歪
        宝宝吞了一颗纽扣电池
        有个遛狗的大叔倒地上捂着胸口
        孩子被开水烫了，皮都掉了
        小区门口撞车了，骑车的人腿在冒血
        被马蜂蛰了，嘴肿得喘不上来
        媳妇肚子疼得打滚，下面流血
        我爸吃饭突然趴桌子上不省人事
        孩子抽了，翻白眼，怎么办啊
        我哮喘犯了，喷雾用完了
        大妈跳广场舞时突然晕倒
        儿子手腕被玻璃割了，血喷出来
        外婆喝了洗洁精，当成水了
    """),
    Danger.MISSING: ("110", """
        我家孩子不见了，五岁，穿红衣服
        小孩走丢了，在小区花园里玩着玩着没了
        我儿子被一个陌生人带走了
        找不到女儿了，放学到现在没回家
        我孙子丢了，刚才还在滑梯那边
        我妈有老年痴呆，早上出门买菜到现在没回来
        谁看到一个穿黄雨衣的男孩，四岁，走丢了
        娃儿放学没回来，老师说早走了
        独居的王奶奶三天没露面，敲门也没声音
        我女儿找不着了，就在超市门口一眨眼
        我爸走丢了，八十岁，不认路
        三岁女儿在小区不见了，穿粉裙子
        孙子放学没到家，电话手表关机
        对门大爷好几天没出门，敲门没人应
        我老伴出去遛弯失踪了，他有阿尔茨海默
    """),
    Danger.WATER: ("119", """
        有小孩掉进池塘里了
        有人落水了，在小区的景观湖
        泳池里有人溺水了
        地下车库进水了，水到腰了，还有人在里面
        一楼被淹了，水位还在涨，老人出不来
        我朋友掉河里了不会游泳
        孩子掉水里了快来救
        暴雨水灌进车库，车里有人被困住了
        小孩掉到喷泉池里没上来
        有个老人掉进河里了在扑腾
        地下室灌水，我爸困在下面
        泳池里捞上来个孩子没气了
        鱼塘里漂着一个人
        有个男孩滑进水库里了
        家门口淹了，水到膝盖，奶奶还困在屋里
        我不会游泳的朋友跳进湖里捡球，沉了
        地库倒灌了水涨得好快，有人困车里
    """),
    Danger.CRIME: ("110", """
        有人要抱走我孩子
        有人撬我家门锁
        楼下有人拿刀砍人
        我家进贼了，人还在屋里
        有个男的一直跟踪我，我不敢上楼
        老公在打我，救救我
        隔壁在打架，动刀了
        有人抢了我的包往南门跑了
        有陌生男人在砸我的门
        有人在电梯里猥亵我
        我被绑架了
        我家被人撬了，那人刚从阳台翻出去
        前男友在门口踹门要进来
        有个醉汉拿着菜刀在追人
        好几个人围着我儿子打
        楼道里有个男的脱裤子，还跟着我
        隔壁女的一直在喊救命，男的在打她
        有人拿棍子砸我家门，说要弄死我
        楼道里两个人持刀打起来
        地下车库有人抢我包
        陌生人尾随我到家门口
        我被前夫堵在车库里打
        小偷正在翻我家抽屉
    """),
    Danger.COLLAPSE: ("119", """
        楼道的天花板塌了
        围墙倒了，压到人了
        阳台掉下去了，楼体有大裂缝
        地面突然塌陷了一个大坑，有人掉进去了
        外墙砖大片往下掉，砸到人了
        脚手架倒塌了，工人被埋了
        房子要塌了，墙在裂
        车库顶板塌下来了，压住两辆车
        我家阳台的楼板断了，掉到下面去了
        雨棚塌了，压着个老太太
        挡土墙倒了埋了人
        外墙大理石掉下来砸中路人
        楼歪了，墙上的缝越来越大
        我家客厅吊顶整个垮下来
        楼下挖坑，我们这栋墙裂了好大口子要倒
        自行车棚倒塌压住人
        脚手架塌了下面有工人
        广告牌砸下来，砸到行人了
    """),
    Danger.SELF_HARM: ("12356", """
        我不想活了
        活着太累了，想一了百了
        我站在楼顶，想跳下去
        我吃了一整瓶安眠药
        我想死
        没人在乎我，我死了算了
        我要自杀
        我割腕了，好多血
        撑不下去了，真的想结束这一切
        每天都觉得活着没意思
        我把药都吞了，对不起
        我写好遗书了
        谁都不需要我，我想从这跳下去
        我真的不想活下去了
        我想从阳台跳下去
        我在割手腕
        我已经喝了农药
        我坐在天台边上，风好大
    """),
    Danger.SELF_HARM_OTHER: ("110", """
        我闺蜜说她要割腕，我联系不上她
        楼顶有人要跳楼
        我女儿说不想活了，把自己关在房里
        我儿子留了遗书出门了
        对面楼顶坐着个女孩，腿伸在外面
        我老婆吃了一瓶安眠药
        我妹妹要跳楼，快来人
        室友割腕了，锁着门
        有人站在桥栏杆外面要跳河
        我爸说他不想活了，在写遗书
    """),
}  # fmt: skip

CASES = [(danger, line.strip()) for danger, (_, lines) in TOLD.items() for line in lines.strip().splitlines()]
NUMBER = re.compile("12356|119|120|110")
EMERGENCIES = [intent for intent in UNDERSTANDING.catalogue.intents.values() if intent.emergency]
WORDS = [(intent.id, name, words) for intent in EMERGENCIES for name, words in [("reply", intent.reply), *intent.replies.items()]]


@pytest.mark.parametrize(("danger", "text"), CASES)
def test_what_is_said_tells_the_kind_and_so_the_number_to_call_first(danger: Danger, text: str) -> None:
    match = UNDERSTANDING.hear_text(text, NOW).match
    intent = UNDERSTANDING.catalogue.intents[match.candidates[0].intent]

    assert (match.emergency, match.danger) == (True, danger)
    assert NUMBER.findall(intent.replies[danger])[0] == TOLD[danger][0]


@pytest.mark.parametrize(("text", "danger"), [
    ("救命啊，我家着火了", Danger.FIRE), ("煤气中毒了，叫不醒", Danger.GAS), ("燃气灶爆炸着火了", Danger.FIRE), ("被困电梯里，我妈晕倒了", Danger.LIFT),
    ("房子塌了，有人被压住腿流血", Danger.COLLAPSE), ("进贼了，我老公被砍伤流血", Danger.CRIME), ("有人放火", Danger.FIRE), ("孩子锁在车里了，快来帮忙砸窗", Danger.TRAPPED),
])  # fmt: skip
def test_of_several_dangers_the_one_with_the_most_urgent_advice_is_answered(text: str, danger: Danger) -> None:
    assert UNDERSTANDING.hear_text(text, NOW).match.danger is danger


@pytest.mark.parametrize(("own", "other"), [
    ("我不想活了", "我女儿不想活了"), ("我想跳楼", "他想跳楼"), ("他不要我了，我不想活了", "我老公说他不想活了，在写遗书"), ("分手了，不想活了", "楼顶有个女的要跳下去"), ("想结束自己的生命", "我女儿把自己反锁在房间，说活着没意思"),
])  # fmt: skip
def test_who_is_tired_of_life_is_spoken_to_otherwise_than_who_sees_it(own: str, other: str) -> None:
    assert (tell(own), tell(other)) == (Danger.SELF_HARM, Danger.SELF_HARM_OTHER)


@pytest.mark.parametrize("text", ["救命啊", "快来人啊", "出事了"])
def test_a_call_that_names_nothing_gets_the_general_words(text: str) -> None:
    match = UNDERSTANDING.hear_text(text, NOW).match

    assert (match.emergency, match.danger) == (True, Danger.UNKNOWN)


def test_every_kind_has_words_of_its_own_in_the_file_that_answers_it() -> None:
    assert {name for _, name, _ in WORDS} == {"reply", *ANSWERED}


@pytest.mark.parametrize(("intent", "name", "words"), WORDS)
def test_words_in_danger_begin_with_a_number_fit_the_screen_and_claim_nothing(intent: str, name: str, words: str) -> None:
    first, *_, last = words.splitlines()

    assert len(words) <= 200
    assert NUMBER.search(first) or (name == "self_harm" and NUMBER.search(words))
    assert "不能代替" in last
    assert placeholders(words) == {"duty", "community.phone"}
    assert "已通知" not in words
    assert "已紧急通知" not in words


def test_whoever_is_tired_of_life_is_spoken_to_calmly() -> None:
    [words] = [words for _, name, words in WORDS if name == "self_harm"]

    assert "！" not in words
    assert "119" not in words
    assert all(said in words for said in ("12356", "120", "110", "我们的人会联系您", "您先不要一个人待着"))


def test_a_gas_leak_is_never_told_to_phone_indoors() -> None:
    [words] = [words for _, name, words in WORDS if name == "gas"]

    assert words.index("到室外") < words.index("119")
    assert "不要开关灯" in words
