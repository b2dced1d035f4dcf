"""One table: a domain error becomes an HTTP status and a sentence in the reader's language.

A sentence says what is wrong and how to mend it. `%(name)s` is filled from the error's data. API paths answer with
RFC 9457 problem details, pages with a page; both from this table.
"""

import json
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException, SecurityError

from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused, TooMany

STATUS: dict[type[DomainError], int] = {Refused: 409, Invalid: 422, NotFound: 404, Forbidden: 403, TooMany: 429}

SENTENCES: dict[str, Any] = {
    # who may do what
    "wrong_role": _l("这一步需要以下角色之一：%(roles)s。请用相应的账号登录。"),
    "own_application": _l("不能批准自己的申请，请由本单位另一位负责人批准。"),
    "not_the_lead_unit": _l("只有牵头单位 %(unit)s 的负责人可以批准。"),
    "cross_site": _l("这次提交不是从本平台的页面发出的，没有保存。请在本平台页面上重新提交。"),
    "wrong_credentials": _l("用户名或密码不对。请检查大小写后再试。"),
    "too_many": _l("操作太频繁了，请在 %(retry_after)s 秒后再试。"),
    # what does not exist
    "no_such_inspection": _l("没有找到这次检查，或者它不属于您的单位。"),
    "no_such_flag": _l("没有找到这条预警，或者它不在您的监督范围内。"),
    "no_such_receipt": _l("没有找到这个回执号。请核对后再输入，字母不分大小写。"),
    "no_such_report": _l("没有找到这条反映，或者它不在您的监督范围内。"),
    "no_such_enterprise": _l("没有找到这家企业。"),
    "no_such_code": _l("没有找到这个检查码。请重新扫描，或输入码下方的短码。"),
    "no_such_token": _l("没有名为 %(name)s 的接口令牌。"),
    "no_such_user": _l("没有用户 %(username)s。"),
    # states
    "not_in_this_state": _l("现在的状态是“%(state)s”，不能做这一步。请刷新页面查看最新状态。"),
    "changed_meanwhile": _l("就在刚才有人改动了这条记录，您的这一步没有保存。请刷新后再试。"),
    "already_rated": _l("这部手机已经评价过这次检查。一次检查每部手机评价一次。"),
    "not_yet_ratable": _l("登记的检查时间还没有开始，开始以后才能评价。"),
    "no_longer_ratable": _l("评价在检查时间结束后 30 天内有效，现在已经超过。您可以通过“报告未亮码检查”告诉我们。"),
    "code_not_usable": _l("这个码现在不能用来确认到场：%(verdict)s。请先核实来人身份。"),
    "idempotency_conflict": _l("这个 Idempotency-Key 已经用于另一个请求。请换一个新的。"),
    # fields
    "missing": _l("请填写这一项。"),
    "wrong_type": _l("这一项的格式不对：%(expected)s。"),
    "unknown_field": _l("没有名为 %(name)s 的字段，请检查拼写。"),
    "not_json": _l("请求内容不是有效的 JSON。"),
    "too_long": _l("这一项太长，最多 %(most)s 个字。"),
    "control_character": _l("这一项里有看不见的控制字符，请删除后重新输入。"),
    "naive_time": _l("时间需要带时区，例如 2026-11-22T09:00:00+08:00。"),
    "out_of_range": _l("这个数不在范围内：%(range)s。"),
    "time_out_of_range": _l("时间不在可接受的范围内（2000–2100 年）。"),
    "enterprise_missing": _l("请填写企业名称或统一社会信用代码。"),
    "uscc_length": _l("统一社会信用代码应为 18 位，现在是 %(length)s 位。请核对营业执照。"),
    "uscc_character": _l("统一社会信用代码里不会出现 I、O、S、V、Z 和符号。请核对是否把 1、0、5、2 写成了字母。"),
    "uscc_check_digit": _l(
        "统一社会信用代码的最后一位（校验位）与前 17 位不符，有一位写错了。请对照营业执照逐位核对。"
    ),
    "unknown_choice": _l("“%(value)s”不是可选的值。可选：%(choices)s。"),
    "window_ends_before_start": _l("检查结束时间应晚于开始时间。"),
    "window_too_long": _l("检查时间窗最长 %(days)s 天。"),
    "officers_missing": _l("请至少写明一位执法人员的证件号。"),
    "items_missing": _l("请至少选择一个检查事项。"),
    "too_many_entries": _l("最多 %(most)s 项。"),
    "named_twice": _l("有重复的项，请删去重复的。"),
    "unknown_unit": _l("没有单位“%(unit)s”。请从单位列表中选择。"),
    "unknown_item": _l("没有检查事项“%(item)s”。请从检查事项库中选择。"),
    "unknown_inspection": _l("没有检查“%(inspection)s”，无法关联为整改复核。"),
    "unknown_role": _l("没有角色“%(role)s”。可选：%(roles)s。"),
    "supervisor_unit": _l("监督人员只能属于监督单位，%(unit)s 不是。"),
    "username_taken": _l("用户名 %(username)s 已被使用。"),
    "password_short": _l("密码至少 %(length)s 位。"),
    "override_reason_missing": _l("平台提示需负责人说明理由(%(rules)s)。请填写理由后批准；理由会留存为履职记录。"),
    "reason_missing": _l("请写明理由。"),
    "note_missing": _l("选择“其他”时请写明情况。"),
    "item_not_on_code": _l("检查事项 %(item)s 不在这个检查码上。"),
    "result_missing": _l("还有检查事项没有结果：%(items)s。"),
    "in_the_future": _l("时间不能晚于现在。"),
    "ends_before_start": _l("结束时间不能早于开始时间。"),
    "note_needed": _l("这一步请写明情况或理由，会留在办理记录里。"),
    "rests_on_speech": _l("这条预警来自企业的评价或举报，不能转给单位；请另行提出不指明企业、日期的问题。"),
    "key_revoked_already": _l("密钥 %(kid)s 已经作废。"),
    "no_such_key": _l("没有密钥 %(kid)s。"),
    "not_empty": _l("数据库不是空的，没有装入演示数据。"),
    "complete_one": _l("请填写检查结果和结束时间，或填写未实施的原因，二者选一。"),
    "cursor": _l("翻页标记无效，请从第一页开始。"),
    "rating_range": _l("评价为 1 到 5。"),
    "clock_ran_back": _l("这台服务器的时钟早于登记簿最近一次签名的时间（%(last)s），登记簿暂停签名。请校准时钟。"),
    "log_damaged": _l("登记簿在第 %(size)s 条处与已登记的树根不符，停止签名。请运行 flask log verify 并通知监督人员。"),
    "not_a_witness_key": _l("这不是见证人的验证公钥（形如 名称+编号+Base64）。"),
    "witness_name_taken": _l("见证人 %(name)s 已用另一把公钥登记。"),
    "no_such_witness": _l("没有见证人 %(name)s。"),
    "not_a_cosignature": _l("这不是已知见证人对本登记簿检查点的签名。"),
    "witness_clock": _l("见证人的时间与检查点的时间不符，没有接受。"),
    "no_proof_yet": _l("登记证明还没有生成。登记后几秒内即可下载，请稍后再试。"),
    "no_signing_key": _l("单位 %(unit)s 还没有签发密钥，请管理员先建立。"),
}
HTTP_CODES = {
    400: ("bad_request", _l("没有读懂这个请求。请返回上一页再试。")),
    401: ("unauthorized", _l("需要有效的接口令牌(Authorization: Bearer …)。")),
    403: ("forbidden", _l("您没有打开这个页面的权限。")),
    404: ("not_found", _l("没有这个页面。请检查网址，或从首页进入。")),
    405: ("method_not_allowed", _l("这个地址不接受这种请求方法。")),
    413: ("body_too_large", _l("提交的内容太大，没有保存。")),
    415: ("unsupported_media_type", _l("请求的内容类型应为 application/json。")),
    429: ("too_many", _l("操作太频繁了，请稍后再试。")),
    503: ("unavailable", _l("平台暂时不可用，请稍后再试。")),
}
UNEXPECTED = _l("这一步没有完成，也没有保存任何内容。请稍后再试；如仍不行，请把下面的编号告诉管理员。")


