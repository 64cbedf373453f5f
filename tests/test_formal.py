"""Each formal rule against drafts that break it and drafts that nearly do."""

from datetime import date
from pathlib import Path

import pytest

from patentprep.errors import ChecklistError
from patentprep.formal import FormalRule, formal_findings, load_formal_rules
from patentprep.formal.rules import parse_rules
from patentprep.model import Document
from patentprep.resources import load_yaml
from patentprep.structure import structure


def rules_broken(text: str) -> set[str]:
    draft = structure(Document("draft.txt", "txt", text, (), (), (), ""))
    findings = formal_findings(draft)
    for finding in findings:
        assert finding.start is None or 0 <= finding.start < finding.end <= len(text)  # type: ignore[operator]
        rule = load_formal_rules()[finding.rule]
        for words in (rule.message, rule.fix):
            assert "{" not in words.zh.format(**dict(finding.facts)) + words.en.format(**dict(finding.facts))
    return {finding.rule for finding in findings}


def zh(*claims: str) -> str:
    return "权利要求书\n" + "\n".join(f"{n}. {claim}" for n, claim in enumerate(claims, 1))


def en(*claims: str) -> str:
    return "CLAIMS\n" + "\n".join(f"{n}. {claim}" for n, claim in enumerate(claims, 1))


M_ZH = "一种钢轨裂纹检测方法，其特征在于，包括：获取钢轨图像；将所述钢轨图像输入检测网络，得到裂纹位置。"
M_EN = "A method for detecting cracks, comprising: capturing an image of a rail; feeding the image to a network."


def dep_zh(ref: str, words: str = "所述检测网络包括五个卷积层") -> str:
    return f"根据权利要求{ref}所述的方法，其特征在于，{words}。"


def dep_en(ref: str, words: str = "wherein the network has five layers") -> str:
    return f"The method of {ref}, {words}."


PARTS_ZH = {
    "field": "技术领域\n本发明涉及轨道检测。\n",
    "background": "背景技术\n人工巡检很慢。\n",
    "summary": "发明内容\n本发明提供一种方法。\n",
    "drawings": "附图说明\n图1为流程图；图2a和图2b为结构图。\n",
    "body": "具体实施方式\n如图1所示，相机拍摄钢轨；支架见图2a。\n",
}
PARTS_EN = {
    "field": "TECHNICAL FIELD\nThe disclosure relates to rails.\n",
    "background": "BACKGROUND\nInspection on foot is slow.\n",
    "summary": "SUMMARY\nA method is provided.\n",
    "drawings": "BRIEF DESCRIPTION OF THE DRAWINGS\nFIG. 1 is a flow chart. FIGS. 2A-2B show a frame.\n",
    "body": "DETAILED DESCRIPTION\nAs shown in FIG. 1, the camera moves. The frame is seen in FIG. 2A.\n",
}


def app(
    parts: dict[str, str],
    order: str = "field background summary drawings body",
    title: str = "",
    **changed: str,
) -> str:
    merged = {**parts, **changed}
    chinese = parts is PARTS_ZH
    title = title or ("钢轨裂纹检测方法" if chinese else "RAIL CRACK DETECTION METHOD")
    tail = merged.get("abstract", "")
    return f"{'说明书' + chr(10) if chinese else ''}{title}\n" + "".join(merged[key] for key in order.split()) + tail


FORM_ZH = "技术交底书\n发明名称：{}\n一、背景\n人工很慢。见图7。\n二、技术方案\n用相机，见图9。\n"
FORM_EN = "Invention Disclosure Form\nTitle: {}\n1. Problem\nSlow, see FIG. 7.\n2. Solution\nSee FIG. 9.\n"

