"""Drafts as they come out of chats, editors and copy and paste: no line breaks, odd numbers, stray marks."""

import time

import pytest

from patentprep.model import Document, Draft
from patentprep.structure import read_draft, structure
from patentprep.structure.headings import _ordinal


def draft_of(text: str) -> Draft:
    return structure(Document("draft.txt", "txt", text, pages=(), labels=(), warnings=(), sha256=""))


def kinds(draft: Draft) -> list[str]:
    return [section.kind for section in draft.sections]


def _run_together(text: str, space: str) -> str:
    return space.join(line.strip() for line in text.split("\n"))


PASTED_ZH = """一种水泵轴承故障诊断方法
说明书摘要
本发明公开了一种水泵轴承故障诊断方法，降低漏报率。
权利要求书
1. 一种水泵轴承故障诊断方法，其特征在于，包括：采集振动信号；将所述振动信号输入残差网络，得到故障类别。
2. 根据权利要求1所述的方法，其特征在于，所述残差网络包括四个残差块。
说明书
一种水泵轴承故障诊断方法
技术领域
本发明涉及设备故障诊断领域。
背景技术
阈值报警方法漏报率高，背景技术中没有利用时频图。
发明内容
本发明利用时频图突出冲击成分。
附图说明
图1为流程图。
具体实施方式
如图1所示，在轴承座上安装加速度传感器。
"""
PASTED_EN = """LEAK DETECTION IN WATER PIPES
ABSTRACT
A hydrophone signal is classified by a network.
CLAIMS
1. A method for detecting leaks in a pipe, comprising recording a signal with a hydrophone.
2. The method of claim 1, wherein the hydrophone is clamped to a hydrant.
3. A non-transitory medium storing instructions which, when executed, carry out the method of claim 1.
TECHNICAL FIELD
The invention relates to water supply.
BACKGROUND
Small leaks are drowned by traffic noise.
SUMMARY
Leaks are found early. The BACKGROUND noise is filtered out.
DETAILED DESCRIPTION
The hydrophone is sampled at 8 kHz.
"""


@pytest.mark.parametrize(
    ("text", "space", "title", "claims"),
    [
        (PASTED_ZH, "", "一种水泵轴承故障诊断方法", 2),
        (PASTED_ZH, " ", "一种水泵轴承故障诊断方法", 2),
        (PASTED_EN, " ", "LEAK DETECTION IN WATER PIPES", 3),
    ],
)
def test_a_draft_pasted_without_its_line_breaks(text: str, space: str, title: str, claims: int) -> None:
    draft = draft_of(_run_together(text, space))
    assert draft.title == title
    assert [claim.number for claim in draft.claims] == list(range(1, claims + 1))
    assert kinds(draft) == [kind for kind in kinds(draft_of(text)) if kind in kinds(draft)]
    assert {"technical_field", "background", "summary", "embodiments", "claims", "abstract"} <= set(kinds(draft))
    assert len([kind for kind in kinds(draft) if kind == "background"]) == 1
    for claim in draft.claims:
        assert claim.text == draft.text[claim.start : claim.end] and not claim.text[0].isdigit()


def test_prose_that_names_sections_is_not_cut_into_them() -> None:
    draft = draft_of(
        "说明书包括技术领域、背景技术、发明内容、附图说明和具体实施方式。权利要求书应当以说明书为依据。" * 3
    )
    assert kinds(draft) == ["other"]


OWN_LINE_ZH = """# 一种方法
{}
{}一种水泵轴承故障诊断方法，其特征在于，包括采集振动信号。

从属权利要求

{}根据权利要求1所述的方法，其特征在于，还包括变换。

{}一种存储介质，存储有程序，所述程序被执行时实现权利要求1所述的方法。

附图说明
图1为流程图。
"""
OWN_LINE_EN = """Leak detection
{}
{}A method for detecting leaks, comprising recording a signal.

Dependent claims

{}The method of claim 1, wherein the signal is sampled at 8 kHz.

{}A medium storing instructions that, when executed, perform the method of claim 1.

Abstract
Leaks are detected.
"""


