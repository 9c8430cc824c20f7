"""Who comes is known by name or by what they are; what is no name is taken for none."""

import pytest

from bot.language.kinds import name as name_
from bot.language.kinds.kind import Slot
from bot.language.kinds.shipped import KINDS
from bot.language.reading import Reading
from tests.language.kinds.taking import NOW, asked, read


@pytest.mark.parametrize(("text", "expected"), [
    ("我朋友张伟明天来", "张伟"), ("王强明天上午十点到我家", "王强"), ("给李小龙开个通行证", "李小龙"), ("访客：欧阳娜娜", "欧阳娜娜"),
    ("我老同学玉芬来", "玉芬"), ("同事佳佳到", "佳佳"), ("编辑小周来拿稿", "小周"), ("舞蹈老师阿曼来", "阿曼"), ("我表弟周明刚刚已经上来了", "周明"),
    ("发小大军子从沈阳过来", "大军子"), ("剃头师傅老蒋", "老蒋"), ("小满来找我", "小满"), ("阿May来我家", "阿May"), ("朋友开车来", "朋友"), ("同事今晚来", "同事"),
    ("我囡囡带外孙来吃中饭", "囡囡"), ("卫生间的灯", None), ("马桶一直流水", None), ("司机开车", None), ("我妈感冒来不了", None), ("小区来人了", None),
    ("王先生下午来", "王先生"), ("不是张三是李四", "李四"), ("换成车库", None), ("应该是卫生间", None), ("我舅舅明天来", "舅舅"), ("明天下午三点来", None), ("周六来", None),
])  # fmt: skip
def test_name_is_read(text: str, expected: str | None) -> None:
    assert read("name", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("王芳不来了", "王芳"), ("我朋友张伟不来了", "张伟"), ("王芳又不来了", "王芳"), ("张敏不能来了", "张敏"), ("欧阳娜娜不来了", "欧阳娜娜"),
    ("老李没来", "老李"), ("小陈还没到", "小陈"), ("李强还没到", "李强"), ("阿姨也来", "阿姨"), ("王芳也来", "王芳"), ("王芳都来了", "王芳"),
    ("张伟要晚点到", "张伟"), ("王芳还要晚点到", "王芳"), ("陈建国就到", "陈建国"), ("张伟先到", "张伟"), ("王芳快到了", "王芳"), ("王不来", None),
    ("李先念来", "李先念"), ("王先生也来", "王先生"), ("王芳和李强都来", "王芳、李强"), ("车也开进来", None), ("车是白色的", None),
])  # fmt: skip
def test_name_ends_before_what_stands_between_it_and_the_verb(text: str, expected: str | None) -> None:
    assert read("name", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("我妹妹开车来", None), ("不是我妹妹，是我弟弟", "弟弟"), ("是我弟弟不是我妹妹", "弟弟"), ("是我弟弟", "弟弟"), ("改成我姐", "姐姐"), ("老李没来", None),
    ("王芳也来", None), ("是来修空调的", None), ("名字不知道呀 就写货拉拉", "货拉拉"), ("先写送货的", "送货的"), ("就写不清楚", None),
])  # fmt: skip
def test_relation_takes_the_place_of_a_name_only_as_a_correction(text: str, expected: str | None) -> None:
    slot = Slot(name="visitor_name", kind=KINDS["name"])

    assert Reading.of(text, NOW).take([slot], known={"visitor_name": "王芳"}).get("visitor_name") == expected


def test_role_before_a_short_name_and_a_label_name_a_person() -> None:
    assert (read("name", "保姆小陈下礼拜一上班"), read("name", "登记：陈建军 明天到")) == ("小陈", "陈建军")


@pytest.mark.parametrize(("text", "expected"), [
    ("张敏", "张敏"), ("叫司马光", "司马光"), ("Tom Smith", "Tom Smith"), ("我舅舅", "舅舅"), ("确认", None), ("没有", None), ("取消", None), ("嗯呐", None), ("左右到", None), ("莫得了", None), ("他说", None),
])  # fmt: skip
def test_bare_name_counts_when_it_was_asked_for(text: str, expected: str | None) -> None:
    assert asked("name", text) == expected


