"""What a claim is directed to: its subject title, and product or method in the finer kinds drafts distinguish."""

from __future__ import annotations

import re

from patentprep.model import ClaimCategory
from patentprep.text import has_han

ZH_CLAIM = r"(?:权利要求|權利要求|请求项|請求項|申请专利范围|申請專利範圍)"
_ZH_CATEGORIES: tuple[tuple[ClaimCategory, str], ...] = (
    ("medium", r"(?:存储|储存|記錄|记录|儲存|可读|可讀)(?:介质|媒介|媒体|媒體|介質)|(?:介质|介質)"),
    ("program", r"(?:程序|程式)(?:产品|產品)?|软件|軟體"),
    ("use", r"应用|用途|應用"),
    ("method", r"方法|工艺|工藝|流程"),
    ("composition", r"组合物|組合物|化合物|合金|药物|制剂|抗体|蛋白|多肽|涂料|材料|催化剂|电解液|混合物"),
    ("system", r"系统|系統|平台|网络|網路"),
    (
        "apparatus",
        r"装置|裝置|设备|設備|终端|終端|机器人|機器人|芯片|晶片|服务器|伺服器|电路|電路|处理器|處理器|车辆"
        r"|車輛|汽车|相机|相機"
        r"|传感器|感測器|控制器|计算机|電腦|无人机|加速器|仪|器|机|機|车|模组|模块|电子设备|组件|单元|结构"
        r"|设施|产品|生产线",
    ),
)
_EN_CATEGORIES: tuple[tuple[ClaimCategory, str], ...] = (
    ("medium", r"(?:medium|media|memory|memories|storage devices?|storage|memory devices?)"),
    ("program", r"(?:programs?(?: products?)?|software)"),
    ("use", r"use"),
    ("method", r"(?:methods?|process(?:es)?|procedure)"),
    (
        "composition",
        r"(?:compositions?|compounds?|alloys?|formulations?|antibod(?:y|ies)|materials?|mixtures?|polymers?)",
    ),
    ("system", r"(?:systems?|platforms?|networks?)"),
    (
        "apparatus",
        r"(?:apparatus(?:es)?|devices?|circuits?|circuitry|processors?|servers?|terminals?|robots?"
        r"|vehicles?|machines?|cameras?"
        r"|sensors?|chips?|accelerators?|controllers?|computers?|instruments?|tools?|assembl(?:y|ies)"
        r"|units?|equipment"
        r"|articles?|products?|interfaces?|modules?|engines?|detectors?|scanners?|drones?|aircraft|hardware"
        r"|structures?|kits?|monitors?|displays?|headsets?|earphones?|watch(?:es)?|meters?|batter(?:y|ies)"
        r"|pumps?|valves?|motors?|cartridges?|appliances?|cleaners?|implants?|prosthes[ie]s|gateways?|routers?)",
    ),
)
_ZH_WORDS = [(category, re.compile(words)) for category, words in _ZH_CATEGORIES]
_EN_WORDS = [(category, re.compile(rf"\b{words}\b", re.IGNORECASE)) for category, words in _EN_CATEGORIES]
_ZH_SUBJECT_END = re.compile(r"[，,：:；;。]|其特征|其特徵|，?包括|包含|上存储|上儲存|存储有|儲存有")
_ZH_LEAD = re.compile(
    rf"^(?:一种|一種)?\s*(?:如|根据|根據|按照|依据|依據|依照|按|基于)?\s*(?:前述|上述|任意?一?项?"
    rf"|任一)*{ZH_CLAIM}"
    r"[^，,：:；;。]{0,60}?(?:所述|所記載|所述之|所记载|所载|中?任意?一?[项項](?:所述)?|之)(?:的"
    r"|之)?(?P<subject>[^，,：:；;。\n]{0,60})"
)
_EN_LEAD = re.compile(
    r"^(?:The|An?|One or more)?\s*(?P<subject>[^,;:.\n]{0,150}?)[\s,]*(?:\b(?:of|according to|as (?:claimed"
    r"|recited|defined|set forth"
    r"|described|in|per|specified|claimed)(?: in)?|in accordance with|in|per|under|by|recited in|defined by"
    r"|claimed in|as per))\s+"
    r"(?:(?:any|one|each|either|all)\b(?:\s+(?:one|or more|of|the))*\s+)?(?:the\s+)?(?:(?:preceding"
    r"|previous|foregoing|above)\s+)?claims?\b",
    re.IGNORECASE,
)
_ZH_ABSTRACT = re.compile(r"(?:技术|技術|方案|模型|算法|演算法|理论|思想|数据结构)$")
_ZH_PARTS = re.compile(r"包括|包含|具有|设有|設有|由.{1,30}(?:组成|組成|构成)")
_EN_NOUN_END = re.compile(
    r"[,:;.\n]|\b(?:for|of|to|comprising|comprises|including|includes|wherein|having|that|which|storing"
    r"|encoded|containing|configured"
    r"|in|with|on|by|using|performed|implemented by|executed|operable|adapted|being|according|as claimed"
    r"|as recited|when|whose)\b",
    re.IGNORECASE,
)


