"""Sections, title, claims and sentences of drafts as people write them."""

import time

import pytest

from patentprep.errors import NotADraft, UnsupportedLanguage
from patentprep.model import Document, Draft, Page, ParagraphLabel
from patentprep.strings import LANGUAGES, keys, say, warn
from patentprep.structure import read_draft, structure
from patentprep.structure.headings import _ordinal, find_headings, text_lines


def draft_of(text: str, **more: object) -> Draft:
    parts = {"pages": (), "labels": (), **more}
    return structure(Document("draft.txt", "txt", text, warnings=(), sha256="", **parts))  # type: ignore[arg-type]


def kinds(draft: Draft) -> list[str]:
    return [section.kind for section in draft.sections]


FULL_ZH = """权 利 要 求 书
1.一种钢轨裂纹检测方法，其特征在于，包括：
获取钢轨图像；
将所述钢轨图像输入检测网络，得到裂纹位置。
2.根据权利要求1所述的方法，其特征在于，所述检测网络包括五个卷积层。
3.根据权利要求1或2所述的方法，其特征在于，所述钢轨图像由线阵相机拍摄。
4.一种电子设备，其特征在于，包括处理器，所述处理器实现权利要求1至3任一项所述的方法。
5.一种计算机可读存储介质，存储有计算机程序，所述程序被执行时实现如权利要求1-3中任一项所述方法的步骤。
说 明 书
钢轨裂纹检测方法及设备
【技术领域】
本发明涉及轨道检测。
二、背景技术
人工巡检很慢。技术领域的发展很快。
发明内容：
本发明提供一种方法。
附图说明
图1为流程图。
具体实施方式
下面结合图1说明。
说明书摘要
本发明公开一种方法。
"""

FULL_EN = """METHOD AND SYSTEM FOR DETECTING CRACKS IN RAILS
CROSS-REFERENCE TO RELATED APPLICATIONS
This application claims priority to U.S. Provisional Application No. 63/123,456.
TECHNICAL FIELD
The present disclosure relates to rail inspection.
BACKGROUND
Inspection on foot is slow.
BRIEF SUMMARY OF THE INVENTION
A method is provided.
BRIEF DESCRIPTION OF THE DRAWINGS
FIG. 1 is a flow chart.
DETAILED DESCRIPTION OF THE PREFERRED EMBODIMENTS
As shown in FIG. 1, the car 10 carries a camera 12.
CLAIMS
What is claimed is:
1. A method for detecting cracks in a rail, comprising:
capturing images of the rail; and
2) feeding the images to a network.
2. The method of claim 1, wherein the network has five layers.
3. The method of any one of claims 1 or 2, wherein the images are grey.
4. A system for carrying out the method of claim 1, comprising a camera.
5. A non-transitory medium storing instructions to perform the method of any preceding claim.
ABSTRACT
A method for detecting cracks.
"""


def test_full_chinese_application() -> None:
    draft = draft_of(FULL_ZH)
    assert draft.title == "钢轨裂纹检测方法及设备"
    assert kinds(draft) == [
        *(
            "claims",
            "other",
            "technical_field",
            "background",
            "summary",
            "drawings",
            "embodiments",
            "abstract",
        )
    ]
    assert [s.heading for s in draft.sections][:4] == [
        "权 利 要 求 书",
        "说 明 书",
        "【技术领域】",
        "二、背景技术",
    ]
    found = [(c.number, c.category, c.independent, c.depends_on) for c in draft.claims]
    assert found == [
        (1, "method", True, ()),
        (2, "method", False, (1,)),
        (3, "method", False, (1, 2)),
        (
            4,
            "apparatus",
            True,
            (1, 2, 3),
        ),  # another category: independent in substance, Guidelines II-2 3.1.2
        (5, "medium", True, (1, 2, 3)),
    ]


