"""The words of 我的账号: browsers, systems and places of sessions, what was done."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.admin.words import ROLES

__all__ = ["BROWSERS", "DONE", "NOTICES", "ROLES", "SYSTEMS", "device", "place"]
BROWSERS: dict[str, Any] = {
    "wxwork": _l("企业微信"), "wechat": _l("微信"), "dingtalk": _l("钉钉"), "edge": "Edge", "firefox": "Firefox", "opera": "Opera",
    "huawei": _l("华为浏览器"), "qq": _l("QQ 浏览器"), "uc": _l("UC 浏览器"), "chrome": "Chrome", "safari": "Safari",
    "other": _l("其他浏览器"),
}  # fmt: skip
SYSTEMS: dict[str, Any] = {
    "harmony": _l("鸿蒙"), "android": _l("安卓"), "ios": "iPhone / iPad", "windows": "Windows", "macos": _l("苹果电脑"),
    "linux": "Linux", "other": _l("其他系统"),
}  # fmt: skip
NOTICES: dict[str, Any] = {
    "browser": _l("在新的浏览器上登录"),
    "password": _l("密码已修改"),
    "factor": _l("动态验证码启用、更换或取消"),
    "passkey": _l("通行密钥添加或删除"),
    "office": _l("统一身份认证连接或断开"),
}
DONE: dict[str, Any] = {
    "others": _l("其他设备都已退出，需要重新登录。"),
    "session": _l("那台设备已退出。"),
    "office": _l("已连接统一身份认证。"),
    "office_gone": _l("已断开统一身份认证。"),
    "passkey": _l("通行密钥已保存。"),
    "passkey_gone": _l("通行密钥已删除。"),
    "password": _l("密码已修改，其他设备都已退出。"),
}


def device(kind: str) -> str:
    """A session's browser in words; what an older release kept is not told."""
    browser, _sign, system = kind.partition("|")
    return f"{BROWSERS.get(browser, BROWSERS['other'])} · {SYSTEMS.get(system, SYSTEMS['other'])}"


def place(coarse: str) -> str:
    if coarse in ("127.0.*.*", "::1"):
        return str(_("本机"))
    if coarse.startswith(("10.", "192.168.")) or (coarse.startswith("172.") and 16 <= int(coarse.split(".")[1]) < 32):
        return str(_("单位内网 %(address)s", address=coarse))
    return coarse or str(_("没有记录"))