@pytest.mark.parametrize(
    ("form", "heading", "number"),
    [
        (OWN_LINE_ZH, "六、权利要求书", "权利要求{}：\n"),
        (OWN_LINE_ZH, "权利要求书草案", "权利要求{}. "),
        (OWN_LINE_ZH, "权利要求书（初稿）", "独立权利要求{}\n"),
        (OWN_LINE_EN, "Claims", "Claim {}\n\n"),
        (OWN_LINE_EN, "Claims (draft)", "Claim {} (Dependent on Claim 1 - Layers)\n"),
        (OWN_LINE_EN, "Claims", "Dependent Claim {} — Sampling\n\n"),
    ],
)
def test_claim_numbers_on_lines_of_their_own(form: str, heading: str, number: str) -> None:
    draft = draft_of(form.format(heading, *(number.format(n) for n in (1, 2, 3))))
    assert [claim.number for claim in draft.claims] == [1, 2, 3]
    assert [claim.depends_on for claim in draft.claims] == [(), (1,), (1,)]
    assert all(claim.text.endswith(("。", ".")) and "\n" not in claim.text for claim in draft.claims)
    claimed = [sentence.text for sentence in draft.sentences if sentence.section == "claims"]
    assert len(claimed) == 3 and not any("ependent" in text or "从属" in text for text in claimed)
    assert kinds(draft)[-1] in ("drawings", "abstract")


def test_claims_numbered_with_han_figures_are_read() -> None:
    draft = draft_of(
        "权利要求书\n一、一种钢轨检测方法，其特征在于，包括拍摄。\n二、根据权利要求一所述的方法，其特征在于，还包括清洗。\n"
        "三、如权利要求1所述的方法，其特征在于，还包括上传。"
    )
    assert [claim.number for claim in draft.claims][:1] == [1]
    assert all(not claim.text.startswith(("一、", "二、", "三、")) for claim in draft.claims)
    assert "claims_unnumbered" in {warning.key for warning in draft.unparsed}


def test_a_range_of_cancelled_claims_leaves_no_gap() -> None:
    draft = draft_of(
        "CLAIMS\n1. A method for sorting parcels, comprising weighing.\n2-4. (canceled)\n"
        "5. The method of claim 1, wherein a scale is used.\n"
    )
    assert [claim.number for claim in draft.claims] == [1, 5]
    assert draft.claims[0].text.endswith("weighing.")
    assert not draft.unparsed


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_claim_sets_that_of_the_draft_s_language_counts(order: tuple[int, int]) -> None:
    parts = [
        "权利要求书\n1. 一种方法，其特征在于，包括采集信号。\n" + "具体实施方式\n" + "传感器安装在轴承座上。\n" * 6,
        "CLAIMS\n1. A method comprising recording a signal.\n2. The method of claim 1, wherein it is filtered.\n",
    ]
    draft = draft_of(parts[order[0]] + parts[order[1]])
    assert draft.language == "zh"
    assert [claim.text[:2] for claim in draft.claims] == ["一种"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("CLAIMS\n1. A method comprising a step.\nPARCEL SORTER\nTECHNICAL FIELD\nParcels.\nBACKGROUND\nSlow.\n", True),
        (
            "权利要求书\n1. 一种分拣方法，包括称重。\n包裹分拣方法\n技术领域\n分拣。\n背景技术\n慢。\n",
            True,
        ),
        ("CLAIMS\n1. A method comprising a step.\nTECHNICAL FIELD\nParcels.\nBACKGROUND\nSlow.\n", False),
    ],
)
def test_a_title_between_claims_and_description(text: str, title: bool) -> None:
    draft = draft_of(text)
    assert bool(draft.title) is title
    assert len(draft.claims) == 1 and "SORTER" not in draft.claims[0].text


@pytest.mark.parametrize("name", ["draft.txt", "draft.md"])
def test_a_title_in_markdown_whatever_the_file_is_called(name: str) -> None:
    claim = "1. 一种显存调度方法，其特征在于，换出物理块。"
    text = f"# 一种显存调度方法\n\n## 权利要求书\n\n{claim}\n\n## 技术领域\n\n本发明涉及显存。\n"
    draft = read_draft(text.encode(), name)
    assert draft.title == "一种显存调度方法" and [s.kind for s in draft.sections][1:] == ["claims", "technical_field"]


