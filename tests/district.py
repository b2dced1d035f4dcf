"""The small district of the tests: three regions, four units, four items, officers with every kind of certificate."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from app.store.models import (
    Certificate,
    CertificateSuspension,
    Item,
    ItemTerm,
    JurisdictionSetting,
    Officer,
    Region,
    Unit,
    UnitTerritory,
)

START = date(2020, 1, 1)
RECORDED = datetime(2020, 1, 1, tzinfo=UTC)
REGIONS = (
    ("990100", "示例市", "city", None),
    ("990101", "云汀区", "district", "990100"),
    ("990102", "隔壁区", "district", "990100"),
    ("990101001", "云汀街道", "town", "990101"),
    ("990101005", "白鹭镇", "town", "990101"),
)
UNITS = (
    ("SL-SFJ", "示例市司法局", "市", "990100", "supervisor", True),
    ("YT-SFJ", "云汀区司法局", "区", "990101", "supervisor", True),
    ("GB-SFJ", "隔壁区司法局", "区", "990102", "supervisor", True),
    ("YT-JW", "云汀区纪委监委", "区", "990101", "discipline", False),
    ("YT-YJJ", "云汀区应急管理局", "区", "990101", "inspecting", True),
    ("YT-SCJG", "云汀区市场监督管理局", "区", "990101", "inspecting", True),
    ("YT-T05", "白鹭镇人民政府", "街镇", "990101005", "inspecting", True),
    ("GB-YJJ", "隔壁区应急管理局", "区", "990102", "inspecting", True),
    ("BU-01", "国家示例监管局", "国", "990100", "inspecting", False),
)
ITEMS = (
    ("YJ-01", "YT-YJJ", "对生产经营单位执行安全生产法律法规和标准情况的检查", "《安全生产法》第六十五条", True, 2),
    ("YJ-02", "YT-YJJ", "对危险化学品单位安全管理情况的检查", "《危险化学品安全管理条例》第七条", True, 2),
    ("YJ-99", "YT-YJJ", "未公布的检查事项", "", False, None),
    ("SJ-01", "YT-SCJG", "对食品生产经营者的监督检查", "《食品安全法》第一百一十条", True, 2),
    ("GB-01", "GB-YJJ", "隔壁区的检查事项", "《安全生产法》第六十五条", True, 2),
)
OFFICERS = (  # certificate, name, unit, valid from, valid until
    ("99010001", "赵一", "YT-YJJ", START, date(2099, 12, 31)),
    ("99010002", "钱二", "YT-YJJ", START, date(2099, 12, 31)),
    ("99010003", "孙三", "YT-YJJ", START, date(2026, 1, 31)),
    ("99010004", "李四", "YT-YJJ", START, date(2099, 12, 31)),  # suspended
    ("99020001", "周五", "YT-SCJG", START, date(2099, 12, 31)),
    ("99020002", "吴六", "YT-SCJG", START, date(2099, 12, 31)),
    ("99030001", "郑七", "GB-YJJ", START, date(2099, 12, 31)),
)


def seed(session: Session) -> None:
    """Writes the district. Nothing in it depends on the time of the test."""
    for code, name, level, parent in REGIONS:
        session.add(Region(code=code, name=name, level=level, parent=parent, valid_from=START, valid_until=None))
        session.flush()
    for code, name, unit_level, region, role, supervised in UNITS:
        session.add(
            Unit(code=code, name=name, level=unit_level, region=region, role=role, parent=None, supervised=supervised)
        )
    session.flush()
    for code, _, _, region, role, _ in UNITS:
        if role == "inspecting":
            session.add(UnitTerritory(unit=code, region=region, valid_from=START, valid_until=None))
    for code, unit, name, basis, published, cap in ITEMS:
        session.add(Item(code=code, unit=unit, name=name, basis=basis))
        session.flush()
        session.add(ItemTerm(item=code, published=published, yearly_cap=cap, valid_from=START, valid_until=None))
    _seed_officers(session)
    for key, value in (("duty_phone", "99-55550101"), ("hotline", "12345")):
        session.add(
            JurisdictionSetting(
                region="990101", key=key, value=value, source=None, valid_from=START, recorded_at=RECORDED
            )
        )


def _seed_officers(session: Session) -> None:
    for number, (certificate, name, unit, valid_from, valid_until) in enumerate(OFFICERS):
        session.add(Officer(id=f"{number:026d}", certificate_no=certificate, name=name, unit=unit))
        session.flush()
        session.add(Certificate(certificate_no=certificate, valid_from=valid_from, valid_until=valid_until))
    session.add(
        CertificateSuspension(certificate_no="99010004", valid_from=START, valid_until=None, reason="test suspension")
    )