# rule -> (drafts that break it, drafts that nearly do)
CASES: dict[str, tuple[list[str], list[str]]] = {
    "claims/numbering": (
        [
            "权利要求书\n1. " + M_ZH + "\n3. " + dep_zh("1"),
            "CLAIMS\n1. " + M_EN + "\n3. " + dep_en("claim 1"),
            "CLAIMS\n1. "
            + M_EN
            + "\n2. "
            + dep_en("claim 1")
            + "\n2. "
            + dep_en("claim 1", "wherein the image is grey"),
            "权利要求书\n权利要求1. " + M_ZH + "\n权利要求2. " + dep_zh("1"),
        ],
        [
            zh(M_ZH, dep_zh("1")),
            en(M_EN, dep_en("claim 1")),
            en(
                "A method comprising:\n1) capturing an image;\n3) feeding the image to a network.",
                dep_en("claim 1"),
            ),
        ],
    ),
    "claims/full-stop": (
        [
            zh(M_ZH.rstrip("。"), dep_zh("1")),
            zh(M_ZH, "根据权利要求1所述的方法，其特征在于，所述检测网络为卷积网络。所述钢轨图像为灰度图。"),
            en(M_EN.rstrip("."), dep_en("claim 1")),
            en(
                M_EN,
                "The method of claim 1, wherein the network is deep. It further comprises a pooling layer.",
            ),
        ],
        [
            zh(M_ZH, dep_zh("1", "所述检测网络的学习率为0.001")),
            en(
                M_EN,
                dep_en("claim 1", "wherein the rate is approx. 0.5 per sec. and the image is of type No. 3"),
            ),
            en(M_EN, dep_en("claim 1", "wherein J. Smith et al. Loss, i.e. a hinge, is used by the network")),
        ],
    ),
    "claims/missing-dependency": (
        [zh(M_ZH, dep_zh("5")), en(M_EN, dep_en("claim 12")), zh(M_ZH, dep_zh("1至4任一项"))],
        [zh(M_ZH, dep_zh("1")), en(M_EN, dep_en("claim 1")), en(M_EN, dep_en("any preceding claim"))],
    ),
    "claims/forward-reference": (
        [
            zh(M_ZH, dep_zh("3"), dep_zh("1")),
            en(M_EN, dep_en("claim 3"), dep_en("claim 1")),
            en(M_EN, dep_en("claim 2")),
        ],
        [zh(M_ZH, dep_zh("1"), dep_zh("2")), en(M_EN, dep_en("claim 1"), dep_en("claim 2"))],
    ),
    "claims/multiple-on-multiple": (
        [
            zh(
                M_ZH,
                dep_zh("1"),
                dep_zh("1或2", "所述钢轨图像为灰度图"),
                dep_zh("1至3任一项", "所述裂纹位置为坐标"),
            ),
            en(
                M_EN,
                dep_en("claim 1"),
                dep_en("claim 1 or 2", "wherein the image is grey"),
                dep_en("any one of claims 1 to 3", "wherein the rail is new"),
            ),
        ],
        [
            zh(M_ZH, dep_zh("1"), dep_zh("1或2"), dep_zh("3")),
            # a device that carries out one of several methods is independent: Guidelines II-2 3.1.2
            zh(
                M_ZH,
                dep_zh("1"),
                dep_zh("1或2"),
                "一种电子设备，包括处理器，所述处理器实现权利要求1至3任一项所述的方法。",
            ),
            en(
                M_EN,
                dep_en("claim 1"),
                dep_en("claim 1 or 2"),
                "A device for carrying out the method of any one of claims 1 to 3.",
            ),
        ],
    ),
    "claims/multiple-not-alternative": (
        [
            zh(M_ZH, dep_zh("1"), dep_zh("1和2")),
            en(M_EN, dep_en("claim 1"), dep_en("claims 1 and 2")),
        ],
        [
            zh(M_ZH, dep_zh("1"), dep_zh("1或2")),
            zh(M_ZH, dep_zh("1"), dep_zh("1和2中任一项")),
            en(M_EN, dep_en("claim 1"), dep_en("any one of claims 1 and 2")),
            en(M_EN, dep_en("claim 1"), dep_en("one of claims 1 and 2")),
        ],
    ),
    "claims/antecedent": (
        [
            zh(M_ZH, dep_zh("1", "所述温度系数随训练轮数减小")),
            zh(M_ZH, dep_zh("1", "所述检测网络包括池化层"), dep_zh("1", "所述池化层为最大池化")),
            zh(
                M_ZH, dep_zh("1", "还包括超声探头"), dep_zh("1或2", "所述超声探头由电机驱动")
            ),  # absent on the branch 3 -> 1
            zh("一种装置，其特征在于，包括相机，所述滑轨与所述相机连接。"),
            en(M_EN, dep_en("claim 1", "wherein the projection temperature is learned")),
            en(M_EN, dep_en("claim 1", "wherein said filter bank has ten filters")),
            en(
                M_EN,
                dep_en("claim 1", "further comprising a heater"),
                dep_en("claim 1 or 2", "wherein the heater is on"),
            ),
            en(M_EN, dep_en("claim 1", "further comprising scaling the crack by the decay table")),
        ],
        [
            zh(M_ZH, dep_zh("1", "所述检测网络的层数为五")),
            zh(M_ZH, dep_zh("1", "所述检测网络包括池化层"), dep_zh("2", "所述池化层为最大池化")),
            zh(M_ZH, dep_zh("5", "所述温度系数为2")),  # a mere consequence of the missing claim
            zh(M_ZH, dep_zh("5", "所述检测网络为卷积网络"), dep_zh("2", "所述温度系数为2")),
            zh(
                "一种方法，其特征在于，包括：对振动信号滤波；所述滤波后的信号送入所述方法的网络，所述振动信号的幅值大于阈值时停机。"
            ),
            zh(
                "一种装置，其特征在于，包括第一模块和第二模块，所述第一模块与第二模块通信连接，各所述模块由该装置供电。"
            ),
            en(M_EN, dep_en("claim 1", "wherein the number of layers of the network is five")),
            en(M_EN, dep_en("claim 12", "wherein the projection temperature is learned")),
            en(M_EN, dep_en("claim 1", "wherein the most recent image is kept and the method is repeated")),
            en(
                "A system comprising a long short-term memory (LSTM) and sensors, wherein the LSTM reads "
                "the sensor and each of the sensors is on."
            ),
            en(
                "A method comprising predicting a wear; and storing the prediction, wherein the vertices "
                "of a mesh are kept and the vertex moves."
            ),
        ],
    ),
    "claims/reference-to-description": (
        [
            zh(M_ZH, dep_zh("1", "所述检测网络如图2所示")),
            zh(M_ZH, dep_zh("1", "所述检测网络如说明书第3页所述")),
            en(M_EN, dep_en("claim 1", "wherein the network is as shown in FIG. 2")),
            en(M_EN, dep_en("claim 1", "wherein the network is as described in the description")),
        ],
        [
            zh(M_ZH, dep_zh("1", "所述钢轨图像包括图1和图2两幅")),
            en(M_EN, dep_en("claim 1", "wherein the image shows a figure as described")),
        ],
    ),
    "claims/optional-words": (
        [
            zh(M_ZH, dep_zh("1", "所述检测网络例如为卷积网络")),
            zh(M_ZH, dep_zh("1", "所述检测网络最好是卷积网络")),
            en(M_EN, dep_en("claim 1", "wherein the network is preferably deep")),
            en(M_EN, dep_en("claim 1", "wherein the network is, for example, deep")),
        ],
        [
            zh(M_ZH, dep_zh("1", "所述裂纹位置的比例如下式")),
            en(M_EN, dep_en("claim 1", "wherein such a network is an example network")),
        ],
    ),
    "claims/uncertain-words": (
        [
            zh(M_ZH, dep_zh("1", "所述钢轨图像的曝光时间很短")),
            en(M_EN, dep_en("claim 1", "wherein the rail is very thin")),
        ],
        [
            zh(M_ZH, dep_zh("1", "取两个裂纹位置中较高的一个，高温计的量程相当于炉温")),
            en(
                M_EN,
                dep_en(
                    "claim 1",
                    "wherein the higher of two values and a high-pass filter are used by the network",
                ),
            ),
        ],
    ),
    "claims/subject-title-mismatch": (
        [
            zh(M_ZH, "根据权利要求1所述的装置，其特征在于，所述检测网络为卷积网络。"),
            en(M_EN, "The device of claim 1, wherein the network is deep."),
        ],
        [
            zh(M_ZH, "根据权利要求1所述的钢轨裂纹检测方法，其特征在于，所述检测网络为卷积网络。"),
            zh(M_ZH, "一种装置，用于执行根据权利要求1所述的方法。"),
            en(
                "A system comprising a pump and a processor.",
                "The pump system of claim 1, wherein the pump turns.",
            ),
            en(
                "One or more media storing instructions.",
                "The medium of claim 1, wherein the instructions loop.",
            ),
        ],
    ),
    "claims/order": (
        [
            zh(M_ZH, "一种钢轨裂纹检测装置，包括相机。", dep_zh("1")),
            en(M_EN, "A device comprising a camera.", dep_en("claim 1")),
        ],
        [
            zh(M_ZH, dep_zh("1"), "一种装置，包括相机。"),
            en(M_EN, dep_en("claim 1"), "A device comprising a camera."),
        ],
    ),
    "claims/duplicate": (
        [zh(M_ZH, dep_zh("1"), dep_zh("1")), en(M_EN, dep_en("claim 1"), dep_en("claim 1"))],
        [zh(M_ZH, dep_zh("1"), dep_zh("2")), en(M_EN, dep_en("claim 1"), dep_en("claim 2"))],
    ),
    "claims/subject-not-product-or-method": (
        [
            zh("一种钢轨裂纹检测技术，其特征在于，包括拍摄图像。"),
            zh("一种裂纹检测装置及其控制方法，其特征在于，包括相机。"),
            en("A crack detection technique, comprising capturing an image."),
            en("A method and a system for detecting cracks, comprising a camera."),
        ],
        [
            zh(M_ZH),
            zh("一种检测技术指标的方法，其特征在于，包括拍摄。"),
            en(M_EN),
            en("A method of teaching a technique, comprising a step."),
        ],
    ),
    "claims/too-many": (
        [
            zh(M_ZH, *(dep_zh("1", f"所述检测网络为{n}层") for n in range(10))),
            en(M_EN, *(dep_en("claim 1", f"wherein the network has {n} layers") for n in range(10))),
        ],
        [
            zh(M_ZH, *(dep_zh("1", f"所述检测网络为{n}层") for n in range(9))),
            en(M_EN, *(dep_en("claim 1", f"wherein the network has {n} layers") for n in range(9))),
        ],
    ),
    "abstract/too-long": (
        [
            app(PARTS_ZH, abstract="说明书摘要\n" + "本发明公开一种方法。" * 30 + "完。\n"),
            app(PARTS_EN, abstract="ABSTRACT\n" + "A method is disclosed here. " * 30 + "It ends.\n"),
        ],
        [
            app(
                PARTS_ZH,
                abstract="说明书摘要\n" + "本发明公开一种方法。 \n" * 3 + "本发明公开一种方法。" * 27 + "\n图1\n",
            ),
            app(PARTS_EN, abstract="ABSTRACT\n" + "A method is disclosed here. " * 30 + "\nFIG. 1\n"),
            FORM_ZH.format("裂纹检测") + "摘要\n" + "用相机拍摄钢轨的图像。" * 40,
        ],
    ),
    "title/too-long": (
        [app(PARTS_ZH, title="一种基于多尺度注意力与时空特征融合的高速铁路钢轨裂纹在线检测方法")],
        [
            app(PARTS_ZH, title="一种基于注意力与时空特征融合的钢轨裂纹在线检测方法"),  # 25 characters
            FORM_ZH.format("一种基于多尺度注意力与时空特征融合的高速铁路钢轨裂纹在线检测方法"),
        ],
    ),
    "title/words": (
        [
            app(PARTS_ZH, title="方法及装置"),
            app(PARTS_ZH, title="钢轨裂纹检测方法及其类似物"),
            app(PARTS_EN, title="METHOD AND SYSTEM"),
            app(PARTS_EN, title="RailEye® crack detector"),
        ],
        [
            app(PARTS_ZH, title="检测方法及装置"),
            app(PARTS_EN, title="METHOD AND SYSTEM FOR RAILS"),
            FORM_EN.format("RailEye® crack detector"),
        ],
    ),
    "description/refers-to-claims": (
        [
            app(PARTS_ZH, summary="发明内容\n本发明提供如权利要求1所述的方法。\n"),
            app(PARTS_EN, summary="SUMMARY\nA method as claimed in claim 1 is provided.\n"),
        ],
        [
            app(PARTS_ZH, summary="发明内容\n本发明的保护范围以权利要求书为准。\n"),
            app(PARTS_EN, summary="SUMMARY\nThe scope is defined by the claims.\n"),
            FORM_EN.format("Detector") + "Please check the method of claim 1 of the old filing.",
        ],
    ),
    "description/section-order": (
        [
            app(PARTS_ZH, "field summary background drawings body"),
            app(PARTS_EN, "field summary background drawings body"),
        ],
        [
            app(PARTS_ZH),
            app(PARTS_EN),
            app(PARTS_ZH, "field background summary body", body="具体实施方式\n拍摄。\n有益效果：快。\n"),
        ],
    ),
    "drawings/mismatch": (
        [
            app(PARTS_ZH, body="具体实施方式\n如图1和图3所示，相机拍摄钢轨；支架见图2。\n"),
            app(PARTS_ZH, body="具体实施方式\n如图1所示，相机拍摄钢轨。\n"),
            app(
                PARTS_EN,
                body="DETAILED DESCRIPTION\nFIG. 1 and FIG. 2A are explained, and FIG. 4 is not listed.\n",
            ),
            app(PARTS_EN, body="DETAILED DESCRIPTION\nAs shown in FIG. 1, the camera moves.\n"),
        ],
        [
            app(PARTS_ZH),
            app(PARTS_EN),
            app(PARTS_ZH, body="具体实施方式\n如图1至2所示。对比文件1的图5与此不同。图像3张。\n"),
            app(PARTS_EN, body="DETAILED DESCRIPTION\nSee FIGS. 1-2. Smith et al. FIG. 9 differs.\n"),
            FORM_ZH.format("裂纹检测"),
            FORM_EN.format("Detector"),
        ],
    ),
}