@pytest.mark.parametrize(("text", "name", "people"), [
    ("王芳和李强周日中午来", "王芳、李强", 2), ("张伟，李娜，还有王芳", "张伟、李娜、王芳", 3), ("邀请张伟、李娜明天来", "张伟、李娜", 2), ("王芳和李强四个人来", "王芳、李强", 4),
    ("张伟明天来", "张伟", None),
])  # fmt: skip
def test_several_names_are_several_people(text: str, name: str, people: int | None) -> None:
    wanted = [Slot(name="visitor_name", kind=KINDS["name"]), Slot(name="people", kind=KINDS["count"])]

    assert Reading.of(text, NOW).take(wanted) == {"visitor_name": name, **({"people": people} if people else {})}


def test_people_let_in_together_are_named_together() -> None:
    both = [Slot(name="who", kind=KINDS["name"]), Slot(name="people", kind=KINDS["count"])]

    assert Reading.of("请给孙丽和马超开个通行，明天上午十点", NOW).take(both) == {"who": "孙丽、马超", "people": 2}


@pytest.mark.parametrize("words", ["没得车", "修改", "没有名字", "开车来的", "不晓得", "取消"])
def test_what_is_no_name_is_taken_for_none(words: str) -> None:
    assert asked("name", words) is None


@pytest.mark.parametrize(("text", "name"), [
    ("我妹妹", "妹妹"), ("陈建国家的妹妹", "陈建国家的妹妹"), ("我妈和我姨", "妈妈、我姨"), ("修空调的师傅", "修空调的师傅"), ("送冰箱的", "送冰箱的"),
    ("中介小刘", "小刘"), ("我同学两个", "同学"), ("我两个同学", "同学"), ("是个朋友", "朋友"), ("我妈", "妈妈"), ("我老公的司机", "老公的司机"),
    ("装宽带的师傅吧", "装宽带的师傅"), ("我姐一家", "姐姐"), ("快递员", "快递员"), ("张三和李四", "张三、李四"), ("小王和小李", "小王、小李"),
    ("张三和他老婆", "张三、他老婆"), ("我朋友张伟", "张伟"), ("一家三口", None), ("好", None), ("我爸的老战友", "我爸的老战友"), ("老同学小陈", "小陈"), ("李师傅和他徒弟", "李师傅、他徒弟"), ("做窗帘的", "做窗帘的"),
])  # fmt: skip
def test_relation_or_work_is_a_name_enough_when_it_was_asked_for(text: str, name: str | None) -> None:
    assert asked("name", text) == name


VISIT = [
    Slot(name="visitor_name", kind=KINDS["name"]),
    Slot(name="starts_at", kind=KINDS["start"]),
    Slot(name="people", kind=KINDS["count"]),
]


@pytest.mark.parametrize(("text", "name"), [
    ("我妹妹明天下午三点来", "妹妹"), ("陈建国家的妹妹明天来", "陈建国家的妹妹"), ("我妈和我姨后天来", "妈妈、我姨"), ("修空调的师傅明天上午来", "修空调的师傅"),
    ("送冰箱的下午到", "送冰箱的"), ("中介小刘下午来", "小刘"), ("我同学两个周六来", "同学"), ("给我妈开个码", "妈妈"), ("我舅舅一家五口后天开车来", "舅舅"),
    ("明天下午我哥来", "哥哥"), ("我女儿和张伟明天来", "女儿、张伟"), ("我同学张伟和李四后天来", "张伟、李四"), ("小王和小李周六来", "小王、小李"),
    ("我给我妈请的护工明天来", "护工"), ("有个护士要上门给我妈打针", "护士"), ("我孙女放学自己来", "孙女"), ("我老婆娘家人国庆来", "老婆娘家人"), ("等下我对象来", "对象"),
    ("有个客户等下四点要来我这边喝茶", "客户"), ("同事待会儿六点过来", "同事"), ("房东临时要来看看", "房东"),
    ("后天下午五点还有我舅舅，也不开车", "舅舅"), ("另外还有我表叔 周日十点", "表叔"), ("额大姨今晚七点过来", "大姨"),
    ("后天有人送床垫上门", "送床垫的"), ("明早八点有师傅装窗帘进来", "装窗帘的"), ("周六有人搬家具过来", "搬家具的"),
])  # fmt: skip
def test_who_comes_is_named_by_what_they_are_when_no_name_is_said(text: str, name: str) -> None:
    assert Reading.of(text, NOW).take(VISIT)["visitor_name"] == name