def test_a_title_under_its_label_and_a_rule() -> None:
    draft = draft_of(
        "发明名称\n========\n一种图像识别方法\n技术领域\n========\n本发明涉及识别。\n发明内容\n========\n提供方法。\n"
    )
    assert draft.title == "一种图像识别方法"


def test_list_items_that_state_something_are_sentences_not_headings() -> None:
    draft = draft_of(
        "技术交底书\n发明名称：一种诊断方法\n背景技术\n漏报多。\n技术方案\n1. 采集：加速度传感器，12.8 kHz\n量程 50 g\n"
        "2. 变换：短时傅里叶变换，窗长 256\n重叠一半\n3. 模型：4 个残差块\n每块 2 层\n"
        "4. 训练：Adam，80 轮\n有益效果\n漏报少。\n"
    )
    assert any("12.8 kHz" in sentence.text for sentence in draft.sentences)
    assert any("窗长 256" in sentence.text for sentence in draft.sentences)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("一种用摄像头识别水表读数的方法。", True),
        ("A method for reading a water meter with a camera.", True),
        ("牛奶两盒\n鸡蛋\n面粉2斤\n", False),
        ("milk\neggs\n2 kg flour\n", False),
        ("import numpy as np\n\ndef train(model, loss):\n    model.fit(loss)\n    return model\n" * 8, False),
    ],
)
def test_what_is_taken_for_a_draft(text: str, taken: bool) -> None:
    assert ("not_a_patent" not in {warning.key for warning in draft_of(text).unparsed}) is taken


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("附图说明（建议）", "drawings"),
        ("六、具体实施方式（至少一个实施例）", "embodiments"),
        ("SUMMARY (short)", "summary"),
        ("3. Training data (internal)", "embodiments"),
    ],
)
def test_a_remark_in_brackets_does_not_hide_a_heading(heading: str, kind: str) -> None:
    filler = "本发明涉及轨道。" if not heading.isascii() else "The pump is slow."
    assert kind in kinds(draft_of(f"一种方法\n背景技术\n{filler}\n{heading}\n{filler}\n"))


@pytest.mark.parametrize(
    ("claim", "category"),
    [
        ("一种智能门锁，其特征在于，包括主控芯片和存储器，所述存储器存储有计算机程序。", "apparatus"),
        ("一种滑雪板，其特征在于，具有两个测距雷达，所述雷达由介质窗覆盖。", "apparatus"),
        ("一种检测模型，其特征在于，包括三个卷积层。", "other"),
        ("A wearable heart monitor, comprising two electrodes and a memory storing a program.", "apparatus"),
    ],
)
def test_a_product_of_any_name_is_a_product(claim: str, category: str) -> None:
    heading = "CLAIMS" if claim.isascii() else "权利要求书"
    dependent = (
        "2. The monitor of claim 1." if claim.isascii() else "2. 根据权利要求1所述的产品，其特征在于，还包括程序。"
    )
    draft = draft_of(f"{heading}\n1. {claim}\n{dependent}")
    assert draft.claims[0].category == category
    assert draft.claims[1].independent is False


LONG = 300_000  # characters; what takes quadratic time takes minutes


@pytest.mark.parametrize("character", [" ", "\u3000", "-", "=", "*", "_", "—", ".", "…", ":"])
@pytest.mark.parametrize("line", ["a{}x", "本发明涉及{}一种方法。"])
def test_a_long_run_of_one_character_costs_no_quadratic_time(line: str, character: str) -> None:
    start = time.process_time()
    draft_of(line.format(character * LONG) + "\nThe rail is inspected by a camera.")
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("一、概述", 1),
        ("十、概述", 10),
        ("十二、概述", 12),
        ("二十、概述", 20),
        ("二十一、概述", 21),
        ("第三章 概述", 3),
    ],
)
def test_han_numbers_of_headings(line: str, number: int) -> None:
    assert _ordinal(line, 0, len(line)) == number