def sentence(code: str, data: dict[str, Any]) -> str:
    """The sentence of a code in the reader's language; the code itself where the table has none."""
    template = SENTENCES.get(code)
    return str(template) % data if template is not None else code


def problem(error: DomainError) -> dict[str, Any]:
    """RFC 9457 problem details of a domain error."""
    status = STATUS[type(error)]
    problems = error.problems if isinstance(error, Invalid) else [(error.field or "", error.code, error.data)]
    return {
        "type": f"/api/v1/docs#error-{error.code}",
        "title": sentence(error.code, error.data),
        "status": status,
        "code": error.code,
        "detail": sentence(error.code, error.data),
        "errors": [{"field": f, "code": c, "message": sentence(c, d)} for f, c, d in problems if f],
    }


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unexpected)


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/.well-known/", "/log/"))


def answer(body: dict[str, Any]) -> Response:
    """Problem details as JSON, or as a page for people."""
    if _wants_json():
        text = json.dumps(body, ensure_ascii=False)
        return Response(text, body["status"], content_type="application/problem+json")
    return Response(render_template("error.html", problem=body), body["status"])


def _on_domain_error(error: DomainError) -> Response:
    response = answer(problem(error))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.data.get("retry_after", 60))
    return response


def _on_http_error(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # an unknown Host: there is nothing to build a page's addresses from
        return Response("This host name is not served here (JCM_TRUSTED_HOSTS).", 400, content_type="text/plain")
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]
    status = error.code or 500
    code, text = HTTP_CODES.get(status, (f"http_{status}", UNEXPECTED))
    body = _body(status, code, str(text))
    response = answer(body)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _on_unexpected(error: Exception) -> Response:
    import logging

    logging.getLogger("jcm").exception("unexpected error on %s", request.endpoint)
    return answer(_body(500, "unexpected", gettext(str(UNEXPECTED))))


def _body(status: int, code: str, text: str) -> dict[str, Any]:
    return {
        "type": f"/api/v1/docs#error-{code}",
        "title": text,
        "status": status,
        "code": code,
        "detail": text,
        "errors": [],
    }