@pytest.mark.parametrize(("text", "name"), [
    ("我妹夫明儿个头晌十点上我家来 帮我装个柜子", "妹夫"), ("另外我兄弟明天早上八点过来给我屋头送菜", "兄弟"), ("大鹏他们今晚来我家看球", "大鹏"), ("婷婷她们周六来写作业", "婷婷"),
    ("我条女今晚九点过嚟 叫Mandy", "Mandy"), ("我个女听日返嚟食饭", "个女"), ("星期六我幺孙儿要过来耍 他妈开车送过来的", "幺孙儿"), ("我男朋友周六下午第一次上门", "男朋友"),
    ("我外婆明天下午三点从重庆坐火车过来耍几天", "外婆"), ("听日有两个老友上嚟揾我阿爸饮茶", "老友"), ("我老汉儿明天过来", "老汉儿"), ("阿拉外公外婆礼拜天来白相", "外公、外婆"),
    ("还有小谭 明天下午四点", "小谭"), ("带头嗰个姓冼 写冼叔得啦", "冼叔"), ("搞卫生的阿姨明早九点来", "搞卫生的阿姨"),
    ("给栓柱弄个码 他下午过来", "栓柱"), ("俺二大爷家的小子明儿晌午来", "二大爷家的小子"), ("明早阿姨来 姓刘 刘姨", "刘姨"),
])  # fmt: skip
def test_relation_is_read_far_from_the_coming_and_as_it_is_said_elsewhere(text: str, name: str) -> None:
    assert Reading.of(text, NOW).take(VISIT)["visitor_name"] == name


@pytest.mark.parametrize(("text", "name"), [
    ("哦豁 打错了", None), ("艾玛她又说不来了 要加班", None), ("车就一台", None), ("行路嚟 冇车", None), ("成 齐活儿", None), ("安逸", None), ("何必呢", None), ("路过来看看", None),
    ("张三开车来", None), ("还有小谭", None), ("王师傅也来", None), ("老贺改周六了", None), ("小雪改成小雨", "小雨"), ("高铁来的", None),
    ("王芳", "王芳"), ("叫李四", "李四"), ("她姓陈", "陈先生/女士"), ("名字打错了 应该是李明", "李明"), ("是王小明", "王小明"), ("不是小雪是小雨", "小雨"), ("登记成李明", "李明"), ("全名陈晓梅", "陈晓梅"),
])  # fmt: skip
def test_name_takes_the_place_of_one_only_where_it_plainly_is_one(text: str, name: str | None) -> None:
    assert Reading.of(text, NOW).take(VISIT, known={"visitor_name": "小雪"}).get("visitor_name") == name


@pytest.mark.parametrize(("text", "name"), [("张三开车来", "张三"), ("还有小谭", None), ("行路嚟", None)])
def test_relation_gives_way_to_a_name(text: str, name: str | None) -> None:
    assert Reading.of(text, NOW).take(VISIT, known={"visitor_name": "同学"}).get("visitor_name") == name


@pytest.mark.parametrize("words", ["哦豁", "饮茶", "搞定", "打牌", "哎呀妈", "明儿再说", "行路嚟", "他牵条狗"])
def test_cry_or_doing_is_no_answer_to_who_comes(words: str) -> None:
    assert asked("name", words) is None


@pytest.mark.parametrize("text", [
    "我妹妹的车要进来", "我老婆说客厅漏水", "救护转运的车明早来接我爸", "我家里来客人了", "我妈来电话了", "我爸住院了要改时间",
])  # fmt: skip
def test_relative_who_does_not_come_is_no_visitor(text: str) -> None:
    assert "visitor_name" not in Reading.of(text, NOW).take(VISIT)


def test_name_that_is_known_is_not_replaced_by_a_relation() -> None:
    assert "visitor_name" not in Reading.of("他老婆也来", NOW).take(VISIT, known={"visitor_name": "张伟"})


@pytest.mark.parametrize(("text", "comes"), [
    ("明天下午三点老刘来下棋", True), ("大鹏他们明晚七点半来我家", True), ("我妹夫明早十点上我家来", True), ("小王和小李周六来", True), ("老罗明早八点过来", True), ("李sir同陈sir听日一齐嚟", True),
    ("王芳来不了了", False), ("小王和小李周六结婚", False),
    ("我一点半要给学生上课", False), ("张师傅明天下午三点来修空调", False), ("老刘明天过生日", False),
])  # fmt: skip
def test_who_comes_is_told_by_name_and_coming(text: str, comes: bool) -> None:
    assert name_.is_told_of(Reading.of(text, NOW).message()) is comes


