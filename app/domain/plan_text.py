"""What people write in the cells of a plan, as dates and numbers: 2026年3月, 3-5月, 第二季度, 全年, 双随机 5%, 约 60 家.

Pure, and without guessing: what cannot be read gives None, and the caller says so. Texts are compared after NFKC (full-width
to half-width) without white space.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from app.domain.plans import LEAD, PARTNER

EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet (its 1900 was a leap year)
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 2000-01-01 to 2099-12-31
LONGEST = 200  # characters; a longer 时间安排 says no time
Period = tuple[date, date]
_NUMERALS = {"十二": "12", "十一": "11", "十": "10", **{c: str(n) for n, c in enumerate("一二三四五六七八九", start=1)}}
_TO = r"(?:-|~|—|–|至|到|、|,|和|及)+"
_POINT = re.compile(r"(?:(20\d\d)年)?(?:(\d{1,2})月)?(?:(\d{1,2})[日号])?(上旬|中旬|下旬|底|末|初)?")
_TENS = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "底": (1, 31), "末": (1, 31)}
_WHOLE = (
    "全年",
    "全年度",
    "年内",
    "全年内",
    "常年",
    "长期",
    "1-12月",
    "年度内",
    "贯穿全年",
    "每季度",
    "每月",
    "每半年",
)
_HALVES = {"上半年": (1, 6), "下半年": (7, 12), "年初": (1, 3), "年中": (5, 7)}
_NOISE = re.compile(r"(?:开展|实施|进行|组织|完成|检查|期间|左右|分批|陆续|\(.*?\))")


def folded(text: str) -> str:
    """NFKC without white space; every dash between two things is a hyphen."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace())
    return re.sub(r"[—–~～―−﹣]+", "-", plain)


def _is_number(plain: str, most: int) -> bool:
    """Whether int() reads it: there are digits that it does not know (𐩀), and it takes 4,300 at most."""
    return plain.isascii() and plain.isdigit() and len(plain) <= most


def read_date(text: str) -> date | None:
    """A day: 2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日, 20260301, or a spreadsheet's serial number."""
    plain = folded(text).partition("T")[0]
    plain = re.sub(r"(\d)\d\d:\d\d(?::\d\d)?$", r"\1", plain) if ":" in plain else plain
    if _is_number(plain, 6) and FIRST_SERIAL <= int(plain) <= LAST_SERIAL:
        return EPOCH + timedelta(days=int(plain))
    found = re.fullmatch(r"(20\d\d)(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?", plain) or re.fullmatch(
        r"(20\d\d)(\d\d)(\d\d)", plain
    )
    return _day(*map(int, found.groups())) if found else None


def read_period(text: str, year: int) -> Period | None:
    """First and last day of what a 时间安排 says, in `year` where it names none. None: it cannot be read."""
    if len(text) > LONGEST:
        return None
    single = read_date(text)
    if single is not None:
        return single, single
    plain = _spelled_out(folded(text))
    named = re.match(r"(20\d\d)年?(?:度)?(?=$|全|[上下]半|年[底末初中内]|\d?季|Q)", plain)
    if named:
        year, plain = int(named.group(1)), plain[named.end() :]
    plain = _NOISE.sub("", plain)
    if plain in _WHOLE or not plain:
        return (date(year, 1, 1), date(year, 12, 31)) if plain or named else None
    if plain in _HALVES:
        first, last = _HALVES[plain]
        return date(year, first, 1), _end(year, last)
    return _quarters(plain, year) or _until(plain, year) or _between(plain, year)


def _spelled_out(plain: str) -> str:
    """Months and quarters in digits; ISO dates as 年月日."""
    following = r"(?=月|季|[、,和至到-]+第?[一二三四五六七八九十]+[月季、,和至到-])"
    for numeral, digits in _NUMERALS.items():
        plain = re.sub(numeral + following, digits, plain)
    plain = re.sub(r"(20\d\d)([-/.])(\d{1,2})\2(\d{1,2})日?(?!\d)", r"\1年\3月\4日", plain)
    plain = re.sub(r"(20\d\d)[/.](\d{1,2})(?![\d月])", r"\1年\2月", plain)
    plain = re.sub(r"(20\d\d)-(\d{1,2})(?!\d|月|日|年)", r"\1年\2月", plain)
    return plain.replace("月份", "月").replace("第", "").replace("年度", "年")


def _quarters(plain: str, year: int) -> Period | None:
    found = re.fullmatch(rf"Q?([1-4])(?:季度?)?(?:{_TO}Q?([1-4]))*(?:季度?)?", plain)
    if not found or ("季" not in plain and "Q" not in plain):
        return None
    quarters = sorted(int(q) for q in re.findall(r"[1-4]", plain))
    return date(year, quarters[0] * 3 - 2, 1), _end(year, quarters[-1] * 3)


