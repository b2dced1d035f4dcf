"""The papers of an inspection after the visit: 现场检查笔录, 检查结果告知书, 责令改正通知书; and the 送达回证 of any paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.papers import document as d
from app.domain.papers import words
from app.domain.papers.visit import ItemOnPaper, PhotoOnPaper, Visit, officer_lines

PROPOSED_DAYS = 15
MOST_PHOTOS = 12

# Whom one turns to against an order, where the jurisdiction's settings of these names say nothing.
REMEDIES = {"review_body": "本级人民政府", "court": "有管辖权的人民法院"}


def record(v: Visit, typed: Mapping[str, str]) -> dict[str, Any]:
    """现场检查笔录: who was there, what was said before, what was found item by item, what the enterprise says."""
    began = v.began_at or v.window[0]
    when = d.period_in_words(began, v.ended_at) if v.ended_at else f"{d.moment_in_words(began)}起"
    blocks = [
        d.rows(
            [
                ("检查时间", when),
                ("检查地点", v.place),
                ("被检查单位", v.who),
                ("在场人员", typed.get("present", "")),
                ("检查单位", list(v.units)),
                ("执法人员", officer_lines(v)),
                ("同行人员", v.companions),
                ("到场人数", f"{v.headcount}人" if v.headcount else ""),
            ]
        ),
        d.text(
            "执法人员已出示行政执法证和检查码，告知了检查的依据、事项和你单位享有的申请回避、陈述申辩的权利，以及配合检查的义务。"
        ),
        d.heading("逐项检查结果"),
        _results(v.items),
        *_photos(v),
        d.heading("现场检查情况"),
        d.text(typed.get("findings", "")),
        d.heading("被检查单位的陈述和意见"),
        d.text(typed.get("statement") or "无。"),
        d.text("以上笔录已交被检查单位在场人员核对，或者向其宣读。"),
        d.signatures(
            [
                ("被检查单位在场人员（签名）", d.RECIPIENT),
                *((f"执法人员{o.name}（签名）", None) for o in v.officers),
            ]
        ),
    ]
    heading = d.Heading("现场检查笔录", v.unit)
    return d.document(heading, blocks, d.Closing(v.unit, seal=False, foot=v.foot))


def _photos(v: Visit) -> list[d.Block]:
    """现场照片: the first MOST_PHOTOS, each with its check points and time; that there are more is said."""
    if not v.photos:
        return []
    shown = v.photos[:MOST_PHOTOS]
    taken = [(p.file, p.sha256, f"图{n}　{_below(p)}　{d.moment_in_words(p.at)}") for n, p in enumerate(shown, start=1)]
    more = len(v.photos) - len(shown)
    rest = [d.text(f"另有现场照片{more}张，存于检查记录。")] if more else []
    return [d.heading("现场照片"), d.photos(taken), *rest]


def _below(p: PhotoOnPaper) -> str:
    return "；".join(p.points) or p.item or "现场"


def result(v: Visit, typed: Mapping[str, str]) -> dict[str, Any]:
    """检查结果告知书: the result item by item, what follows, and how to object."""
    ended = v.ended_at or v.window[1]
    blocks = [
        d.text(f"本机关于{d.day_in_words(ended)}对你单位实施了行政检查。现将检查结果告知如下："),
        _results(v.items),
        d.heading("处理意见"),
        d.text(typed.get("opinion", "")),
        d.text(
            "你单位对上述结果有异议的，可以自收到本告知书之日起五个工作日内向本机关陈述、申辩；"
            f"也可以向行政执法监督机构反映{_phone(v)}。"
        ),
    ]
    heading = d.Heading("检查结果告知书", v.unit, addressee=v.who)
    return d.document(heading, blocks, d.Closing(v.unit, foot=v.foot))


def correction(v: Visit, typed: Mapping[str, str]) -> dict[str, Any]:
    """责令改正通知书: what is wrong, on which basis, what to do until when, and the remedies."""
    deadline = typed.get("deadline", "")
    until = d.day_in_words(date.fromisoformat(deadline)) if deadline else "　　年　　月　　日"
    said = {**REMEDIES, **v.settings}
    ended = v.ended_at or v.window[1]
    blocks = [
        d.text(f"本机关于{d.day_in_words(ended)}对你单位实施行政检查，发现你单位存在下列问题："),
        d.text(typed.get("problems", "")),
        d.text(f"上述情形涉嫌违反下列规定：{typed.get('basis', '')}。现责令你单位于{until}前改正，具体要求如下："),
        d.text(typed.get("requirement", "")),
        d.rows(
            [("改正期限", f"{until}前"), ("复查方式", "期限届满后，本机关将通过检查码登记的整改复核检查予以核实。")]
        ),
        d.text("改正后，请通过企业空间或者书面将改正情况报送本机关。逾期不改正的，本机关将依法处理。"),
        d.text(
            f"你单位对本通知不服的，可以自收到之日起六十日内向{said['review_body']}申请行政复议，"
            f"或者自收到之日起六个月内向{said['court']}提起行政诉讼。复议、诉讼期间不停止执行，法律另有规定的除外。"
        ),
    ]
    heading = d.Heading("责令改正通知书", v.unit, addressee=v.who)
    return d.document(heading, blocks, d.Closing(v.unit, foot=v.foot))


_BY_HAND = ("送达人（签名）", "见证人（签名）")


def receipt(
    content: Mapping[str, Any], who: str, service: Mapping[str, Any] | None, deliverers: str, *, by_hand: bool = True
) -> dict[str, Any]:
    """送达回证 of a paper: filled from the service as recorded, or empty lines to fill in by hand. Where the platform brought
    it (not `by_hand`), nobody but the recipient signs."""
    s = service or {}
    refused = s.get("refused") or {}
    recipient = "　".join(part for part in (s.get("name", ""), s.get("role", "")) if part)
    blocks = [
        d.rows(
            [
                ("送达文书", f"《{content['title']}》{content['number'] or ''}"),
                ("受送达人", who),
                ("送达方式", words.SERVICE_WAYS.get(s.get("how", ""), "　")),
                ("送达时间", s.get("when") or "　"),
                ("送达地点", s.get("place") or "　"),
                ("收件人", recipient or "　"),
                ("拒签事由", refused.get("reason") or "　"),
                ("见证人", refused.get("witness") or "　"),
                ("送达人", deliverers or "　"),
            ]
        ),
        d.signatures([("收件人（签名或者盖章）", d.RECIPIENT)] + [(line, None) for line in _BY_HAND if by_hand]),
    ]
    heading = d.Heading("送达回证", content["unit"])
    return d.document(heading, blocks, d.Closing(content["unit"], seal=False, foot=content["closing"]["foot"]))


def proposed(kind: str, v: Visit, deadline: date, demand: str = "") -> dict[str, str]:
    """What a draft begins with, made of the recorded results, so that little has to be typed. `deadline` and `demand`
    are those of the rectification, or what is usual."""
    found = [i for i in v.items if i.outcome == "problem_found"]
    problems = "\n".join(f"{n}．{i.name}：{i.note or '发现问题'}" for n, i in enumerate(found, 1))
    if kind == "record":
        return {"findings": problems or "按检查事项逐项检查，未发现问题。"}
    if kind == "result":
        return {"opinion": "上述问题请及时改正，改正要求见责令改正通知书。" if found else "未发现问题，检查终结。"}
    basis = "、".join(dict.fromkeys(i.basis for i in found if i.basis))
    return {"problems": problems, "basis": basis, "requirement": demand, "deadline": deadline.isoformat()}


def _results(items: tuple[ItemOnPaper, ...]) -> d.Block:
    lines = []
    for n, i in enumerate(items, 1):
        lines.append([str(n), i.name, words.OUTCOMES.get(i.outcome or "", "未记录"), i.note or ""])
        for k, (point, outcome, note) in enumerate(i.points, 1):
            lines.append([f"{n}.{k}", point, words.OUTCOMES[outcome], note or ""])
    return d.table(["序号", "检查事项", "结果", "记录"], lines, [2, 10, 5, 9])


def _phone(v: Visit) -> str:
    phone = v.settings.get("duty_phone")
    return f"（电话：{phone}）" if phone else ""
