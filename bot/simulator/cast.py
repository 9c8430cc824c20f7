"""The residents, and the staff with their own phones, that the stand-in for WeChat plays when it starts."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody with a phone. `flat` is where the demo lets them live: building, unit, room; `login` is whom of the staff they are."""

    openid: str
    name: str
    flat: tuple[str, str, str] | None = None
    login: str = ""
    community: str = "和苑小区"


#: Openids look like real ones: 28 characters, beginning with o.
CAST = (
    Actor(openid="oDemoChenJianguo_3B2U501_aaa", name="陈建国", flat=("3", "2", "501")),
    Actor(openid="oDemoLiMei_3B1U302_bbbbbbbbb", name="李梅", flat=("3", "1", "302")),
    Actor(openid="oDemoWangQiang_7B1U101_ccccc", name="王强", flat=("7", "1", "101")),
    Actor(openid="oDemoZhaoXin_notboundyet_ddd", name="赵新", flat=None),
    Actor(openid="oDemoZhouHua_3B2U501_east_ee", name="周华", flat=("3", "2", "501"), community="和苑东区"),
    Actor(openid="oDemoSunYan_1B1U201_east_fff", name="孙燕", flat=("1", "1", "201"), community="和苑东区"),
    Actor(openid="oDemoWuWangge_day_on_duty_hh", name="吴网格（物业）", login="wu"),
    Actor(openid="oDemoSunShifu_night_duty_ggg", name="孙师傅（物业）", login="sun"),
    Actor(openid="oDemoTangGuanjia_east_iiiiii", name="唐管家（物业）", login="east-tang", community="和苑东区"),
)
