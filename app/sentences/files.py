"""Sentences of uploads and of work in the background."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "file_empty": _l("这个文件是空的，请重新选择。"),
    "file_kind": _l(
        "“%(name)s”不是可以上传的文件。照片请用 JPG、PNG 或 WebP，文书请用 PDF，录音请用手机自带的录音格式。"
    ),
    "file_too_large": _l("“%(name)s”太大，最大 %(most)s MB。请压缩或分开上传。"),
    "file_broken": _l("“%(name)s”打不开，可能没有传完整。请重新选择后再传。"),
    "no_such_file": _l("没有这个文件，或者它已按规定删除。"),
    "no_such_job": _l("没有这项后台任务，或者它不是您提交的。"),
    "job_failed": _l("这项后台任务没有完成，已完成的部分都保存着。请再试一次；如仍不行，请告诉管理员。"),
}
