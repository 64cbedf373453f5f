"""Sections, title, claims and sentences of drafts as people write them."""

import time

import pytest

from patentprep.errors import NotADraft, UnsupportedLanguage
from patentprep.model import Document, Draft, Page, ParagraphLabel
from patentprep.strings import LANGUAGES, keys, say, warn
from patentprep.structure import structure
from patentprep.structure.headings import find_headings, text_lines


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