@pytest.mark.parametrize(("text", "name"), [
    ("登记访客长孙丽，明天下午来", "长孙丽"), ("登记访客宇文静，明天下午来", "宇文静"), ("登记访客呼延平，明天下午来", "呼延平"), ("登记访客仉小波，明天来", "仉小波"),
    ("登记访客笪丽，明天来", "笪丽"), ("登记访客爱新觉罗启星，明天来", "爱新觉罗启星"), ("访客 王伟 明天来", "王伟"), ("登记访客张晓明，车牌沪A12345", "张晓明"),
    ("登记访客阿依古丽·买买提，明天下午来", "阿依古丽·买买提"), ("阿依古丽·买买提明天下午三点来", "阿依古丽·买买提"), ("登记访客次仁多吉，明天来", "次仁多吉"),
    ("我朋友次仁多吉明天来", "次仁多吉"), ("斯琴高娃要来我家", "斯琴高娃"), ("登记访客Mike Smith，明天来", "Mike Smith"), ("给David登记一下，明天来", "David"),
    ("José明天下午来", "José"), ("给老王登记一下", "老王"), ("登记访客高兴，明天来", "高兴"), ("客人叫高兴，明天三点来", "高兴"), ("登记访客关于飞，明天来", "关于飞"),
    ("登记访客张晓明和李梅，明天来", "张晓明、李梅"), ("登记访客张晓明、李梅、王大锤", "张晓明、李梅、王大锤"), ("登记访客张晓明，李梅，明天来", "张晓明、李梅"),
    ("帮老王、小李登记一下明天来", "老王、小李"), ("登记访客欧阳娜娜和司马相如", "欧阳娜娜、司马相如"),
])  # fmt: skip
def test_announced_name_is_taken_whole_though_it_is_rare_or_a_word(text: str, name: str) -> None:
    assert read("name", text) == name


@pytest.mark.parametrize("text", [
    "登记访客", "登记访客明天来", "登记访客成功了吗", "登记访客信息怎么改", "登记访客吧", "预约访客时间改一下", "访客登记在哪里", "关于明天来的访客",
    "我很高兴，明天来", "客人不来了", "访客到了没", "请付款明天来", "Sorry 明天不来", "WiFi坏了明天来修", "给小车办个通行证",
])  # fmt: skip
def test_word_that_nobody_announced_is_no_name(text: str) -> None:
    assert read("name", text) is None


@pytest.mark.parametrize("answer", [
    "周一围", "高兴", "关于飞", "仉小波", "长孙丽", "次仁多吉", "阿依古丽·买买提", "Mike Smith", "José García", "david", "张晓明和李梅",
])  # fmt: skip
def test_answer_to_who_comes_is_taken_as_typed(answer: str) -> None:
    assert asked("name", answer) == answer.replace("和", "、")


@pytest.mark.parametrize("answer", ["周一", "周一晚上", "周六来", "方便", "明天下午"])
def test_time_is_no_answer_to_who_comes(answer: str) -> None:
    assert asked("name", answer) is None


def test_several_announced_are_as_many_people() -> None:
    assert read("count", "登记访客张晓明、李梅、王大锤，明天来") == 3


@pytest.mark.parametrize(("text", "expected"), [
    ("师傅工作日来", None), ("施工队6人进场", None), ("六个同学，加上老师一共七个", None), ("Lily老师明天来上课", "Lily老师"), ("阿姨姓吴，明天来做饭", "吴阿姨"), ("约了牙医助理小周来", "小周"),
    ("买买提·艾力明天来", "买买提·艾力"), ("我先生明天来", "先生"), ("师傅带个徒弟明天来", "师傅"), ("我弟弟弟媳带俩侄子来", "弟弟、弟媳"), ("我哥哥嫂子明天来", "哥哥、嫂子"),
])  # fmt: skip
def test_who_comes_is_told_from_words_beside_it(text: str, expected: str | None) -> None:
    assert read("name", text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("隔壁小区的老吴来下棋", "老吴"), ("请给林志强、林志玲兄妹放行", "林志强、林志玲"), ("乐乐妈妈明天来接孩子", "乐乐妈妈"), ("豆豆的老师明天来", "豆豆的老师"), ("我哥嫂明天来", "哥嫂"),
])  # fmt: skip
def test_whose_they_are_and_where_they_come_from_is_no_name(text: str, expected: str) -> None:
    assert read("name", text) == expected
