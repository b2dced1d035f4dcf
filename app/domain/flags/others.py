"""Rules whose subject is not one enterprise's visits: clues, district years, reports, ratings, presented codes."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.flags.catalogue import severity
from app.domain.flags.facts import Clue, KnownInspection, Presentation, Rating, Report, order_key
from app.domain.flags.findings import Finding
from app.domain.flags.policy import Policies, policy_on


def clue_findings(clues: Iterable[Clue], clue_no: str, policies: Policies) -> list[Finding]:
    """clue.reused for all counted triggered visits that carry one clue number (compared NFKC, trimmed)."""
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
    return earlier.visit.outcome != "problem_found" and done is not None and done < later.applied_at


def region_year_findings(
    repeats: Iterable[tuple[datetime, str, Finding]], jurisdiction: str, year: int, policies: Policies
) -> list[Finding]:
    """repeat.60d.region: of the repeat.60d findings (start, number, finding) of a district year, from the Kth on."""
    ordered = sorted(repeats, key=lambda row: row[:2])
    found = []
    for count, (_, _, finding) in enumerate(ordered, start=1):
        policy = policy_on(policies, jurisdiction, finding.raised_for)
        first = policy.get("repeat.60d.region", "from")
        if count >= first and policy.is_on("repeat.60d.region"):
            found.append(
                Finding(
                    rule="repeat.60d.region",
                    severity=severity("repeat.60d.region"),
                    subject_kind="inspection",
                    subject_id=finding.subject_id,
                    unit=finding.unit,
                    period=str(year),
                    jurisdiction=jurisdiction,
                    raised_for=finding.raised_for,
                    inspection_id=finding.inspection_id,
                    enterprise_id=finding.enterprise_id,
                    evidence={"count": count, "from": first, "year": year},
                )
            )
    return found


def report_findings(report: Report, policies: Policies) -> list[Finding]:
    """unregistered.report: no inspection issued before the report arrived explains it by window or visit."""
    policy = policy_on(policies, report.jurisdiction, report.visited_on)
    if not policy.is_on("unregistered.report") or any(_explains(k, report) for k in report.known):
        return []
    return [
        Finding(
            rule="unregistered.report",
            severity=severity("unregistered.report"),
            subject_kind="report",
            subject_id=report.id,
            unit=report.unit or "",
            jurisdiction=report.jurisdiction,
            raised_for=report.visited_on,
            enterprise_id=report.enterprise_id,
            evidence={"day": report.visited_on.isoformat(), "known": len(report.known)},
        )
    ]


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
