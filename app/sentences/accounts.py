"""Sentences of accounts: passwords, the second factor, sessions."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "password_short": _l("密码至少 %(length)s 位。"),
    "password_long": _l("密码最多 %(most)s 位。"),
    "password_common": _l("这个密码太常见，别人很快就能试出来。请换几个不相干的词。"),
    "password_context": _l("密码里除了姓名、用户名或平台的名字，剩下的太少。请换几个不相干的词。"),
    "password_mixed": _l("按本单位的要求，密码要有大写字母、小写字母、数字、符号中的三种。"),
    "password_same": _l("新密码和现在的一样，请换一个。"),
    "wrong_password": _l("现在的密码不对，没有修改。请检查大小写后再试。"),
    "wrong_recovery_code": _l("这个恢复码不对，或者已经用过。请核对后再试。"),
    "wrong_code": _l("这个数字不对，或者已经用过。请等验证器上出现下一个数字再试；手机的时间要准。"),
    "factor_there": _l("动态验证码已经启用。要换一部手机，请在“我的账号”里操作。"),
    "factor_not_begun": _l("请先用验证器扫码，再输入六位数字。"),
    "passkey_wrong": _l("这次没有通过，或者等得太久。请再试一次；仍不行时用密码登录。"),
    "no_passkey": _l("这个账号没有通行密钥。请输入六位数字或恢复码。"),
    "no_such_passkey": _l("没有这个通行密钥，可能已经删除。请刷新页面查看。"),
    "too_many_passkeys": _l("已有 %(most)s 个通行密钥。请先删除不用的。"),
    "office_unknown": _l("统一身份认证的这个人还没有连接到本平台的账号。请先用密码登录，在“我的账号”里连接。"),
    "office_taken": _l("统一身份认证的这个人已经连接到另一个账号。请先在那个账号里断开。"),
    "office_linked": _l("这个账号已经连接了统一身份认证。要换一个人，请先断开。"),
    "office_not_linked": _l("这个账号没有连接统一身份认证。"),
    "token_scope": _l("这个令牌没有这项权限，只能做：%(scopes)s。"),
    "token_role": _l("您不能签发这个角色的令牌：不能给别人自己没有的权限。"),
    "unknown_scope": _l("没有名为 %(scope)s 的权限，请对照接口文档。"),
    "own_act": _l("不能确认自己提出的事项，请由另一位管理员确认。只有一位管理员时，请运维人员用命令增加一位。"),
    "proposed_already": _l("同样的事项已经提出，正在等另一位管理员确认。"),
    "proposal_decided": _l("这件事已经确认或撤回。请刷新页面查看。"),
    "no_such_proposal": _l("没有这件待确认的事，或者它不在您的辖区内。"),
    "no_factor": _l("这个账号没有启用动态验证码。"),
}
