"""What this platform posts to others, for the document: signed as Standard Webhooks say (app/services/sending/senders.py)."""

from typing import Any

_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
HEADERS = (
    ("webhook-id", "The same when a message is sent again: keep the ids."),
    ("webhook-timestamp", "Unix seconds of sending; refuse what is older than five minutes."),
    (
        "webhook-signature",
        "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; two, apart by a blank, while a key is exchanged.",
    ),
)
ANSWERS = {
    "2XX": {"description": "Taken. Anything else is sent again: after 15 s, 30 s, 1 min and so on, for two days."},
}


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
        "Posted after eight o'clock to the https address that a supervisor gave under 我的关注, signed with the key shown there. "
        "Numbers only. /help/integrators; docs/examples/verify_webhook.py checks a message.",
        {
            "new": _WHOLE | {"description": "Flags raised in the last day."}, "new_red": _WHOLE, "overdue": _WHOLE,
            "mine": _WHOLE | {"description": "Open flags assigned to this supervisor."},
            "questions_answered": _WHOLE,
            "day": {"type": "string", "format": "date"}, "url": {"type": "string", "format": "uri"},
        },
        {
            "new": 3, "new_red": 1, "overdue": 0, "mine": 2, "questions_answered": 1, "day": "2026-11-27",
            "url": "https://jcm.example.gov.cn/supervise/flags?open=1",
        },
    ),
    "text_message": _hook(
        "text_message", "A text message for the city's gateway",
        "Posted to JCM_SMS_WEBHOOK, signed with JCM_SMS_WEBHOOK_KEY; `X-JCM-Signature`: HMAC-SHA256 of the body alone, in hex.",
        {"to": {"type": "string"}, "text": {"type": "string"}},
        {"to": "13800000000", "text": "检查码：验证码 123456，十分钟内有效。"},
    ),
}  # fmt: skip
