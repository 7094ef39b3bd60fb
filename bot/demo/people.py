"""Who speaks in the demonstration, and where."""

from dataclasses import dataclass

from core.access import Account, ManagedGroup, PlaceKind


@dataclass(frozen=True, slots=True)
class Person:
    """`role` stands in the prompt. The account is a QQ number that nobody has: eleven digits, none so high."""

    role: str
    name: str
    unit: str
    account: Account


@dataclass(frozen=True, slots=True)
class Place:
    kind: PlaceKind
    group: str = ""
    name: str = "私聊"


PLATFORM = "qq"  # the terminal stands in for QQ
APPLICANT = Person("实验室人员", "刘青", "合肥演示望湖医院", Account("qq", "99900000001"))
MEMBER = Person("未绑定群成员", "孙言", "合肥演示晴川医院", Account("qq", "99900000002"))
STAFF = Person("中心工作人员", "周老师", "演示中心", Account("qq", "99900000003"))
BOUND = Person("已绑定的实验室人员", "吴芳", "太和演示青禾卫生院", Account("qq", "99900000004"))
PERSONS = (APPLICANT, MEMBER, STAFF, BOUND)

BOT = "质评助手"
GROUPS = (
    ManagedGroup(PLATFORM, "99900001001", "皖北演示群"),
    ManagedGroup(PLATFORM, "99900001002", "皖南演示群"),
    ManagedGroup(PLATFORM, "99900001003", "演示工作群", staff=True),
)
PRIVATE = Place(PlaceKind.PRIVATE)
PLACES = tuple(Place(PlaceKind.GROUP, group.id, group.name) for group in GROUPS)
NORTH, SOUTH, OFFICE = PLACES


def home(person: Person) -> Place:
    """Where a person speaks until told otherwise."""
    return NORTH if person is MEMBER else PRIVATE


def group_of(person: Person) -> Place:
    return OFFICE if person is STAFF else NORTH