def subject_title(text: str) -> str:
    """What the claim calls its subject: the words up to the first break, or what follows the reference."""
    head = text[:600]
    lead = _ZH_LEAD.match(head)
    if lead and lead["subject"]:
        return re.split(r"其特征|其特徵", lead["subject"])[0].strip()
    english = _EN_LEAD.match(head)
    if english and english["subject"].strip():
        return english["subject"].strip()
    if not head.isascii() and re.match(r"[^\x00-\x7f]", head):
        end = _ZH_SUBJECT_END.search(head, 2)
        return re.sub(r"^(?:一种|一種|一个|一個|一类|一類)", "", head[: end.start()] if end else head[:60]).strip()
    words = re.sub(r"^(?:An?|The|One or more|At least one)\s+", "", head, flags=re.IGNORECASE)
    end = _EN_NOUN_END.search(words)
    return (words[: end.start()] if end else words[:80]).strip()


def category_of(text: str) -> ClaimCategory:
    """Product or method (Guidelines II-2, 3.1.1), in the finer kinds a draft distinguishes."""
    subject = subject_title(text)
    head = text[:300]
    if has_han(head[:40]):
        found = _last_word(subject, _ZH_WORDS)
        if found or _ZH_LEAD.match(head):
            return found or "other"  # a dependent claim takes the category of the claim it refers to
        if 2 <= len(subject) <= 24 and not _ZH_ABSTRACT.search(subject) and _ZH_PARTS.search(head):
            return "apparatus"  # "一种智能门锁，其特征在于，包括……"
        return _last_word(head[:80], _ZH_WORDS) or "other"
    if re.match(r"\s*(?:The\s+)?use\s+of\b", head, re.IGNORECASE):
        return "use"
    noun = _EN_NOUN_END.split(subject)[0]
    return _last_word(noun, _EN_WORDS) or _first_word(head, _EN_WORDS) or "other"


_Words = list[tuple[ClaimCategory, re.Pattern[str]]]


def _last_word(text: str, words: _Words) -> ClaimCategory | None:
    """The category word that ends last; of two that end together, the longer one."""
    best: tuple[int, int] = (-1, 0)
    category: ClaimCategory | None = None
    for name, pattern in words:
        for match in pattern.finditer(text):
            rank = (match.end(), match.end() - match.start())
            if rank > best:
                best, category = rank, name
    return category


def _first_word(text: str, words: _Words) -> ClaimCategory | None:
    hits = [(match.start(), name) for name, pattern in words if (match := pattern.search(text))]
    return min(hits)[1] if hits else None


_CLASSES: dict[ClaimCategory, str] = {"system": "product", "apparatus": "product"}


def same_class(one: ClaimCategory, other: ClaimCategory) -> bool:
    """Whether two categories may stand in one chain of dependency; a system may be called a device."""
    return _CLASSES.get(one, one) == _CLASSES.get(other, other) or "other" in (one, other)


_ZH_CARRIER = re.compile(r"(?:方法|装置|系统|设备|介质|程序|模型)(?:步骤)?的")
_EN_CARRIER = re.compile(
    r"\b(?:for|to|configured|adapted|performing|carrying|executing|implementing|comprising|including"
    r"|storing|using|having"
    r"|arranged|operable|that|which|with|when)\b",
    re.IGNORECASE,
)


def leading_reference(text: str) -> bool:
    """Whether the claim opens as a dependent claim does: reference first, then the subject itself."""
    head = text[:600]
    lead = _ZH_LEAD.match(head)
    if lead:
        return not _ZH_CARRIER.search(lead["subject"])
    english = _EN_LEAD.match(head)
    return bool(english) and not _EN_CARRIER.search(english["subject"] if english else "")
