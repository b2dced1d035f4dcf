"""The words of papers: always Chinese, whatever language the reader of the screen chose."""

KINDS = {"planned": "计划检查", "triggered": "触发式检查"}
CAUSES = {
    "complaint": "投诉举报",
    "transfer": "转办交办",
    "data_lead": "数据监测",
    "enterprise_request": "企业申请",
    "recheck": "整改复核",
    "emergency": "突发应急",
}
PLACES = {"premises": "经营场所", "building_site": "建设工地", "vehicle": "车辆", "other": "其他地点"}
WAYS = {"on_site": "现场检查", "off_site": "非现场检查", "summons": "约到单位"}
OUTCOMES = {"no_problem": "未发现问题", "problem_found": "发现问题", "not_applicable": "不涉及"}
EXCEPTIONS = {"emergency": "紧急情况", "evidence_risk": "证据可能灭失", "system_failure": "网络或系统故障"}
COMPANIONS = {
    "auxiliary": "执法辅助人员",
    "grid_worker": "网格员",
    "expert": "随行专家",
    "tester": "检测检验人员",
    "interpreter": "翻译",
    "other": "其他",
}
SERVICE_WAYS = {"in_person": "直接送达", "left": "留置送达", "electronic": "电子送达", "post": "邮寄送达"}
FIVE_PROHIBITIONS = (
    "严禁逐利检查",
    "严禁干扰企业正常生产经营",
    "严禁任性处罚企业",
    "严禁下达检查指标",
    "严禁变相检查",
)