def test_full_english_application() -> None:
    draft = draft_of(FULL_EN)
    assert draft.title == "METHOD AND SYSTEM FOR DETECTING CRACKS IN RAILS"
    assert kinds(draft)[2:] == [
        *("technical_field", "background", "summary", "drawings", "embodiments", "claims", "abstract")
    ]
    found = [(c.number, c.category, c.independent, c.depends_on) for c in draft.claims]
    assert found == [
        (1, "method", True, ()),
        (2, "method", False, (1,)),
        (3, "method", False, (1, 2)),
        (4, "system", True, (1,)),
        (5, "medium", True, (1, 2, 3, 4)),
    ]


@pytest.mark.parametrize("text", [FULL_ZH, FULL_EN], ids=["zh", "en"])
def test_everything_points_back_at_the_text(text: str) -> None:
    draft = draft_of(text)
    assert draft.sections[0].start == 0 and draft.sections[-1].end == len(text)
    assert all(a.end == b.start for a, b in zip(draft.sections, draft.sections[1:], strict=False))
    assert all(c.text == text[c.start : c.end] and not c.text[0].isdigit() for c in draft.claims)
    assert all(s.text == text[s.start : s.end] for s in draft.sentences)
    assert all(a.end <= b.start for a, b in zip(draft.sentences, draft.sentences[1:], strict=False))
    printed = {section.heading for section in draft.sections} | {draft.title}
    assert not printed & {s.text for s in draft.sentences}, "headings and title are no sentences"
    assert {s.claim for s in draft.sentences if s.claim} == {c.number for c in draft.claims}
    assert [s.section for s in draft.sentences if s.claim] == ["claims"] * sum(1 for s in draft.sentences if s.claim)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("技术领域", "technical_field"),
        ("一、技术领域", "technical_field"),
        ("（一）技术领域", "technical_field"),
        ("1. 背景技术", "background"),
        ("1 背景", "background"),
        ("【背景技术】", "background"),
        ("背 景 技 术", "background"),
        ("先前技術", "background"),
        ("發明內容", "summary"),
        ("圖式簡單說明", "drawings"),
        ("申請專利範圍", "claims"),
        ("實施方式", "embodiments"),
        ("三、要解决的技术问题", "summary"),
        ("4 现有技术的缺点", "background"),
        ("有益效果：", "summary"),
        ("9 希望的保护范围", "claims"),
        ("实施例2：隧道内的检测", "embodiments"),
        ("背景技术：现有的巡检靠人工。", "background"),
        ("技术方案 | 用相机拍摄钢轨。", "summary"),
        ("BACKGROUND OF THE INVENTION", "background"),
        ("Field of the Invention", "technical_field"),
        ("3. Our solution", "summary"),
        ("Prior art:", "background"),
        ("WE CLAIM:", "claims"),
        ("Problem: pipes leak.", "background"),
        ("Example 3", "embodiments"),
        ("II. SUMMARY", "summary"),
        ("技术领域的发展很快。", None),
        ("背景技术中提到的方法较慢", None),
        ("摘要写得很清楚。", None),
        ("Background noise is removed by the filter.", None),
        ("claims the priority of an earlier application", None),
        ("data", None),
        ("问题 | 回答", None),
        ("问题", None),
        ("- Disclosure: I gave a talk in our group.", None),
        ("系统由以下部分组成：", None),
        ("权利要求1：一种方法，包括测温。", None),
    ],
)
def test_heading_lines(line: str, kind: str | None) -> None:
    text = f"本发明涉及相机。\n{line}\n正文在此。\n"
    found = find_headings(text, list(text_lines(text)))
    assert [heading.kind for heading in found] == ([kind] if kind else [])


