"""The registry of enterprises: find one as named, or enter it as learned from an application."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg

from app.domain.actors import SYSTEM, Actor
from app.domain.applications import EnterpriseRef
from app.domain.enterprises import normalise_name
from app.domain.times import shanghai_day
from app.services import registers
from app.store import registry
from app.store.models import Enterprise, EnterpriseRecord
from app.store.unit_of_work import UnitOfWork


def pinyin_initials(name: str) -> str:
    """The initials that a clerk types: 云汀示范食品有限公司 → ytsfspyxgs; other characters stay, lower case."""
    return "".join(_initials(word) for word in seg.cut(normalise_name(name))).lower()[:200]


@lru_cache(maxsize=65_536)
def _initials(word: str) -> str:
    """Of one word, as the dictionary cuts them (银行 is yh, 行 alone x): names are made of the same words over and over."""
    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))


def find_or_enter(work: UnitOfWork, ref: EnterpriseRef, source: str, actor: Actor) -> Enterprise:
    """The enterprise that `ref` names; entered in the registry where nobody knew it. A known one keeps its name.

    An enterprise without USCC is found again by its name, so that leaving the USCC out does not start a new history.
    """
    if ref.uscc:
        work.lock(f"enterprise:{ref.uscc}")
        known = registry.enterprise_by_uscc(work.session, ref.uscc)
    else:
        work.lock(f"enterprise:{normalise_name(ref.name or '')}")
        known = registry.enterprise_by_name(work.session, ref.name or "")
    return known or enter(work, ref, source, actor=actor)


def enter(
    work: UnitOfWork, ref: EnterpriseRef, source: str, region: str | None = None, actor: Actor = SYSTEM
) -> Enterprise:
    """A new entry with its first dated record, both facts."""
    name = ref.name or ref.uscc or ""
    enterprise = Enterprise(
        id=work.new_id(),
        uscc=ref.uscc,
        name=name,
        search=normalise_name(name),
        initials=pinyin_initials(name),
        region=region,
        address=ref.address,
        no_uscc_reason=ref.no_uscc_reason,
        first_known_at=work.now,
    )
    work.session.add(enterprise)
    work.session.flush()
    record = EnterpriseRecord(
        enterprise=enterprise.id,
        valid_from=shanghai_day(work.now),
        uscc=ref.uscc,
        name=name,
        region=region,
        address=ref.address,
        industry=None,
        risk=None,
        credit=None,
        source=source,
        recorded_at=work.now,
    )
    work.session.add(record)
    work.session.flush()
    district = registry.district_of(work.session, region) if region else None
    registers.record(work, actor, district or work.default_jurisdiction, [enterprise, record])
    return enterprise