def _flat(side: int) -> list[tuple[str, str]]:
    return [(rule, text) for rule, pair in CASES.items() for text in pair[side]]


@pytest.mark.parametrize(("rule", "text"), _flat(0))
def test_breaks(rule: str, text: str) -> None:
    assert rule in rules_broken(text)


@pytest.mark.parametrize(("rule", "text"), _flat(1))
def test_nearly_breaks(rule: str, text: str) -> None:
    assert rule not in rules_broken(text)


@pytest.mark.parametrize("rule", load_formal_rules())
def test_every_rule_has_cases_in_its_languages(rule: str) -> None:
    for side in (0, 1):
        texts = CASES[rule][side]
        for language in load_formal_rules()[rule].languages:
            chinese = [any("\u4e00" <= c <= "\u9fff" for c in text) for text in texts]
            assert (language == "zh") in chinese


@pytest.mark.parametrize("text", [zh(M_ZH, dep_zh("1")), en(M_EN, dep_en("claim 1")), app(PARTS_ZH), app(PARTS_EN)])
def test_a_clean_draft_has_no_finding(text: str) -> None:
    assert rules_broken(text) == set()


def findings_of(text: str, rule: str) -> list[dict[str, str]]:
    draft = structure(Document("draft.txt", "txt", text, (), (), (), ""))
    return [dict(finding.facts) for finding in formal_findings(draft) if finding.rule == rule]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("a named thing", "wherein a path follows the Haversine formula"),
        ("a part in its place", "wherein the image's contrast is raised at the network's input"),
        ("says which one: participle", "wherein the price offered is stored"),
        ("says which one: pronoun", "wherein the memory they occupy is freed"),
        ("a symbol", "wherein the histogram distance h_t is below 3"),
        ("a quantity follows", "wherein the network recomputes the weights every 500 images"),
    ],
)
def test_english_terms_that_need_no_antecedent(why: str, words: str) -> None:
    assert findings_of(en(M_EN, dep_en("claim 1", words)), "claims/antecedent") == []


