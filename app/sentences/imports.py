"""Sentences of tables that are brought in: of a file as a whole, and of a cell or row in it."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    # the file
    "table_no_table": _l("这不是表格文件。请上传 CSV 或 XLSX 文件。"),
    "table_old_excel": _l(
        "这是旧版 Excel（.xls）或加了密码的文件。请去掉密码，另存为“Excel 工作簿（.xlsx）”后再上传。"
    ),
    "table_too_large": _l("文件太大，最大 %(most)s MB。请分成几个文件。"),
    "table_unpacks": _l("这个工作簿解压后有 %(size)s MB，最大 %(most)s MB。请删去多余的工作表，或另存为 CSV。"),
    "table_broken": _l("这个工作簿打不开，可能没有传完整或已损坏。请用 Excel 或 WPS 打开后另存一份，再上传。"),
    "table_doctype": _l("这个工作簿里有不该有的内容（文档类型声明），没有读取。请用 Excel 或 WPS 另存一份。"),
    "table_no_sheet": _l("这个工作簿里没有可见的工作表。"),
    "table_merged": _l("表中合并的单元格太多。请取消合并后再上传。"),
    "table_cell_too_long": _l("有一个单元格超过 %(most)s 个字。请检查是否粘贴了整篇文字。"),
    "table_too_wide": _l("表格超过 %(most)s 列。请只留下需要的列。"),
    "table_too_long": _l("表格超过 %(most)s 行。请分成几个文件。"),
    "table_csv": _l("第 %(line)s 行的引号没有配对，无法分列。请检查这一行的双引号。"),
    "table_encoding": _l("第 %(line)s 行的文字编码既不是 UTF-8 也不是 GB18030。请另存为“CSV UTF-8”。"),
    "table_mixed": _l(
        "文件混用了两种文字编码：第 %(line)s 行是 UTF-8，第 %(other)s 行不是。请用同一种编码另存后再上传。"
    ),
    "table_header": _l("没有找到表头：缺少列 %(missing)s。最接近的是第 %(row)s 行：%(seen)s。"),
    "table_column_twice": _l("第 %(row)s 行的表头里“%(column)s”出现了两次。请删去或改名其中一列。"),
    "table_no_rows": _l("表头下面没有数据。"),
    # a cell
    "cell_empty": _l("是空的，请填写。"),
    "cell_length": _l("“%(value)s”应为 %(length)s 位。"),
    "cell_too_long": _l("有 %(length)s 个字，最多 %(most)s 个。"),
    "cell_control": _l("含有看不见的控制字符，请删除后重新输入。"),
    "cell_error": _l("是表格的错误值 %(value)s，请改正公式或直接填写。"),
    "cell_lost_digits": _l("“%(value)s”：表格把这个号码当成数字，后面几位已经丢失。请把这一列设为“文本”后重新填写。"),
    "cell_choice": _l("“%(value)s”不是可填的值。可填：%(choices)s。"),
    "cell_day": _l("“%(value)s”不是日期，例如 2026-11-24。"),
    "cell_day_ahead": _l("%(value)s 在今天以后或早于 2000 年，请检查。"),
    "cell_moment": _l("“%(value)s”不是时间，例如 2026-11-24T09:00:00+08:00。"),
    "cell_moment_range": _l("“%(value)s”不在 2000–2100 年之间。"),
    "cell_number": _l("“%(value)s”不是整数。"),
    "cell_points": _l("一个事项最多 %(most)s 个检查要点。"),
    "cell_phone": _l("“%(value)s”不像电话号码，例如 021-00000000、13800000000。"),
    "cell_degrees": _l("“%(value)s”不是经纬度，例如纬度 31.38、经度 121.25。"),
    "cell_ends_before": _l("早于开始日期 %(day)s。"),
    "cell_ends_before_start": _l("早于开始时间。"),
    "cell_unit": _l("没有单位“%(value)s”。请填单位代码或全称，或先导入单位。"),
    "cell_region": _l("没有区划“%(value)s”。请填区划代码或全称，或先导入区划。"),
    "cell_item": _l("没有检查事项“%(value)s”。请填事项代码，或先导入事项。"),
    "cell_enterprise": _l("没有信用代码为 %(value)s 的企业。请先导入企业。"),
    "cell_ambiguous": _l("有几个“%(value)s”，请改填代码。"),
    "cell_not_yours": _l("“%(value)s”不在您管理的区域内。"),
    "cell_uscc_length": _l("%(uscc)s：统一社会信用代码应为 18 位，现在是 %(length)s 位。"),
    "cell_uscc_character": _l("%(uscc)s：统一社会信用代码里不会出现 I、O、S、V、Z 和符号。"),
    "cell_uscc_check_digit": _l("%(uscc)s：校验位不符，有一位写错了。"),
    "cell_early_pilot": _l("%(uscc)s：早期试点代码，校验位与规则不同，照原样收下。"),
    "cell_industry": _l("“%(value)s”不是 GB/T 4754-2017 的行业代码（例如 C1411），这一项没有收下。"),
    "cell_address": _l("“%(value)s”不是网址，应以 https:// 开头。"),
    "cell_prefix": _l("“%(value)s”不能当作码的开头：应为 %(least)s–%(most)s 个字，且不能只是 http:// 或 https://。"),
    # a row
    "row_repeated_name": _l("“%(value)s”在这个文件里出现了两次。"),
    "row_repeated": _l("与第 %(row)s 行相同，只收一次。"),
    "row_contradicts": _l("与第 %(row)s 行是同一个，内容却不同。请只留下正确的一行。"),
    "row_held_before": _l("从 %(day)s 起的内容已经生效，不再改动。请填写今天或以后的生效日期，另起一段。"),
    "row_over": _l("%(day)s 已经过去，到那一天为止的内容不再改动。请另起一段新的日期。"),
    "row_uscc_or_item": _l("信用代码和事项代码请填且只填一项。"),
    "row_visit_differs": _l("%(number)s 已经存在而内容不同；更正请在检查的页面上进行。"),
    "row_number_twice": _l("%(number)s 在这个文件里出现了两次，内容不同。请只留下正确的一行。"),
}
