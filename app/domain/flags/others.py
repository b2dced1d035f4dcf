"""Rules whose subject is not one enterprise's visits: clues, reports, ratings, presented codes."""

from collections.abc import Iterable

from app.domain.flags.catalogue import severity
from app.domain.flags.facts import Clue, KnownInspection, Presentation, Rating, Report, order_key
from app.domain.flags.findings import BLUE, RED, YELLOW, Finding
from app.domain.flags.policy import Policies, policy_on


def clue_findings(clues: Iterable[Clue], clue_no: str, policies: Policies) -> list[Finding]:
    """clue.reused for all visits that count and carry one clue number (compared NFKC, trimmed)."""
    ordered = sorted(clues, key=lambda clue: order_key(clue.visit))
    found: list[Finding] = []
    for n, clue in enumerate(ordered):
        visit = clue.visit
        policy = policy_on(policies, visit.jurisdiction, visit.day)
        if not visit.supervised or not policy.is_on("clue.reused") or policy.exempts("clue.reused", visit.cause):
            continue
        before = [earlier for earlier in ordered[:n] if _is_reuse(earlier, clue)]
        if before:
            named = [{"id": e.visit.id, "number": e.visit.number, "day": e.visit.day.isoformat()} for e in before[-20:]]
            found.append(
                Finding(
                    rule="clue.reused",
                    severity=severity("clue.reused"),
                    subject_kind="inspection",
                    subject_id=visit.id,
                    unit=visit.supervised[0],
                    jurisdiction=visit.jurisdiction,
                    raised_for=visit.day,
                    inspection_id=visit.id,
                    enterprise_id=visit.enterprise_id,
                    evidence={"clue": clue_no, "visits": named},
                )
            )
    return found


def _is_reuse(earlier: Clue, later: Clue) -> bool:
    """At another enterprise, or at the same one and completed without a problem before the later was applied for."""
    if earlier.visit.enterprise_id != later.visit.enterprise_id:
        return True
    done = earlier.completed_at
    return earlier.visit.outcome == "no_problem" and done is not None and done < later.applied_at


def report_findings(report: Report, policies: Policies) -> list[Finding]:
    """unregistered.report: no inspection issued before the report arrived explains it by window or visit.

    It is blue until a supervisor upholds it. The Nth upheld one of a unit in a year warns the unit (yellow), each
    further one is red.
    """
    policy = policy_on(policies, report.jurisdiction, report.visited_on)
    if not policy.is_on("unregistered.report") or any(_explains(k, report) for k in report.known):
        return []
    return [
        Finding(
            rule="unregistered.report",
            severity=_weight(report, policy.get("unregistered.report", "warn_at")),
            subject_kind="report",
            subject_id=report.id,
            unit=report.unit or "",
            jurisdiction=report.jurisdiction,
            raised_for=report.visited_on,
            enterprise_id=report.enterprise_id,
            evidence={"day": report.visited_on.isoformat(), "known": len(report.known)}
            | ({"upheld": report.upheld} if report.upheld else {}),
        )
    ]


def _weight(report: Report, warn_at: int) -> str:
    if not report.unit or report.upheld < warn_at:
        return BLUE
    return YELLOW if report.upheld == warn_at else RED


def _explains(k: KnownInspection, report: Report) -> bool:
    if not k.stands or (report.unit and report.unit not in k.units):
        return False
    return k.first_day <= report.visited_on <= k.last_day or k.visit_day == report.visited_on


def rating_findings(rating: Rating, policies: Policies) -> list[Finding]:
    """feedback.conduct: an answer is yes, or the lowest rating is at most N."""
    visit = rating.visit
    policy = policy_on(policies, visit.jurisdiction, visit.day)
    bad = rating.yes or rating.lowest <= policy.get("feedback.conduct", "rating")
    if not bad or not visit.supervised or not policy.is_on("feedback.conduct"):
        return []
    return [
        Finding(
            rule="feedback.conduct",
            severity=severity("feedback.conduct"),
            subject_kind="inspection",
            subject_id=visit.id,
            unit=visit.supervised[0],
            jurisdiction=visit.jurisdiction,
            raised_for=visit.day,
            inspection_id=visit.id,
            enterprise_id=visit.enterprise_id,
            evidence={"rating": rating.lowest, "answers": "、".join(rating.yes)},
        )
    ]


def presentation_findings(presentation: Presentation, policies: Policies) -> list[Finding]:
    """code.bad: one for each noted presentation (a device group and clock hour). Never against a unit by itself."""
    policy = policy_on(policies, presentation.jurisdiction, presentation.day)
    if not policy.is_on("code.bad"):
        return []
    return [
        Finding(
            rule="code.bad",
            severity=severity("code.bad"),
            subject_kind="presentation",
            subject_id=presentation.id,
            jurisdiction=presentation.jurisdiction,
            raised_for=presentation.day,
            inspection_id=presentation.inspection_id,
            enterprise_id=presentation.enterprise_id,
            evidence={"verdict": presentation.verdict},
        )
    ]
