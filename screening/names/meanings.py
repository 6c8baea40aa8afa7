"""Words of trade that names of organizations carry in other scripts, put into English before the analysis.

Names in Chinese and Japanese run on without spaces and Arabic glues its prepositions on, so such a word would
neither be found nor understood. Only whole words of trade are here, never names.
"""

from __future__ import annotations

import re

_HAN = {
    "國際": "international", "国际": "international", "貿易": "trading", "贸易": "trading", "商貿": "trading",
    "商贸": "trading", "進出口": "import export", "进出口": "import export", "海運": "shipping",
    "海运": "shipping", "航運": "shipping", "航运": "shipping", "物流": "logistics", "銀行": "bank",
    "银行": "bank", "科技": "technology", "技術": "technology", "技术": "technology", "電子": "electronics",
    "电子": "electronics", "石油": "petroleum", "化工": "chemical", "化學": "chemical", "工業": "industry",
    "工业": "industry", "實業": "industry", "实业": "industry", "發展": "development", "发展": "development",
    "投資": "investment", "投资": "investment", "控股": "holding", "建設": "construction",
    "建设": "construction", "工程": "engineering", "製造": "manufacturing", "制造": "manufacturing",
    "機械": "machinery", "机械": "machinery", "能源": "energy", "電力": "electric power",
    "电力": "electric power", "保險": "insurance", "保险": "insurance", "航空": "aviation",
    "大學": "university", "大学": "university", "研究所": "research institute", "自動車": "motor",
    "汽車": "motor", "汽车": "motor", "証券": "securities", "证券": "securities", "網絡": "network",
    "网络": "network", "在线": "online", "通信": "communications", "服務": "service", "服务": "service",
}  # fmt: skip
_ARABIC = {
    "تجارة": "trading", "تجارية": "trading", "استيراد": "import", "تصدير": "export", "بنك": "bank",
    "مصرف": "bank", "بانک": "bank", "نفط": "oil", "نفت": "oil", "دولية": "international",
    "عالمية": "global", "عامة": "general", "صناعة": "industry", "صناعات": "industries",
    "صنایع": "industries", "نقل": "transport", "بحري": "maritime", "ملاحة": "shipping",
    "کشتیرانی": "shipping", "صرافة": "exchange", "حوالة": "hawala", "حواله": "hawala",
    "مؤسسة": "foundation", "جمعية": "association", "خيرية": "charitable", "استثمار": "investment",
    "تنمية": "development", "مقاولات": "contracting", "هندسة": "engineering", "تكنولوجيا": "technology",
    "مجموعة": "group", "شركة": "company", "شرکت": "company",
}  # fmt: skip
_KOREAN = {
    "은행": "bank",
    "무역": "trading",
    "전자": "electronics",
    "해운": "shipping",
    "건설": "construction",
}

_RUNNING = _HAN | _KOREAN
_RUN_ON = re.compile("|".join(sorted(_RUNNING, key=len, reverse=True)))
_PREFIXES = ("ال", "لل", "وال", "بال", "و", "ل")


def in_english(name: str) -> str:
    """The name with its known words of trade in English; everything else stays as it is."""
    name = _RUN_ON.sub(lambda found: f" {_RUNNING[found[0]]} ", name)
    return " ".join(_word(word) for word in name.split())


def _word(word: str) -> str:
    if known := _ARABIC.get(word):
        return known
    for prefix in _PREFIXES:
        if word.startswith(prefix) and (known := _ARABIC.get(word[len(prefix) :])):
            return known
    return word