@pytest.mark.parametrize(
    "words",
    ["wherein said valve is open", "wherein the reflux valve is opened further", "wherein the agreed valve opens"],
)
def test_english_terms_that_do(words: str) -> None:
    assert findings_of(en(M_EN, dep_en("claim 1", words)), "claims/antecedent")


@pytest.mark.parametrize("words", ["其中所述n为不为零的正整数", "对所述logits执行裁剪", "所述K由用户设定"])
def test_chinese_symbols_need_no_antecedent(words: str) -> None:
    assert findings_of(zh(M_ZH, dep_zh("1", words)), "claims/antecedent") == []


def test_late_dependent_claims_are_one_finding() -> None:
    text = en(M_EN, "A device comprising a camera.", dep_en("claim 1"), dep_en("claim 1", "wherein it is grey"))
    assert findings_of(text, "claims/order") == [{"claim": "3, 4", "root": "1", "between": "2"}]


def test_cancelled_claims_are_no_gap_in_the_numbers() -> None:
    gone = f"CLAIMS\n1. {M_EN}\n2-4. (canceled)\n5. {dep_en('claim 1')}"
    assert findings_of(gone, "claims/numbering") == []
    assert findings_of(gone, "claims/full-stop") == []
    assert findings_of(gone.replace("2-4. (canceled)\n", ""), "claims/numbering")


