"""What the enterprise's page says for each verdict: sign, mood, word, one sentence, a sentence to read aloud, next steps."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

from app.sentences.states import VERDICT_WORDS

ARRIVE, WRONG, RATE, CALL = "arrive", "wrong", "rate", "call"
CHECK_OFFICERS = "check_officers"  # the code is valid; the register does not vouch for all who come


@dataclass(frozen=True, slots=True)
class Words:
    """`sentence` and `aloud` are filled with name, start, end, ended, reason. Colour is the third sign, never the only."""

    sign: str
    mood: str
    word: Any
    sentence: Any
    aloud: Any
    following: tuple[str, ...]


CHECK_FIRST = _l("请您稍等，我先核实一下这次检查的登记情况。")
SHOW_CERTIFICATES = _l("请出示行政执法证，我核对一下证件号码和码上的是否一致。")


@cache
def words_of(verdict: str, _language: str) -> Words:
    """Of a verdict, as sentences in the language of this request's reader, looked up once."""
    lazy = VERDICTS[verdict]
    return replace(lazy, word=str(lazy.word), sentence=str(lazy.sentence), aloud=str(lazy.aloud))


VERDICTS: dict[str, Words] = {
    "valid": Words(
        "✓", "good", VERDICT_WORDS["valid"],
        _l("这次检查已经登记并经批准。请核对来人、企业名称和下列信息是否一致。"), SHOW_CERTIFICATES, (ARRIVE, WRONG),
    ),
    CHECK_OFFICERS: Words(
        "!", "care", _l("请先核实人员"),
        _l("这次检查已经登记并经批准。但下面标出的执法证号，登记簿里没有今天有效的记录。请先打电话核实；核实以前，这位人员不参加检查。"),
        CHECK_FIRST, (CALL, ARRIVE, WRONG),
    ),
    "registered_elsewhere": Words(
        "!", "care", _l("已在%(system)s登记"),
        _l("这个码由“%(system)s”签发，本平台没有核验码本身；那里登记的这次检查，本平台已经收到。请核对来人、企业名称和下列信息。"),
        SHOW_CERTIFICATES, (ARRIVE, WRONG),
    ),
    "wrong_enterprise": Words(
        "!", "care", VERDICT_WORDS["wrong_enterprise"],
        _l("这个码登记的是“%(name)s”。如果您不是这家企业，请先核实。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "not_yet_valid": Words(
        "!", "care", VERDICT_WORDS["not_yet_valid"], _l("登记的检查时间从 %(start)s 开始。请先核实。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "expired": Words("!", "care", VERDICT_WORDS["expired"], _l("登记的检查时间到 %(end)s 为止。"), CHECK_FIRST, (RATE, WRONG)),
    "completed": Words(
        "!", "care", VERDICT_WORDS["completed"],
        _l("这次检查已于 %(ended)s 结束。欢迎评价；如果有人再次凭此码检查，请告诉我们。"), CHECK_FIRST, (RATE, WRONG),
    ),
    "cancelled": Words(
        "✕", "bad", VERDICT_WORDS["cancelled"], _l("这次检查已取消。如果有人凭此码检查，请先核实。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "lapsed": Words(
        "✕", "bad", VERDICT_WORDS["lapsed"], _l("这次检查没有实施，登记的时间已过。如果有人凭此码检查，请先核实。"), CHECK_FIRST,
        (CALL, WRONG),
    ),
    "replaced": Words(
        "✕", "bad", VERDICT_WORDS["replaced"], _l("这个码已更换，请执法人员出示新的检查码。"),
        _l("这个码已更换，请出示新的检查码。"), (WRONG,),
    ),
    "revoked": Words(
        "✕", "bad", VERDICT_WORDS["revoked"], _l("这个码已作废（%(reason)s）。请先核实。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "not_registered": Words(
        "✕", "bad", VERDICT_WORDS["not_registered"], _l("登记簿里没有这次检查。请先核实。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "bad_signature": Words(
        "✕", "bad", VERDICT_WORDS["bad_signature"],
        _l("这个码不是本平台签发的，或者内容被改动过。请先核实来人身份。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "unknown_key": Words(
        "✕", "bad", VERDICT_WORDS["unknown_key"],
        _l("这个码不是本平台签发的，或者内容被改动过。请先核实来人身份。"), CHECK_FIRST, (CALL, WRONG),
    ),
    "malformed": Words(
        "!", "care", VERDICT_WORDS["malformed"], _l("没有读到完整的检查码。请重新扫描，或输入码下方的短码。"),
        _l("请把检查码再出示一次。"), (),
    ),
}  # fmt: skip
