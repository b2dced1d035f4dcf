"""The record of personal data (个人信息保护法 art. 51, 55; 处理活动记录): which columns hold any, whose, why, how long.

docs/privacy.md is made from it by `tools/privacy_table.py`, and `tests/unit/test_privacy.py` fails for a column of the
database that stands neither here nor among those that hold none.
"""

from dataclasses import dataclass

DUTY = "duty"  # 履行法定职责, art. 13(1)(3) and 34
CONSENT = "consent"  # art. 13(1)(1): given by the person, who may leave it out

BASES = {
    DUTY: "statutory duty (个人信息保护法 art. 13(1)(3), 34; 行政执法监督条例)",
    CONSENT: "consent (art. 13(1)(1)): the field may stay empty",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """`columns` are `table: column column`; `erased` says by what, `services.housekeeping.ERASING` or a person."""

    what: str
    whose: str
    columns: tuple[str, ...]
    why: str
    basis: str
    how_long: str
    erased: str


RECORD = (
    Kept("name, unit and certificate number of officers", "officers",
         ("officers: name certificate_no", "certificates: certificate_no", "certificate_suspensions: certificate_no reason",
          "officer_conflicts: certificate_no reason", "inspection_officers: name certificate_no", "users: certificate_no",
          "inspection_invitations: officers", "case_records: officers", "day_figures: key counts"),
         "an enterprise must see who stands at the door; who inspected is part of the visit's record", DUTY,
         "as long as the visit's record (案卷): ten years and more by the archive's rules",
         "by the archive, with the whole record"),
    Kept("account: user name, name, password hash", "staff", ("actors: name", "users: username password_hash"),
         "signing in; facts name who did what", DUTY,
         "name: as the record; an account is closed when somebody leaves", "by an administrator (closing)"),
    Kept("second factor, passkeys, recovery codes", "staff",
         ("second_factors: secret", "passkeys: credential public_key name", "recovery_codes: mark"),
         "signing in safely", DUTY, "until removed or the account ends", "by its owner, or two administrators"),
    Kept("signed-in browsers: kind of browser, network", "staff", ("login_sessions: device place",),
         "people see and end their own sessions", DUTY, "30 days after the session ended", "worker"),
    Kept("sign-ins: whose account, which way, whether on a known browser; failures by the hour", "staff",
         ("sign_in_failures: actor",), "等保三级 8.1.4.3 a): a record of who signed in. No address, no device", DUTY,
         "as the log", "–"),
    Kept("notices about the own account: kind of browser, network", "staff", ("account_notices: device place",),
         "people see what happened to their account", DUTY, "90 days", "worker"),
    Kept("whom the office's own sign-in knows an account as", "staff", ("office_subjects: mark",),
         "single sign-on, linked by the owner", CONSENT, "until unlinked", "by its owner"),
    Kept("addresses for notices", "staff", ("subscriptions: sealed",), "daily digest, red flags", CONSENT,
         "until the subscription ends", "by its owner"),
    Kept("what staff wrote in reasons, notes, drafts", "staff and whoever they name",
         ("inspections: applicant reason note decision_reason exception_reason low_yield_reason not_carried_out_reason",
          "inspection_items: note", "inspection_invitations: note reason", "visit_drafts: body", "drafts: typed title",
          "application_templates: typed", "batches: title", "batch_rows: fields", "unit_questions: text",
          "flag_reviews: note", "case_files: scores_a scores_b settled faults", "accompanyings: note", "recusals: reason",
          "do_not_disturb: source", "papers: returned_reason withdrawn_reason",
          "proposals: body", "case_records: note decision_reason",
          "facts: body"),
         "grounds of administrative acts", DUTY,
         "as the record; drafts of visits 30 days, of applications until sent", "worker (drafts); else the archive"),
    Kept("photographs, sound, papers sent along", "whoever is in them", ("files: name sealed",), "evidence of visits and answers",
         DUTY, "as the record; recordings of reports three years, of leads five; tables nobody confirmed 7 days; photographs of "
         "cancelled visits at once", "worker (those)"),
    Kept("contact at the enterprise for an announced visit", "somebody at an enterprise", ("inspections: contact_kind",),
         "says only how it was announced, not to whom", DUTY, "as the record", "–"),
    Kept("names of sole traders in the register of enterprises, addresses", "sole traders",
         ("enterprises: name search initials address address_key uscc", "enterprise_records: name address uscc",
          "inspections: place_address place_key", "case_records: name name_key address address_key uscc"),
         "whom a visit concerned; published by the registry anyway", DUTY, "as the record", "by the archive"),
    Kept("contact of who reports a visit without a code", "reporters", ("speech_contacts: sealed",),
         "asking back; opened only with a reason, which is a fact (`report.contact_opened`)", CONSENT,
         "180 days after the week of the report", "worker"),
    Kept("words of ratings and reports, answers to them", "who spoke, whom they name", ("speech: body answer receipt_hash",),
         "finding visits that should not have been", CONSENT,
         "three years; stars, yes and no, day and unit stay", "worker (`speech.erased`)"),
    Kept("what is said of money, to discipline inspection alone", "who spoke, whom they name",
         ("leads: sealed answer receipt_hash", "lead_steps: sealed"), "leads of corruption", CONSENT,
         "five years after the last step of a closed one", "worker (`lead.erased`)"),
    Kept("pages that discipline inspection opened", "staff", ("looks: sealed",), "who watches the watchers", DUTY,
         "as the record", "–"),
    Kept("members of an enterprise's space: name, telephone or mail", "somebody at an enterprise",
         ("space_persons: sealed contact_mark city_mark return_hash", "space_codes: sealed contact_mark code_mark device_mark",
          "space_sessions: device"),
         "letting them in, sending codes", CONSENT, "30 days after the last membership; codes until they expire; "
         "sessions 30 days", "worker (`contact.erased`), or its owner at once"),
    Kept("statements, recusals, wishes, self-checks", "who wrote them, whom they name",
         ("matters: text wanted answer sealed officer salt",), "the right to be heard (陈述申辩)", DUTY,
         "ten years after the last step; that it was said, the officer's number and what was decided stay",
         "worker (`matter.erased`), or by command where somebody asks"),
    Kept("what enterprises answered when called back", "who was asked", ("callbacks: note went",),
         "finding visits that were never registered", CONSENT,
         "two years after it ended; whether somebody came, with a code, on which day stays", "worker (`callback.erased`)"),
    Kept("what observers saw or were told, answers to them", "who spoke, whom they name",
         ("observations: text enterprise_name answer salt",), "finding visits that should not have been", CONSENT,
         "three years after the answer; kind, unit, item, visit and outcome stay", "worker (`observation.erased`)"),
    Kept("telephone numbers of enterprises", "somebody at an enterprise", ("enterprise_phones: sealed mark",),
         "call-backs by lot; opened with a reason, which is a fact (`callback.phone_opened`)", DUTY,
         "three years after a list named it last", "worker (`phone.erased`)"),
    Kept("messages that leave the house", "members, staff", ("outbox: sealed",), "codes, notices", CONSENT,
         "emptied once sent; the row 30 days", "worker"),
    Kept("marks of devices", "whoever scans", ("device_marks: mark", "device_arrivals: day_mark enterprise_mark",
         "bad_presentations: device_group", "challenges: mark", "rate_buckets: key"),
         "once per device; limits. Keyed hashes that say nothing without the key", DUTY,
         "until the window ends; two days; `device_group` holds for a day only", "worker"),
    Kept("coarse place where a code was shown", "officers", ("code_places: lat lon",), "the code was shown at the enterprise",
         CONSENT, "one year", "worker (`place.erased`)"),
    Kept("answers kept for repeats of a request", "users of the interface", ("idempotency_keys: body",),
         "the same request twice gives the same answer", DUTY, "two days, sealed", "worker"),
    Kept("what another system said of a visit and could not be taken", "officers, sole traders",
         ("connector_refusals: content data",), "taking it once the missing unit or item is known", DUTY,
         "until it fits, at most 180 days", "worker"),
    Kept("what a long job was asked to do, and found", "staff and whoever a table names", ("jobs: params result problem",),
         "progress pages", DUTY, "30 days after it ended", "worker"),
)  # fmt: skip


def personal_columns() -> dict[str, set[str]]:
    """table → its columns that hold personal data."""
    found: dict[str, set[str]] = {}
    for entry in RECORD:
        for line in entry.columns:
            table, _, names = line.partition(": ")
            found.setdefault(table, set()).update(names.split())
    return found