def test_numbered_lines_are_headings_only_in_a_numbered_draft() -> None:
    form = "专利挖掘表\n1 背景\n人工很慢。\n2 技术方案\n用相机。\n3 谁来用\n巡检班组。\n4 优点\n更快。\n"
    assert [s.heading for s in draft_of(form).sections] == [
        "专利挖掘表",
        "1 背景",
        "2 技术方案",
        "3 谁来用",
        "4 优点",
    ]
    list_in_it = "一、背景\n人工很慢。\n二、技术方案\n步骤如下：\n1 拍照\n2 识别\n3 报警\n以上为全部步骤。\n"
    assert len(draft_of(list_in_it).sections) == 2


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("发明名称：管网泄漏检测方法\n一、背景\n管道会漏。", "管网泄漏检测方法"),
        ("技术交底书\n提案名称 | 管网泄漏检测\n背景技术\n管道会漏。", "管网泄漏检测"),
        ("(54) 发明名称\n一种泄漏检测装置\n摘要\n本发明公开一种装置。", "一种泄漏检测装置"),
        ("技术交底书\n管网泄漏检测方法\n背景技术\n管道会漏。", "管网泄漏检测方法"),
        ("权利要求书\n1. 一种方法，其特征在于，包括测温。\n背景技术\n管道会漏。", ""),
        (
            "Title: Leak detector for district heating\nProblem: pipes leak.",
            "Leak detector for district heating",
        ),
        (
            "Invention Disclosure Form\nTitle of invention: Leak detector\n1. Problem\nPipes leak.",
            "Leak detector",
        ),
        (
            "From: A\nTo: B\nSubject: Re: Fwd: leak detector idea\n\nHi, pipes leak and we measure it.",
            "leak detector idea",
        ),
        ('Hi, pipes leak.\n- Title: "Leak detector". Propose a better one.', "Leak detector"),
        ("Pipes leak and nobody notices. We measure temperature.", ""),
        ("LEAK DETECTOR\nBACKGROUND\nPipes leak.", "LEAK DETECTOR"),
        (
            "(12) United States Patent\n(54) LEAK DETECTOR FOR PIPES\n(57) ABSTRACT\nA detector.",
            "LEAK DETECTOR FOR PIPES",
        ),
        ("Leak detector for pipes\nPipes leak. We measure temperature.", "Leak detector for pipes"),
        ("thermal cam on the kiln, 8 px per ring\ntrained on 300 shells", ""),  # a note, and evidence
        ("题目：回转窑测温。热像仪沿窑体扫描，每圈8个像素，网络给出结皮厚度", ""),
    ],
)
def test_title(text: str, title: str) -> None:
    assert draft_of(text).title == title


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (
            "权利要求书\n1、一种方法，其特征在于，包括测温。\n2、如权利要求1所述的方法，测压。",
            [(1, ()), (2, (1,))],
        ),
        (
            "【申請專利範圍】\n【請求項1】一種方法，包含測溫。\n【請求項2】如請求項1所述之方法，其中測壓。",
            [(1, ()), (2, (1,))],
        ),
        (
            "期望保护：1. 一种方法，其特征在于，包括测温。2. 根据权利要求1所述的方法，测压。",
            [(1, ()), (2, (1,))],
        ),
        (
            "Draft claims\nClaim 1: A method comprising a step.\nClaim 2: The method of claim 1, twice.",
            [(1, ()), (2, (1,))],
        ),
        (
            "Hi, my attempt below.\n1. A method, comprising:\n1. reading; and\n2. writing.\n2. The method "
            "of claim 1, wherein it is fast.\n"
            "Other points:\n- none of them matters.",
            [(1, ()), (2, (1,))],
        ),
        ("A few facts:\n1. The map is continuous.\n2. The order is kept.\nThe invention works.", []),
        (
            "CLAIMS\n1. A device comprising a pump.\n3. The device of claim 1, wherein it turns.",
            [(1, ()), (3, (1,))],
        ),
        (
            "权利要求书\n一种方法，其特征在于，包括测温。\n根据权利要求1所述的方法，其特征在于，测压。",
            [(1, ()), (2, (1,))],
        ),
    ],
)
def test_claims_wherever_they_stand(text: str, claims: list[tuple[int, tuple[int, ...]]]) -> None:
    assert [(c.number, c.depends_on) for c in draft_of(text).claims] == claims


