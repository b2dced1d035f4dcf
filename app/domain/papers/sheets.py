"""Sheets to hang up: the posted notice of the platform and the permanent code of an enterprise. No number, no seal, one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.papers.document import LAYOUT

QR = "qr"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`above` stands over the code (a district or an enterprise), `under` below it; `parts` are headings with their lines."""

    title: str
    above: str
    intro: str
    steps: tuple[str, ...]
    under: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    foot: str = ""


def content(sheet: Sheet) -> dict[str, Any]:
    """What the layout `sheet` is given."""
    return {
        "layout": LAYOUT,
        "form": "sheet",
        "title": sheet.title,
        "unit": sheet.above,
        "number": None,
        "intro": sheet.intro,
        "steps": list(sheet.steps),
        "under": list(sheet.under),
        "parts": [{"heading": heading, "lines": list(lines)} for heading, lines in sheet.parts],
        "foot": sheet.foot,
    }


@dataclass(frozen=True, slots=True)
class Posted:
    """What the platform's posted notice says of this installation."""

    district: str
    scan: str
    home: str
    fingerprint: str | None
    duty_phone: str | None
    hotline: str
    refusal: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()


def posted_notice(p: Posted, printed: str) -> dict[str, Any]:
    """The sheet for an enterprise's reception: why to check, how, and what to trust."""
    trusted = (
        "码可以抄，网页可以仿。这个核验页在您自己的手机上核对签名，只认下面这枚指纹对应的根证书：",
        p.fingerprint or "（根证书还没有公布）",
        "第一次打开核验页时，页面最下面会显示同样的 32 个字。不一样，就不要用，请打值班电话。",
    )
    phones = (f"值班电话　{p.duty_phone}",) if p.duty_phone else ()
    parts: list[tuple[str, Sequence[str]]] = [
        ("扫不了？", (f"打开 {p.home}，输入码下方的 11 位短码，一样能核验。不必安装任何软件。",)),
        ("为什么用这个页面扫", trusted),
        ("电话", (*phones, f"政务热线　{p.hotline}")),
    ]
    parts += [("关于配合检查", p.refusal)] if p.refusal else []
    parts += [("别的系统的码", p.issuers)] if p.issuers else []
    return content(
        Sheet(
            title="有人来检查？先扫码，核对清楚",
            above=p.district,
            intro="每次行政检查都要先登记、领取检查码。扫一扫就知道：登记了没有、谁来、查什么、查到几时。",
            steps=(
                "请执法人员亮出检查码，用这个核验页扫。",
                "核对企业名称、执法证号和检查事项；点“他们已到场”，请对方先念出手机上的六位数字，和您手机上的一样才对。",
                "对不上、没有码、拿不准：打下面的电话，或在核验页点“情况不符”。",
            ),
            under=("用微信或手机相机扫这里，打开核验页", p.scan),
            parts=tuple((heading, tuple(lines)) for heading, lines in parts),
            foot=f"打印于 {printed}　登记簿公开可查：{p.home}/log/",
        )
    )


def enterprise_sheet(name: str, code: str, address: str, hotline: str, issued: str) -> dict[str, Any]:
    """The permanent code of an enterprise (企业码): no visit and no secret in it."""
    return content(
        Sheet(
            title="企业码",
            above=name,
            intro="执法人员到场，请先扫此码登记到场。",
            steps=(
                "执法人员到场，请先扫此码登记到场。",
                "再请执法人员出示检查码和行政执法证，您扫检查码核验：谁来、查什么、依据什么。",
                f"没有检查码的，可拨打 {hotline}，或扫此码选择“有人没出示检查码”。",
            ),
            under=(code, address),
            parts=(
                (
                    "说明",
                    (
                        "此码长期有效，只说明这是哪一家企业；里面没有检查信息，也没有秘密。遗失或损坏可以更换，更换后旧码作废。",
                    ),
                ),
            ),
            foot=f"{issued} 生成",
        )
    )
