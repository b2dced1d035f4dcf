"""What a page says of a table that was looked at or brought in."""

from typing import Any

from flask_babel import gettext as _


def told_of_check(result: dict[str, Any]) -> str:
    if result["bad"]:
        return str(_("检查完毕：有 %(n)s 行不能导入，还没有保存任何内容。", n=result["bad"]))
    return str(_("检查完毕：每一行都可以导入，还没有保存任何内容。"))


def told_of_store(result: dict[str, Any]) -> str:
    if not result["kept"]:
        return str(_("没有导入任何一行：有 %(n)s 行不能导入。", n=result["bad"]))
    counts = {name: result[name] for name in ("added", "changed", "unchanged")}
    return str(_("已导入：新增 %(added)s，更新 %(changed)s，不变 %(unchanged)s。", **counts))


def address(result: dict[str, Any]) -> str:
    return f"/admin/tables/seen/{result['file']}"