def _until(plain: str, year: int) -> Period | None:
    """年底前, 6月底前, 9月30日前, 3月起."""
    if plain in ("年底前", "年底", "年末", "年底以前"):
        return date(year, 1, 1), date(year, 12, 31)
    before = re.fullmatch(r"(.+?)(?:之前|以前|前)", plain)
    if before and (point := _point(before.group(1), year)):
        return date(point[1].year, 1, 1), point[1]
    since = re.fullmatch(r"(.+?)(?:起|开始|以后|之后)", plain)
    if since and (point := _point(since.group(1), year)):
        return point[0], date(point[0].year, 12, 31)
    return None


def _between(plain: str, year: int) -> Period | None:
    """One point, or from the first of several to the last: 3-5月, 3月1日至5月31日, 3月、6月、9月."""
    parts = [part for part in re.split(_TO, plain) if part]
    if len(parts) > 1:
        unit = re.search(r"[月日号]", parts[-1])
        parts = [part + unit.group() if part[-1].isdigit() and unit else part for part in parts]
        parts = _with_months(parts)
    periods: list[Period] = []
    for part in parts:
        point = _point(part, periods[-1][1].year if periods else year)
        if point is None:
            return None
        if periods and point[1] < periods[-1][0] and "年" not in part:  # 11月至次年2月
            point = _point(part, point[0].year + 1) or point
        periods.append(point)
    if not periods:
        return None
    first, last = min(p[0] for p in periods), max(p[1] for p in periods)
    return first, last


def _with_months(parts: list[str]) -> list[str]:
    """3月1日-15日: a day without a month is in the month before it."""
    out: list[str] = []
    for part in parts:
        month = re.search(r"\d{1,2}月", out[-1]) if out else None
        out.append(month.group() + part if month and re.fullmatch(r"\d{1,2}[日号]", part) else part)
    return [part.removeprefix("次年") for part in out]


def _point(text: str, year: int) -> Period | None:
    found = _POINT.fullmatch(text)
    if not found or not text:
        return None
    named, month, day, part = found.groups()
    at = int(named) if named else year
    if month is None:
        return (date(at, 1, 1), date(at, 12, 31)) if named and not day and not part else None
    if not 1 <= int(month) <= 12:
        return None
    last = monthrange(at, int(month))[1]
    if day is not None:
        one = _day(at, int(month), int(day))
        return (one, one) if one else None
    first_day, last_day = _TENS.get(part or "", (1, 31))
    return date(at, int(month), first_day), date(at, int(month), min(last_day, last))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def read_objects(text: str) -> tuple[int | None, int | None]:
    """(number of objects, random share in hundredths of a percent) as far as a cell of 检查对象 says them."""
    plain = folded(text).replace(",", "")
    share = re.search(r"(\d{1,3}(?:\.\d{1,2})?)%", plain)
    count = re.search(r"(\d{1,6})(?:余)?(?:家|户|个|所|处|座|台|辆|人|名)(?!月|工作日|季)", plain)
    if share is None and count is None and _is_number(plain, 6):
        return int(plain) or None, None
    hundredths = round(float(share.group(1)) * 100) if share else None
    return (int(count.group(1)) or None) if count else None, hundredths if hundredths and hundredths <= 10_000 else None


def read_cap(text: str) -> int | None:
    """How often a year at most: 每年不超过2次, 2次/年, 每半年一次, 每季度1次, 1. None: it does not say."""
    plain = folded(text)
    for numeral, digits in (("两", "2"), *((k, v) for k, v in _NUMERALS.items() if len(v) == 1)):
        plain = plain.replace(f"{numeral}次", f"{digits}次")
    if _is_number(plain, 3):
        return int(plain) or None
    found = re.search(r"(\d{1,3})次", plain)
    if found is None:
        return None
    times = next(
        (n for word, n in (("半年", 2), ("季", 4), ("月", 12)) if f"每{word}" in plain or f"/{word}" in plain), 1
    )
    return int(found.group(1)) * times or None


def read_joint(text: str) -> tuple[str | None, str | None, bool]:
    """(lead | partner | None, other units as written, whether it could be read) of 是否跨部门联合."""
    plain = folded(text).strip("()")
    if plain in ("", "否", "无", "不", "不涉及", "/", "-", "单独", "单部门", "no", "×", "--"):
        return None, None, True
    role = (
        PARTNER
        if "配合" in plain and "牵头" not in plain
        else LEAD
        if ("牵头" in plain or plain[0] in "是✓√")
        else None
    )
    role = {"lead": LEAD, "partner": PARTNER, "yes": LEAD}.get(plain.lower(), role)
    others = re.sub(r"^(?:是|√|✓|联合|(?:牵头|配合)(?:单位|部门)?|[、,;:()(（）])+", "", plain)
    others = re.sub(r"(?:lead|partner|yes)$", "", others, flags=re.I).strip("()、,;:")
    return role, others or None, role is not None
