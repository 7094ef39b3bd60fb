"""More than two hundred laboratories that don't exist, and four more that apply."""

from dataclasses import dataclass
from functools import cache

from bot.demo.chance import pick, share
from bot.demo.people import APPLICANT
from bot.demo.places import COUNTIES, short
from core.labs.names import unit_key

NEW = "YS73958"  # the code that the applicant's unit is given in the script
BOUND_LAB = "YS00002"
PER_CITY = 14
IN_THE_CITY = 4  # of these so many bear the city's own name

_LINES = """
晴川 青禾 望湖 云溪 听松 明德 清源 长河 秋实 春晖 和煦 北辰 南枝 朝露 星野 鹿鸣 竹影 兰亭 梧桐 银杏
白鹭 丹枫 碧波 安澜 景行 知远 怀瑾 若谷 含章 修远 致和 嘉木 玉泉 柳岸 荷塘 雁归 松涛 石桥 古渡 望山
"""
_WORDS = _LINES.split()
_CITY_TYPES = ("医院", "中医医院", "妇幼保健院", "医学检验实验室", "康复医院")
_COUNTY_TYPES = ("医院", "中医院", "卫生院", "中心卫生院", "社区卫生服务中心", "妇幼保健院")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"


@dataclass(frozen=True, slots=True)
class Unit:
    """A laboratory of the demonstration roster."""

    code: str
    name: str
    city: str
    county: str
    alias: str = ""
    former: str = ""


@cache
def units() -> tuple[Unit, ...]:
    """The two that the texts speak of come first; no two share a name, however it is spelled."""
    found = [
        Unit("YS00001", "合肥演示晴川医院", "合肥市", "蜀山区", "演示晴川医院", "合肥演示晴川门诊部"),
        Unit("YS00002", "太和演示青禾卫生院", "阜阳市", "太和县", "演示青禾卫生院"),
    ]
    keys = {unit_key(unit.name) for unit in found} | {unit_key(APPLICANT.unit)}
    for city, counties in COUNTIES.items():
        for number in range(PER_CITY):
            county = counties[number % len(counties)]
            name, turn = "", 0
            while not name or unit_key(name) in keys:
                name = _name(city, county, number, turn)
                turn += 1
            keys.add(unit_key(name))
            found.append(Unit(f"YS{len(found) + 1:05d}", name, city, county, _alias(name)))
    return tuple(found)


def _name(city: str, county: str, number: int, turn: int) -> str:
    place, types = (city, _CITY_TYPES) if number < IN_THE_CITY else (county, _COUNTY_TYPES)
    seed = (city, county, number, turn)
    return f"{short(place)}演示{pick(_WORDS, 'word', *seed)}{pick(types, 'type', *seed)}"


def _alias(name: str) -> str:
    return name[name.index("演示") :] if share("alias", name) < 0.2 else ""


def lab_rows() -> list[dict[str, str]]:
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "aliases": unit.alias,
            "former_names": unit.former,
            "city": unit.city,
            "county": unit.county,
            "contact": f"{pick(_SURNAMES, unit.code)}老师",
            "phone": f"0550-0000{number:04d}",
            "stopped": "正常",
        }
        for number, unit in enumerate(units(), start=1)
    ]


def application_rows(day: str) -> list[dict[str, str]]:
    """Handed in on `day`: one plain, one near to a roster name, one in the roster already, one from far away."""
    places = (
        (APPLICANT.unit, "合肥市", "庐阳区"),
        ("太和演示清禾卫生院", "阜阳市", "太和县"),
        ("合肥演示晴川医院", "合肥市", "蜀山区"),
        ("歙县演示云谷中医院", "黄山市", "歙县"),
    )
    return [
        {
            "unit": unit,
            "city": city,
            "county": county,
            "contact": f"{pick(_SURNAMES, unit)}老师",
            "phone": f"0550-0001{number:04d}",
            "email": f"demo{number}@example.org",
            "qq": APPLICANT.account.id if unit == APPLICANT.unit else "",
            "submitted_on": day,
        }
        for number, (unit, city, county) in enumerate(places, start=1)
    ]
