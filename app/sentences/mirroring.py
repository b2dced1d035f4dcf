"""Sentences of working beside another system: where codes are issued, and what of it cannot be taken."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "issued_elsewhere": _l(
        "本区的检查码在“%(system)s”申领（%(entry)s）。在那里登记的检查会自动出现在这里，不用再填一遍。"
    ),
    "issued_here": _l("本区的检查码由本平台签发，不接收其他系统登记的检查。请先在“其他系统”页改变签发方式。"),
    "mirrored_step": _l("这次检查是在“%(system)s”登记的，请在那里变更或取消；变更会自动传到这里。"),
    "registered_elsewhere_already": _l("这次检查已经登记（检查编号 %(number)s），不用再填一遍。"),
    "mirror_other_enterprise": _l("检查 %(number)s 在这里登记的是另一家企业，没有改动。请与对方系统核对。"),
    "mirror_unread": _l("没有读懂“%(name)s”：应为 %(expected)s。"),
    "public_zone": _l("公网一侧（JCM_ZONE=public）只运行网页进程；准备和后台进程在内网运行（docs/operations.md）。"),
    "served_inside": _l("这是工作人员用的页面，只在政务网内打开。企业和公众需要的都在首页。"),
    "served_outside": _l("这是企业用的页面，在互联网一侧打开：%(address)s"),
    "issuing_unchanged": _l("从那一天起本来就是这样签发的，没有改变。"),
}
