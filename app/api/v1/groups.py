"""How the document orders its calls: groups of tags, each tag the first segment of its paths, with what it is."""

GROUPS: dict[str, dict[str, str]] = {
    "Visits": {
        "inspections": "From the application to the result: the way of one visit.",
        "invitations": "Joint visits (综合查一次): what other units asked the own unit to join.",
        "papers": "The papers of a visit, as PDF.",
        "changes": "Keeping in step: every visit that changed since a cursor.",
    },
    "Registers": {
        "units": "The units of the jurisdiction. `code` names a unit everywhere else.",
        "items": "What may be inspected (检查事项库).",
        "officers": "Who may inspect, by the number of the enforcement certificate (行政执法证).",
        "enterprises": "Whom visits go to.",
        "plans": "Inspection plans (检查计划): what a planned visit rests on.",
    },
    "Supervision": {
        "flags": "What the rules found, and the steps that follow (督办).",
        "stats": "Counts for a period.",
        "case-records": "Records of the units' own systems, for finding visits that were never registered.",
        "figures": "Closed ratings that another system gives back.",
    },
    "Without a token": {
        "verify": "Is a code real?",
        "scans": "A code was read, or an arrival confirmed.",
        "feedback": "An enterprise rates a visit; nobody learns who.",
        "reports": "An enterprise tells of a visit that had no code.",
        "receipts": "What became of a rating or a report.",
    },
    "Published": {
        "published": "Signed lists for checking codes without asking, the log, and what monitoring asks.",
    },
    "Webhooks": {
        "webhooks": "What this platform posts to others.",
    },
}
TAGS = {name: told for group in GROUPS.values() for name, told in group.items()}
# What stands in a path between braces.
PLACES = {
    "id": "`id` of the object, as the call that made or listed it gave it.",
    "n": "The number of the amendment within the visit: `n` of the answer to /amend, or `pending_amendment`.",
    "code": "`code` of the plan.",
    "receipt": "What the rating or the report answered with.",
}
