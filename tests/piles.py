"""What the tests of triage share: a draft that differs by a number, rows, archives."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from patentprep.triage.model import Row

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
DRAFT = """水泵空化识别方法{n}
技术领域
本发明涉及第{n}号泵站的水泵状态监测。
背景技术
空化初期的气泡溃灭能量集中在{n}kHz以上，常规振动监测看不到，等扬程下降时叶轮已经剥蚀。
发明内容
本发明采集泵壳高频振动信号，经识别网络得到空化等级，并据此调节进口阀开度。
权利要求书
1. 一种水泵空化识别方法，其特征在于，包括：采集泵壳振动信号；将所述振动信号输入识别网络，得到空化等级。
"""


def row(path: str = "a.txt", **values: Any) -> Row:
    return replace(Row(path, ".txt", 1, 0, decision="fix", reason="partial", sha256=path), **values)


ORDER = [  # as a pile is ranked, the most urgent first
    row("late.txt", next_deadline=date(2026, 12, 1), decision="go", reason="ready"),
    row("fix-better.txt", score=80),
    row("fix-worse.txt", score=20),
    row("hold.txt", decision="hold", reason="red_flag"),
    row("go-unsure.txt", decision="go", reason="ready", confidence="fair", score=100),
    row("go.txt", decision="go", reason="ready", confidence="sure", score=100),
    row("old.txt", version_of="go.txt", score=99),
    row("poem.txt", decision="hold", reason="no_draft", score=90),
    row("unread.pdf", decision="hold", reason="unreadable", error="error.empty_draft", error_facts=(("name", "x"),)),
    row("x.png", decision="hold", reason="unknown_kind", error="error.triage_unknown_kind",
        error_facts=(("name", "x.png"),)),
]  # fmt: skip


def names(rows: list[Row]) -> list[str]:
    return sorted(row.name for row in rows)


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