@pytest.mark.parametrize(
    ("words", "depends_on"),
    [
        ("根据权利要求1或2所述的方法，测压。", (1, 2)),
        ("如权利要求1-3中任一项所述的方法，测压。", (1, 2, 3)),
        ("根据权利要求1至3任一项所述的方法，测压。", (1, 2, 3)),
        ("按照权利要求1、2或4所述的方法，测压。", (1, 2, 4)),
        ("根据权利要求1或权利要求3所述的方法，测压。", (1, 3)),
        ("根据前述权利要求中任一项所述的方法，测压。", (1, 2, 3, 4)),
        ("根据权利要求9所述的方法，测压。", (9,)),
        ("The method of claim 1, wherein 3 layers are used.", (1,)),
        ("The method according to any one of claims 1 to 3, wherein it is fast.", (1, 2, 3)),
        ("The method as claimed in any preceding claim, wherein it is fast.", (1, 2, 3, 4)),
        ("The method of claim 1, 2 or 4, wherein it is fast.", (1, 2, 4)),
        ("The method of claim 1 or claim 3, wherein it is fast.", (1, 3)),
        ("A method comprising a step.", ()),
    ],
)
def test_references(words: str, depends_on: tuple[int, ...]) -> None:
    before = "".join(f"{n}. A method comprising step {n}.\n" for n in range(1, 5))
    assert draft_of(f"CLAIMS\n{before}5. {words}").claims[-1].depends_on == depends_on


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("一种存储有程序的计算机可读存储介质。", "medium"),
        ("一种计算机程序产品，包括计算机程序。", "program"),
        ("一种图像处理系统，包括相机。", "system"),
        ("一种芯片，包括缓存。", "apparatus"),
        ("一种用于执行检测方法的装置，包括相机。", "apparatus"),
        ("一种钛合金，按重量计包括铝。", "composition"),
        ("一种化合物在制备药物中的用途。", "use"),
        ("一种训练检测装置的方法，包括拍摄。", "method"),
        ("A computer-implemented method for training a device, comprising a step.", "method"),
        ("One or more non-transitory computer-readable media storing instructions.", "medium"),
        ("A computer program product comprising instructions.", "program"),
        ("A system comprising a processor and a memory storing a program.", "system"),
        ("Use of a compound in coatings.", "use"),
        ("An aluminium alloy comprising 2 % copper.", "composition"),
        ("A robot comprising an arm.", "apparatus"),
    ],
)
def test_category(words: str, category: str) -> None:
    heading = "CLAIMS" if words.isascii() else "权利要求书"
    assert draft_of(f"{heading}\n1. {words}").claims[0].category == category


def test_a_label_that_opens_a_paragraph_divides_no_section() -> None:
    text = "具体实施方式\n用相机拍摄钢轨。\n训练过程：损失函数为交叉熵。\n有益效果：误报减半。\n"
    assert [s.heading for s in draft_of(text).sections] == ["具体实施方式", "有益效果"]


@pytest.mark.parametrize(
    "text",
    [
        "thermal cam on the kiln, 8 px per ring",
        "热像仪沿窑体扫描，训练用了300个壳体",
        "thermal cam on the kiln, 8 px per ring\ntrained on 300 shells",
    ],
)
def test_a_note_without_title_loses_no_line(text: str) -> None:
    assert "\n".join(sentence.text for sentence in draft_of(text).sentences) == text