def test_three_dimensions_are_no_figure() -> None:
    body = "DETAILED DESCRIPTION\nAs seen in FIG. 1 and FIG. 2A, in this figure 3D analysis yields a distance.\n"
    assert findings_of(app(PARTS_EN, body=body), "drawings/mismatch") == []
    assert findings_of(app(PARTS_EN, body=body.replace("figure 3D", "figure 3")), "drawings/mismatch")


def test_a_step_is_introduced_by_its_number() -> None:
    method = "一种语音唤醒方法，其特征在于，包括：S1，接收音频帧；S2，将所述音频帧输入唤醒网络。"
    for number, wrong in (("S2", False), ("S7", True)):
        text = zh(method, f"根据权利要求1所述的方法，其特征在于，所述步骤{number}由主控芯片执行。")
        assert bool(findings_of(text, "claims/antecedent")) is wrong


RULE = """\
  - id: {id}
    title: {{zh: 题, en: title}}
    provision: {{zh: 依据, en: provision}}
    source: {source}
    in_force: {{{in_force}}}
    severity: serious
    full_application: "false"
    languages: [zh, en]
    message: {{zh: 消息, en: message}}
    fix: {{zh: 修改, en: fix}}
    good: {{zh: 好, en: good}}
    bad: {{zh: 坏, en: bad}}
"""
HEAD = "id: x\nedition: e\nin_force: {from: 2020-01-01}\nsources:\n  S1: {zh: 来源, en: The source}\nrules:\n"


