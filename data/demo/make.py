"""Makes the demo community's roster, always the same: python data/demo/make.py

All names are chosen by dice and all numbers begin with 1990000, which no operator gives out in this shape: nobody real is meant.
"""

import csv
import random
from pathlib import Path

HERE = Path(__file__).parent
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金"
)
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉萍红建国文辉志浩宇欣怡梓涵子轩雨桐思远嘉诚慧琳晓东海波小燕春梅国庆凤兰"
TAGS = ("独居老人", "电动车", "养狗", "志愿者")


def flats() -> list[tuple[str, str, str]]:
    """12 buildings, 2 units each (3 in every third), 6 to 14 floors, 2 flats a floor: about 600."""
    found = []
    for building in range(1, 13):
        units = 3 if building % 3 == 0 else 2
        floors = (6, 11, 14)[building % 3] if units == 2 else 9
        found += [
            (str(building), str(unit), f"{floor}{flat:02}")
            for unit in range(1, units + 1) for floor in range(1, floors + 1) for flat in (1, 2)
        ]  # fmt: skip
    return found


def people(dice: random.Random, homes: list[tuple[str, str, str]]) -> list[tuple[str, ...]]:
    """One to four of each household; the actors of the stand-in for WeChat live where they say."""
    known = {("3", "2", "501"): "陈建国", ("3", "1", "302"): "李梅", ("7", "1", "101"): "王强"}
    rows = []
    taken = {int(ending) for _, _, ending in SHOPS} | {int(ending) for ending in STAFF_ENDINGS}
    for home in homes:
        surname = dice.choice(SURNAMES)
        size = dice.choices((1, 2, 3, 4), (2, 4, 4, 1))[0]
        for number in range(size):
            name = dice.choice((surname, dice.choice(SURNAMES))) + "".join(dice.sample(GIVEN, dice.choice((1, 2, 2))))
            if any(row[:4] == (*home, name) for row in rows):
                name = SECOND[name]
            role = "family" if number else dice.choices(("owner", "tenant"), (4, 1))[0]
            if number == 0 and home in known:
                name, role = known[home], "owner"
            tags = [tag for tag in TAGS if dice.random() < 0.05 and (tag != TAGS[0] or size == 1)]
            rows.append((*home, name, f"1990000{own(dice.randrange(10000), taken):04}", role, ";".join(tags)))
    return rows


def own(ending: int, taken: set[int]) -> int:
    """Return the next ending of a number that nobody has, and take it: two people with one number are a slip that the register would show."""
    while ending in taken:
        ending = (ending + 1) % 10000
    taken.add(ending)
    return ending


#: Shops on the ground floor of a building, and one by the gate; whose they are, and what their number on record ends with.
SHOPS = (
    (("3", "商铺", "101"), "何记明", "3301"),
    (("3", "商铺", "102"), "田秀兰", "3302"),
    (("商铺", "", "12"), "马老六", "3312"),
)

#: What the dice named a second person of a flat, and how they are called instead.
SECOND = {"于芳": "于强", "徐雨": "徐雪"}

STAFF = (
    ("admin", "周管理", "admin"), ("wang", "王经理", "manager"), ("liu", "刘主管", "manager"), ("chen", "陈管家", "staff"),
    ("zhao", "赵师傅", "staff"), ("sun", "孙师傅", "staff"), ("qian", "钱客服", "staff"), ("wu", "吴网格", "staff"),
    ("guard1", "郑保安", "guard"), ("guard2", "冯保安", "guard"),
)  # fmt: skip

#: What some of them can do.
SKILLS = {"zhao": "水电、疏通", "sun": "电工、门窗、木工", "chen": "网络、家电"}

#: How their numbers end, in the same order.
STAFF_ENDINGS = tuple(f"99{number:02}" for number in range(10, 10 + len(STAFF)))


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a CSV as Excel does, with a byte order mark."""
    with (HERE / name).open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


if __name__ == "__main__":
    dice = random.Random(20260311)
    homes = flats()
    write("community.csv", ("name", "phone", "address"), [("和苑小区", "0571-8800 1200", "和苑路1号，3栋北侧物业服务中心")])
    write("households.csv", ("building", "unit", "room"), homes + [shop for shop, _, _ in SHOPS])
    shopkeepers = [(*shop, name, f"1990000{ending}", "tenant", "") for shop, name, ending in SHOPS]
    write("residents.csv", ("building", "unit", "room", "name", "phone", "role", "tags"), people(dice, homes) + shopkeepers)
    write(
        "staff.csv",
        ("login", "name", "role", "phone", "skills"),
        [(*row, f"1990000{ending}", SKILLS.get(row[0], "")) for row, ending in zip(STAFF, STAFF_ENDINGS, strict=True)],
    )
