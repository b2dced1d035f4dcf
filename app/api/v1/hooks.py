"""What this platform posts to others, for the document: signed as Standard Webhooks say (app/services/sending/senders.py)."""

from typing import Any

_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
_MOMENT = {"type": "string", "format": "date-time"}
_URL = {"type": "string", "format": "uri", "description": "Where a supervisor reads more, signed in."}
HEADERS = (
    ("webhook-id", "The same when a message is sent again: keep the ids."),
    ("webhook-timestamp", "Unix seconds of sending; refuse what is older than five minutes."),
    (
        "webhook-signature",
        "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; two, apart by a blank, while a key is exchanged.",
    ),
)
ANSWERS = {
    "2XX": {
        "description": "Taken; no body is read. Anything else is sent again: after 15 s, 30 s, 1 min …, for two days."
    },
}


def _type(name: str) -> dict[str, Any]:
    return {"type": "string", "const": name, "description": "What this is; pass over a type that you do not know."}


def _hook(name: str, summary: str, description: str, fields: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    headers = [
        {"name": header, "in": "header", "required": True, "description": told, "schema": {"type": "string"}}
        for header, told in HEADERS
    ]
    body = {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}
    operation = {
        "operationId": name, "summary": summary, "description": description, "security": [], "tags": ["webhooks"],
        "parameters": headers, "requestBody": body, "responses": ANSWERS,
    }  # fmt: skip
    return {"post": operation}


WEBHOOKS: dict[str, Any] = {
    "digest": _hook(
        "digest", "A supervisor's daily figures (督办日报)",
        "Posted once a day after eight o'clock (Asia/Shanghai) to the https address that a supervisor gave under 我的关注, "
        "signed with the key shown there. Numbers only. /help/integrators; docs/examples/verify_webhook.py checks a message.",
        {
            "type": _type("digest"),
            "new": _WHOLE | {"description": "Flags raised in the last day."}, "new_red": _WHOLE, "overdue": _WHOLE,
            "mine": _WHOLE | {"description": "Open flags assigned to this supervisor."},
            "questions_answered": _WHOLE,
            "day": {"type": "string", "format": "date"}, "url": _URL,
        },
        {
            "type": "digest", "new": 3, "new_red": 1, "overdue": 0, "mine": 2, "questions_answered": 1, "day": "2026-11-27",
            "url": "https://jcm.example.gov.cn/supervise/flags?open=1",
        },
    ),
    "urgent": _hook(
        "urgent", "New red flags at once (新的红色预警)",
        "Posted within a minute to the same address where its owner switched it on: all red flags raised since the last look, each "
        "told once. Numbers only.",
        {"type": _type("urgent"), "red": {"type": "integer", "minimum": 1}, "at": _MOMENT, "url": _URL},
        {
            "type": "urgent", "red": 2, "at": "2026-11-27T09:30:12+08:00",
            "url": "https://jcm.example.gov.cn/supervise/flags?severity=red&open=1",
        },
    ),
    "test": _hook(
        "test", "A test message (测试消息)",
        "Posted to the same address when its owner presses 发一条测试消息; says nothing else.",
        {"type": _type("test"), "at": _MOMENT, "url": _URL},
        {"type": "test", "at": "2026-11-27T09:30:12+08:00", "url": "https://jcm.example.gov.cn/supervise/desk"},
    ),
    "text_message": _hook(
        "text_message", "A text message for the city's gateway",
        "Posted to JCM_SMS_WEBHOOK, signed with JCM_SMS_WEBHOOK_KEY (its bytes are the key); `X-JCM-Signature`: "
        "HMAC-SHA256 of the body alone, in hex. Sent again only for as long as it helps: a one-time code ten minutes.",
        {"to": {"type": "string"}, "text": {"type": "string"}},
        {"to": "13800000000", "text": "检查码：验证码 123456，十分钟内有效。"},
    ),
}  # fmt: skip