def rules_of(tmp_path: Path, *rules: dict[str, str]) -> dict[str, FormalRule]:
    plain = {"id": "a/b", "source": "S1", "in_force": "from: 2020-01-01"}
    path = tmp_path / "rules.yaml"
    path.write_text(HEAD + "".join(RULE.format(**(plain | rule)) for rule in rules), encoding="utf-8")
    return parse_rules(load_yaml(path))


def test_a_rule_may_go_out_of_force(tmp_path: Path) -> None:
    (rule,) = rules_of(tmp_path, {"in_force": "from: 2020-01-01, until: 2024-01-20"}).values()
    assert rule.in_force.holds(date(2024, 1, 19)) and not rule.in_force.holds(date(2024, 1, 20))
    assert not rule.in_force.holds(None) and rule.source.en == "The source"


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (({"in_force": "from: 2020-01-01, untill: 2024-01-20"},), "untill"),
        (({"in_force": "from: yesterday"},), "from"),
        (({"source": "S9"},), "S9"),
        (({}, {}), "stands twice"),
    ],
)
def test_a_broken_file_of_rules_is_named(rules: tuple[dict[str, str], ...], says: str, tmp_path: Path) -> None:
    with pytest.raises(ChecklistError) as error:
        rules_of(tmp_path, *rules)
    assert says in str(error.value.facts["problem"]) and error.value.facts["file"] == "rules.yaml"