def test_pages_and_paragraph_labels() -> None:
    text = "背景技术\n人工很慢。\n机器很快。\n发明内容\n用相机。"
    cut = text.index("机器")
    draft = draft_of(
        text,
        pages=(Page(1, 0, cut), Page(2, cut, len(text))),
        labels=(ParagraphLabel(5, "[0002]"), ParagraphLabel(cut, "[0003]")),
    )
    assert [(s.page, s.paragraph) for s in draft.sentences] == [(1, "[0002]"), (2, "[0003]"), (2, "[0003]")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们在公交车上拍了200张坑洞照片，训练了一个小网络。", {"no_sections"}),
        ("we filmed 200 potholes and trained a small net. batch 64, lr 1e-3.", {"no_sections"}),
        ("那天夜里下着雨，她独自走过长街。灯都灭了。", {"no_sections", "not_a_patent"}),
        (
            "Invoice 12. Two chairs were delivered on Monday. Please pay soon.",
            {"no_sections", "not_a_patent"},
        ),
        ("CLAIMS\n1. A device comprising a pump.\n3. The device of claim 1, red.", {"claim_numbers_missing"}),
        ("CLAIMS\n1. A device comprising a pump.\n1. A device comprising a fan.", {"claim_numbers_repeated"}),
        ("权利要求书\n一种方法，其特征在于，包括测温。\n说明书\n本发明。", {"claims_unnumbered"}),
    ],
)
def test_what_could_not_be_parsed(text: str, expected: set[str]) -> None:
    draft = draft_of(text)
    assert {warning.key for warning in draft.unparsed} == expected
    assert all(warn(warning, lang) for warning in draft.unparsed for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Die Erfindung betrifft ein Verfahren zur Verarbeitung von Bildern.", UnsupportedLanguage),
        ("日本語のテキストです。画像を処理する方法に関する。", UnsupportedLanguage),
        ("— … —\n***", NotADraft),
        ("背景技术\n发明内容\n", NotADraft),
    ],
)
def test_errors_say_what_to_do(text: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        draft_of(text)
    assert all(say(caught.value, lang).startswith("draft.txt") for lang in LANGUAGES)  # type: ignore[arg-type]


def test_both_languages_have_the_same_words() -> None:
    assert keys("zh") == keys("en")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "权利要求书\n1. 一种车辆制动控制方法，其特征在于，包括采集轮速传感器信号，输入网络。",
            "application",
        ),
        (
            "CLAIMS\n1. A method comprising capturing images of a weld by a camera and classifying defects.",
            "application",
        ),
        (
            "面向智能制造的图节点分类方法\n权利要求书\n1. "
            "一种图节点分类方法，其特征在于，将特征矩阵与邻接矩阵相乘，得到隐表示，经注意力权重加权求和。",
            "model",  # a field in the title alone changes nothing
        ),
        (
            "CLAIMS\n1. A method comprising computing gradient vectors, scaling them by a momentum matrix and a loss.",
            "model",
        ),
        (
            "背景技术\n合金易裂。\n发明内容\n经机器学习模型筛选出的成分经试制验证。\n权利要求书\n1. "
            "一种铝合金，按重量计包括铜2%。",
            "ai_assisted",
        ),
        (
            "Title: Heat-resistant alloy\nSummary\nThe alloy was found using a machine-learning "
            "model.\nCLAIMS\n1. An alloy comprising Ni.",
            "ai_assisted",
        ),
        ("发明人：人工智能系统甲\n技术方案\n一种散热片。", "ai_generated"),
        ("Solution\nThe bracket was autonomously designed by an AI.", "ai_generated"),
    ],
)
def test_invention_type(text: str, kind: str) -> None:
    assert draft_of(text).invention_type == kind


@pytest.mark.parametrize(
    "text",
    [
        "1 背景\n本发明。\n2 技术方案\n方案。\n" + "".join(f"{n % 99} 概述\n说明文字。\n" for n in range(8000)),
        "本发明。\n" + (" " * 1000 + "\n") * 800,
        "权利要求书\n" + "".join(f"{n % 999}. 根据权利要求1所述的方法，测压。\n" for n in range(1, 5000)),
        "本发明。" + "（" * 500_000,
        "The invention is good.\n" + "a:" * 300_000,
        "CLAIMS\n1. A method comprising: " + "receiving a thing; " * 30_000,
    ],
    ids=["numbered", "blank", "claims", "brackets", "colons", "clauses"],
)
def test_strange_drafts_take_linear_time(text: str) -> None:
    begin = time.perf_counter()
    draft_of(text)
    assert time.perf_counter() - begin < 5


# --- drafts as they come out of chats, editors and copy and paste ------------------------------------------


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
