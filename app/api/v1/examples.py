"""Examples of requests, shown in OpenAPI and sent by tests, in the order of one story. What they name is the demonstration's."""

USCC, ENTERPRISE = "91990101Y000000161", "云汀兰渚汽车零部件有限公司"
APPLICATION = {
    "enterprise": {"uscc": USCC, "name": ENTERPRISE},
    "kind": "triggered",
    "cause": "complaint",
    "clue_no": "12345-20260042",
    "reason": "市民来电反映夜间作业",
    "items": ["YJ-01"],
    "officers": ["9901001001", "9901001002"],
    "window": {"start": "2026-11-24T09:00:00+08:00", "end": "2026-11-24T12:00:00+08:00"},
    "place": {"kind": "premises"},
    "way": "on_site",
}
COMPLETION = {
    "results": [{"item": "YJ-01", "outcome": "no_problem"}],
    "ended_at": "2026-11-24T11:20:00+08:00",
}
AMENDMENT = {"reason": "现场发现还有一个仓库", "window_end": "2026-11-24T14:00:00+08:00", "add_items": ["YJ-02"]}
CODE = "D5KNVNVQG5Z"  # a short code; the URL in the QR and its digits do as well
FEEDBACK = {"code": CODE, "rating": 5, "answers": {"gifts": False, "banquet": False}, "comment": "讲得清楚。"}
REPORT = {
    "uscc": USCC,
    "enterprise_name": ENTERPRISE,
    "unit_code": "YT-SCJG",
    "visited_at": "2026-11-23T15:00:00+08:00",
    "what": "两个人来看了一圈，没有出示检查码。",
}
