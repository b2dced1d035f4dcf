"""Examples of requests, shown in OpenAPI and sent by tests. The enterprise is invented."""

APPLICATION = {
    "enterprise": {"uscc": "91990101Y00000012D", "name": "云汀示例精密机械有限公司"},
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
CODE = "https://jcm.example.gov.cn/q/3185…"
FEEDBACK = {"code": CODE, "rating": 5, "answers": {"gifts": False, "banquet": False}, "comment": "讲得清楚。"}
REPORT = {
    "enterprise_name": "云汀示例精密机械有限公司",
    "unit_code": "YT-CGZF",
    "visited_at": "2026-11-23T15:00:00+08:00",
    "what": "两个人来看了一圈，没有出示检查码。",
}
