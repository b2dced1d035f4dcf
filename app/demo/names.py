"""Names of the demonstration. Every enterprise and person here is invented; the place 云汀 exists nowhere."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.enterprises import organisation_check_character, uscc_check_character

FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = (
    "文博", "雨桐", "志远", "思源", "晓岚", "建平", "海宁", "静怡", "明哲", "若溪", "立新", "春和", "景行", "一鸣",
    "嘉木", "知行", "云舒", "望舒", "清和", "长青",
)  # fmt: skip
BRANDS = (
    "澄川", "砚北", "禾汀", "青屿", "曙岸", "松汀", "鹭舟", "兰渚", "望野", "石湾", "栖云", "桥南", "渡月", "泊远",
    "芦白", "汀芷", "霁川", "穗禾", "木棉里", "半岭", "观澜渡", "拾光", "屿见", "沐野", "枕溪", "临汀", "云栈", "北苇",
)  # fmt: skip
TRADES = (  # what it does, its legal form, the units that visit it
    ("食品", "有限公司", ("YT-SCJG", "YT-CGZF")),
    ("餐饮管理", "有限公司", ("YT-SCJG", "YT-XFJY")),
    ("精密机械", "有限公司", ("YT-YJJ", "YT-STHJ")),
    ("化工材料", "有限公司", ("YT-YJJ", "YT-STHJ")),
    ("物流", "有限公司", ("YT-YJJ", "YT-XFJY")),
    ("建筑装饰", "工程有限公司", ("YT-JGW", "YT-RSJ")),
    ("医疗器械", "有限公司", ("YT-SCJG", "YT-WJW")),
    ("电子科技", "股份有限公司", ("YT-YJJ", "YT-STHJ")),
    ("印务包装", "有限公司", ("YT-STHJ", "YT-XFJY")),
    ("教育培训", "中心", ("YT-JYJ", "YT-XFJY")),
    ("便民超市", "", ("YT-SCJG", "YT-CGZF")),
    ("汽车零部件", "有限公司", ("YT-YJJ", "YT-RSJ")),
)


@dataclass(frozen=True, slots=True)
class InventedEnterprise:
    uscc: str
    name: str
    town: str
    units: tuple[str, ...]


def person(source: random.Random) -> str:
    return source.choice(FAMILY) + source.choice(GIVEN)


def people(source: random.Random, taken: set[str]) -> Iterator[str]:
    """Names that nobody of the demonstration has yet, one after another."""
    while True:
        name = person(source)
        if name not in taken:
            taken.add(name)
            yield name


def enterprises(source: random.Random, towns: list[str], count: int) -> list[InventedEnterprise]:
    """`count` enterprises with names and USCCs of their own, spread over the towns."""
    made: list[InventedEnterprise] = []
    names: set[str] = set()
    while len(made) < count:
        trade, form, units = source.choice(TRADES)
        name = f"云汀{source.choice(BRANDS)}{trade}{form}"
        if name in names:
            name = f"云汀{source.choice(BRANDS)}{source.choice(BRANDS)}{trade}{form}"
        if name in names:
            continue
        names.add(name)
        made.append(InventedEnterprise(uscc(len(made) + 1), name, source.choice(towns), units))
    return made


def uscc(number: int) -> str:
    """A code with right check digits whose region 990101 is nobody's."""
    organisation = f"Y{number:07d}"
    first = "91990101" + organisation + organisation_check_character(organisation)
    return first + uscc_check_character(first)
