"""Which sentences count as evidence, as the labelling guide says: substance, vague words, and what is neither.

The tables hold clear cases that must stay right. They are no measure of accuracy: that is in data/models/card.md.
"""

# ruff: noqa: E501 (tables of sentences; Chinese counts twice)

from collections.abc import Sequence

import numpy as np
import pytest

from patentprep import encoder, evidence, read_draft
from patentprep.checklist import load_checklist
from patentprep.evidence import CONTEXTS, Judgement, Passage, find_evidence, judge
from patentprep.model import Document, Draft, Sentence
from patentprep.structure import structure

LAW = load_checklist("cn-2026")
SHORT = {
    "scenario": "technical_scenario",
    "effect": "technical_effect",
    "model": "model_construction",
    "data": "training_data_source",
    "training": "training_method",
    "ethics": "ethics",
}
Case = tuple[str, str, str, str]

# sentence, part of the draft, what it must be evidence of ("requirement strength"), why
SUBSTANCE: list[Case] = [
    (
        "输送带接头在托辊上方经过时，激光轮廓仪测得的带面高度会出现阶跃，接头开胶后阶跃变宽，人眼在带速4m/s下看不出来。",
        "background", "scenario substantive", "a concrete technical problem and its physical cause",
    ),
    (
        "将水轮机顶盖上加速度传感器采集的振动信号作为输入，输出空化程度等级，并据此调节导叶开度。",
        "summary", "scenario substantive", "input and output with a technical meaning, and what the result does",
    ),
    (
        "Ice on a rotor blade changes the eigenfrequency by less than the wind does, so that the usual frequency alarm "
        "either fires on every gust or not at all.",
        "background", "scenario substantive", "a concrete technical problem in the background",
    ),
    (
        "与单一温度阈值的方法相比，由于引入升温速率分支，热失控预警平均提前了11分钟。",
        "summary", "effect substantive", "improvement over a baseline, tied to a branch",
    ),
    (
        "Because the two heads share one backbone, inference on the edge board takes 14 ms instead of 31 ms.",
        "embodiment", "effect substantive", "latency tied to a shared backbone",
    ),
    (
        "Without the gating branch the false alarm rate rises from 1.8 % to 6.4 % on the same test set.",
        "embodiment", "effect substantive", "an ablation",
    ),
    (
        "所述网络包括依次连接的三个卷积层、一个双向LSTM层和一个全连接层，卷积核长度分别为15、7和3。",
        "claim", "model substantive", "layers, order and kernel sizes",
    ),
    (
        "编码器由4个残差块构成，每个残差块的输出与解码器同尺度的特征图拼接后送入上采样层。",
        "embodiment", "model substantive", "blocks and how they join",
    ),
    (
        "The encoder has six transformer layers with eight heads each; its output is concatenated with the embedding of "
        "the load and fed into two fully connected layers.",
        "embodiment", "model substantive", "layers, heads, connections",
    ),
    (
        "wherein the network comprises a depthwise convolution with a kernel of 3x3, a squeeze-and-excitation block "
        "connected to its output, and a softmax layer with five classes",
        "claim", "model substantive", "a wherein clause with structure",
    ),
    (
        "训练样本来自某炼钢厂2号连铸机2023年3月至11月的结晶器热电偶记录，共8,640炉，由两名工艺员按漏钢报告逐炉标注。",
        "embodiment", "data substantive", "source, amount and who labelled",
    ),
    (
        "The training set holds 12,400 X-ray images of castings taken in our own foundry and labelled by three inspectors.",
        "embodiment", "data substantive", "amount, source, annotators",
    ),
    (
        "采用Adam优化器，初始学习率0.001，批大小32，训练80轮，验证集损失连续10轮不再下降时停止。",
        "embodiment", "training substantive", "optimiser, settings, stopping rule",
    ),
    (
        "损失函数为交叉熵与时间平滑项之和，平滑项的权重取0.2。",
        "embodiment", "training substantive", "the loss",
    ),
    (
        "lr=3e-4, bs 16, AdamW, cosine, early stop patience 8 on val loss",
        "notes", "training substantive", "an engineer's note with all settings",
    ),
    (
        "人脸图像仅在本地终端内处理，提取特征后立即删除原图，不上传服务器。",
        "embodiment", "ethics substantive", "minimisation and deletion",
    ),
    (
        "All riders gave written consent, and faces and number plates were blurred before the videos left the vehicle.",
        "embodiment", "ethics substantive", "consent and anonymisation",
    ),
    (
        "A nurse confirms every alarm before the pump is stopped, and the patient may switch the monitoring off at any time.",
        "embodiment", "ethics substantive", "human confirmation and opt-out",
    ),
    (
        "Images of 5,600 weld seams were collected on three production lines and annotated by two certified welding inspectors.",
        "embodiment", "data substantive", "source, amount, labels",
    ),
    (
        "从公开数据集CWRU和自建试验台共取得9,200段轴承振动信号，去均值后按1024点切片。",
        "embodiment", "data substantive", "source, amount, labels",
    ),
    (
        "The weights are updated by stochastic gradient descent with a learning rate of 0.01 and a batch size of 64 for 120 epochs.",
        "embodiment", "training substantive", "steps and settings",
    ),
    (
        "以焦点损失为目标函数，用随机梯度下降更新参数，学习率每30轮乘以0.1，共训练90轮。",
        "embodiment", "training substantive", "steps and settings",
    ),
    (
        "In a first stage the encoder is pre-trained by masking 40 % of the patches; in a second stage it is frozen and only the head is trained.",
        "embodiment", "training substantive", "steps and settings",
    ),
    (
        "Training minimises a cross-entropy loss with label smoothing of 0.1 using Adam, and stops when the validation loss has not fallen for 15 epochs.",
        "embodiment", "training substantive", "steps and settings",
    ),
    (
        "因省去了反卷积，单帧推理时间从38ms缩短到15ms，精度只降低0.2个百分点。",
        "embodiment", "effect substantive", "figures tied to a means",
    ),
]  # fmt: skip

VAGUE: list[Case] = [
    ("本发明能够大幅提高检测精度和效率，效果显著。", "summary", "effect vague", "a slogan, no means"),
    ("The invention greatly improves accuracy and efficiency.", "summary", "effect vague", "a slogan, no means"),
    ("采用任意合适的深度神经网络作为模型即可。", "embodiment", "model vague", "left open without bound"),
    ("Any suitable neural network may be used as the model.", "embodiment", "model vague", "left open without bound"),
    ("明年计划再采集一万条数据。", "notes", "data vague", "a plan"),
    ("训练数据可以通过任意渠道获取。", "embodiment", "data vague", "from any channel"),
    ("Training data may be obtained from any available source.", "embodiment", "data vague", "from any source"),
    ("对模型进行训练，直至模型收敛，得到训练好的模型。", "embodiment", "training vague", "trained until convergence"),
    ("The model is trained in the usual way until it converges.", "embodiment", "training vague", "until convergence"),
    ("本方案符合伦理要求和相关法律法规。", "embodiment", "ethics vague", "an assurance without a measure"),
    ("The system complies with all ethical requirements and data protection laws.", "embodiment", "ethics vague", "an assurance"),
]  # fmt: skip

NOTHING: list[Case] = [
    ("现有技术采用五层卷积网络并用Adam优化器训练，学习率为0.01。", "background", "", "what the prior art does"),
    (
        "Smith et al. train a ResNet-50 on 40,000 images with a learning rate of 0.01.",
        "background", "", "what others do",
    ),
    (
        "The known method uses a network of four convolutional layers and reaches an accuracy of 91 %.",
        "background", "", "structure and effect of the prior art",
    ),
    ("对比文件1的方法将误检率从9%降到了5%。", "background", "", "an effect of the prior art"),
    ("The source of the training data is not disclosed.", "embodiment", "", "a negation"),
    ("图3为本发明实施例提供的电子设备的结构示意图。", "embodiment", "", "a list of drawings"),
    ("FIG. 2 is a schematic diagram of a device according to an embodiment.", "embodiment", "", "a list of drawings"),
    (
        "所述存储器可以是随机存取存储器、只读存储器、闪存或光盘。",
        "embodiment", "", "boilerplate about memory",
    ),
    ("The processor executes instructions stored in the memory.", "embodiment", "", "boilerplate about processors"),
    (
        "以上所述仅为本发明的较佳实施例，并不用以限制本发明的保护范围。",
        "embodiment", "", "boilerplate about the scope",
    ),
    (
        "Those skilled in the art will understand that various changes may be made without departing from the scope.",
        "embodiment", "", "boilerplate about the scope",
    ),
    ("列车模型按1:87的比例制作，用于展厅陈列。", "embodiment", "", "a scale model"),
    ("The train stops at the second layer of the parking deck.", "embodiment", "", "train and layer in another sense"),
    ("Sales grew by 35 % in the first year after the launch.", "summary", "", "a commercial effect"),
    ("支架通过四个M6螺栓固定在底板上。", "embodiment", "", "mechanics, evidence of nothing"),
    ("The cable enters the housing through a gland on the left side.", "embodiment", "", "mechanics"),
    ("请王工在周五前把附图发给代理人。", "notes", "", "office talk"),
    ("Thanks for the call yesterday; could you send the drawings by Friday?", "notes", "", "office talk"),
    ("详见图5。", "embodiment", "", "a pointer"),
    ("See Table 6.", "embodiment", "", "a pointer"),
    ("详细数据见附录B。", "embodiment", "", "a pointer"),
    ("该产品为公司新增营收两千万元。", "summary", "", "a commercial effect"),
    ("新员工须接受为期两周的安全培训。", "embodiment", "", "training of people"),
    ("The claims should be numbered and the abstract is still missing.", "notes", "", "office talk"),
    ("Customer satisfaction rose to 98 % and returns fell by half.", "summary", "", "a commercial effect"),
]  # fmt: skip

RED_FLAGS: list[Case] = [
    (
        "Hidden cameras record the faces of shoppers without their knowledge.",
        "embodiment", "ethics red_flag", "covert capture",
    ),
    ("系统按性别和年龄估计支付意愿，对女性顾客展示更高的价格。", "embodiment", "ethics red_flag", "price by sex and age"),
    ("Older applicants and women are offered a higher interest rate.", "embodiment", "ethics red_flag", "price by trait"),
    (
        "碰撞不可避免时，根据行人的性别和年龄选择撞击对象。",
        "embodiment", "ethics red_flag", "weighing lives: GL II-9, 6.1.1, example 2",
    ),
    ("从黑市购买泄露的用户手机号和住址用于训练。", "embodiment", "ethics red_flag", "leaked data"),
]  # fmt: skip

INNOCENT: list[Case] = [  # the same sensitive words, no conduct that Art. 5 would not bear
    ("人脸图像归一化为112×112像素后输入第一卷积网络。", "embodiment", "ethics red_flag", "faces as such: example 20"),
    ("根据患者年龄和性别校正肺活量的参考值。", "embodiment", "ethics red_flag", "traits as medical quantities"),
    ("The fare does not depend on the gender or age of the rider.", "embodiment", "ethics red_flag", "a safeguard"),
    ("The child seat is detected by a radar sensor in the roof.", "embodiment", "ethics red_flag", "children, protected"),
    ("隐藏层的维度为256。", "embodiment", "ethics red_flag", "hidden in another sense"),
    ("The position of the gripper is tracked by two cameras.", "embodiment", "ethics red_flag", "tracking a tool"),
]  # fmt: skip


def read(cases: Sequence[Case]) -> list[tuple[Judgement, ...]]:
    return judge([Passage(text, context) for text, context, _, _ in cases], LAW)  # type: ignore[arg-type]


def said(found: Sequence[Judgement]) -> set[str]:
    return {f"{j.requirement} {j.strength}" for j in found}


def wanted(label: str) -> str:
    short, strength = label.split()
    return f"{SHORT[short]} {strength}"


# A negation taken for vague words on the source.
KNOWN_FALSE: set[str] = set()
# Just below the probability from which such a sentence is shown.
KNOWN_MISSES: set[str] = set()


@pytest.mark.parametrize("cases", [SUBSTANCE, VAGUE, RED_FLAGS], ids=["substance", "vague", "red flags"])
def test_evidence_is_found(cases: list[Case]) -> None:
    wrong = [
        (text, label, said(found), why)
        for (text, _, label, why), found in zip(cases, read(cases), strict=True)
        if wanted(label) not in said(found)
    ]
    missed = [item for item in wrong if item[0] not in KNOWN_MISSES]
    assert missed == []
    assert [item[0] for item in wrong] == [text for text, *_ in cases if text in KNOWN_MISSES], "a mended case must go"


def test_vague_words_are_no_substance() -> None:
    wrong = [
        (text, said(found))
        for (text, _, label, _), found in zip(VAGUE, read(VAGUE), strict=True)
        if f"{SHORT[label.split()[0]]} substantive" in said(found)
    ]
    assert wrong == []


def test_what_is_evidence_of_nothing_carries_no_label() -> None:
    wrong = [(text, said(f), why) for (text, _, _, why), f in zip(NOTHING, read(NOTHING), strict=True) if f]
    assert [item for item in wrong if item[0] not in KNOWN_FALSE] == []
    assert {item[0] for item in wrong} == KNOWN_FALSE, "a mended case must go"


def test_a_short_negation_carries_no_label() -> None:
    assert judge([Passage("训练数据的来源未公开。", "embodiment")], LAW) == [()]


def test_a_short_negation_is_no_substance() -> None:
    assert "training_data_source substantive" not in said(
        judge([Passage("训练数据的来源未公开。", "embodiment")], LAW)[0]
    )


def test_a_sensitive_word_alone_is_no_red_flag() -> None:
    wrong = [
        (text, why)
        for (text, _, label, why), found in zip(INNOCENT, read(INNOCENT), strict=True)
        if wanted(label) in said(found)
    ]
    assert wrong == []


def test_the_tables_know_both_languages() -> None:
    for cases in (SUBSTANCE, VAGUE, NOTHING, RED_FLAGS, INNOCENT):
        chinese = [any("\u4e00" <= c <= "\u9fff" for c in text) for text, *_ in cases]
        assert 0.3 <= sum(chinese) / len(chinese) <= 0.7
    assert {label for *_, label, _ in SUBSTANCE} == {f"{name} substantive" for name in SHORT}


# --- the same sentence, the same answer --------------------------------------------------------------------

ALL = SUBSTANCE + VAGUE + NOTHING + RED_FLAGS + INNOCENT


def test_one_by_one_and_in_a_batch() -> None:
    batch = read(ALL)
    backwards = read(ALL[::-1])[::-1]
    single = [read([case])[0] for case in ALL]
    for together, reverse, alone in zip(batch, backwards, single, strict=True):
        assert together == reverse
        assert [(j.requirement, j.strength, j.elements) for j in together] == [
            (j.requirement, j.strength, j.elements) for j in alone
        ]
        assert np.allclose([j.confidence for j in together], [j.confidence for j in alone], atol=1e-6)


def test_traditional_characters_read_as_simplified() -> None:
    import opencc

    convert = opencc.OpenCC("s2t").convert
    chinese = [case for case in ALL if any("\u4e00" <= c <= "\u9fff" for c in case[0])]
    traditional = [(convert(text), context, label, why) for text, context, label, why in chinese]
    assert any(a[0] != b[0] for a, b in zip(chinese, traditional, strict=True))
    changed = [
        text
        for (text, *_), one, other in zip(chinese, read(chinese), read(traditional), strict=True)
        if said(one) != said(other)
    ]
    assert changed == []


def test_line_breaks_do_not_change_the_answer() -> None:
    cases = [case for case in SUBSTANCE if " " in case[0]]
    broken = [(text.replace(" ", "\n", 3), context, label, why) for text, context, label, why in cases]
    assert read(broken) == read(cases)


def test_nothing_in_nothing_out() -> None:
    assert judge([], LAW) == []
    assert judge([Passage(""), Passage("。"), Passage("123 456")], LAW) == [(), (), ()]


@pytest.mark.parametrize("case", ALL[::4], ids=lambda case: case[0][:12])
def test_judgements_are_well_formed(case: Case) -> None:
    lowest = dict(zip(encoder.tuned().outputs, encoder.tuned().threshold, strict=True))
    for j in read([case])[0]:
        assert lowest[f"{j.requirement}:{j.strength}"] <= j.confidence <= 1
        assert j.elements and all(LAW.element(name) for name in j.elements)
        if j.strength != "red_flag":
            assert {LAW.element(name).requirement for name in j.elements} == {j.requirement}


# --- the place in the draft ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [c for c in SUBSTANCE if not c[2].startswith("scenario")], ids=lambda c: c[0][:12])
def test_in_the_background_only_a_technical_problem_counts(case: Case) -> None:
    """What stands there is what the art does: the same words are evidence elsewhere, and none there."""
    found = judge([Passage(case[0], "background")], LAW)[0]
    assert {j.requirement for j in found} <= {"technical_scenario"}


def test_contexts_are_those_of_the_contract() -> None:
    assert set(CONTEXTS) == {"background", "summary", "embodiment", "claim", "disclosure", "notes"}


PUMP = """水泵空化识别方法
技术领域
本发明涉及水泵状态监测。
背景技术
空化初期的气泡溃灭能量集中在20kHz以上，常规1kHz带宽的振动监测看不到，等扬程下降时叶轮已经剥蚀。
现有方法采用五层卷积网络，用Adam优化器以0.01的学习率训练。
发明内容
本发明提供一种识别空化的方法。
具体实施方式
{LAYERS}
{TRAINING}
{PHOTO}
"""
LAYERS = "识别网络包括依次连接的三个卷积层、一个双向LSTM层和一个全连接层，卷积核长度分别为15、7和3。"
TRAINING = "采用Adam优化器，初始学习率0.001，批大小32，训练80轮，验证集损失连续10轮不再下降时停止。"
PHOTO = "安装支架的照片见附件。"
PARTS = {"model_construction": LAYERS, "training_method": TRAINING}


def pump(**parts: str) -> Draft:
    text = PUMP.format(**{"LAYERS": LAYERS, "TRAINING": TRAINING, "PHOTO": PHOTO, **parts})
    return structure(Document("pump.txt", "txt", text, (), (), (), ""))


def quotes(draft: Draft) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for sentence, j in find_evidence(draft, LAW):
        found.setdefault(j.requirement, set()).add(sentence.text)
    return found


def test_the_background_gives_the_problem_and_nothing_else() -> None:
    draft = pump()
    background = next(s for s in draft.sections if s.kind == "background")
    there = [(s.text, j) for s, j in find_evidence(draft, LAW) if background.start <= s.start < background.end]
    assert {j.requirement for _, j in there} == {"technical_scenario"}
    assert all("现有方法" not in text for text, _ in there)


@pytest.mark.parametrize("requirement", sorted(PARTS))
def test_a_sentence_takes_its_evidence_with_it(requirement: str) -> None:
    sentence = PARTS[requirement]
    name = "LAYERS" if sentence == LAYERS else "TRAINING"
    whole, without = quotes(pump()), quotes(pump(**{name: ""}))
    assert sentence in whole[requirement]
    assert all(sentence not in texts for texts in without.values())
    for other in whole:  # ... and leaves the rest as it was
        assert without.get(other, set()) == whole[other] - {sentence}


@pytest.mark.parametrize(
    ("sentence", "requirement"),
    [
        ("人脸图像仅在本地终端内处理，提取特征后立即删除原图，不上传服务器。", "ethics"),
        ("以焦点损失为目标函数，用随机梯度下降更新参数，学习率每30轮乘以0.1，共训练90轮。", "training_method"),
        ("编码器由4个残差块构成，每个残差块的输出与解码器同尺度的特征图拼接后送入上采样层。", "model_construction"),
    ],
)
def test_a_sentence_brings_its_evidence(sentence: str, requirement: str) -> None:
    before, after = quotes(pump()), quotes(pump(PHOTO=PHOTO + sentence))
    assert sentence not in before.get(requirement, set())
    assert sentence in after[requirement]


def test_quotes_are_the_drafts_own_words() -> None:
    draft = pump(PHOTO="The encoder has six transformer layers with eight heads each. " + PHOTO)
    found = find_evidence(draft, LAW)
    assert found
    for sentence, _ in found:
        assert draft.text[sentence.start : sentence.end] == sentence.text


def test_astral_characters_count_as_one() -> None:
    """Offsets are code points: an ideograph beyond the basic plane must not shift what follows."""
    draft = pump(PHOTO="𠮷田牌传感器😀。" + LAYERS.replace("识别网络", "𠮷形网络"))
    texts = [s.text for s, _ in find_evidence(draft, LAW)]
    assert any(text.startswith("𠮷形网络") for text in texts)
    for sentence, _ in find_evidence(draft, LAW):
        assert draft.text[sentence.start : sentence.end] == sentence.text


SCOPE = [  # (sentence before, sentence, whether the second speaks of others, why)
    ("某厂商的系统采用两阶段检测网络。", "其模型用五年的历史数据训练，学习率为0.001。", True, "the vendor's model"),
    ("现有方案采用卷积网络。", "该网络由三层卷积和两层全连接组成。", True, "that network is the prior art's"),
    ("本方案采用卷积网络。", "该网络由三层卷积和两层全连接组成。", False, "our own network"),
    ("现有方案采用卷积网络。", "与之不同，本方案的网络由三层卷积组成。", False, "turns to the own scheme"),
    ("Vendor A sells a conventional system with two-stage detection.", "It was trained with Adam for 80 epochs.", True,
     "it is the vendor's"),
    ("A conventional system uses two-stage detection.", "We train ours with Adam for 80 epochs.", False, "we"),
    ("Our system uses two-stage detection.", "It was trained with Adam for 80 epochs.", False, "it is ours"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "text", "others", "why"), SCOPE, ids=[case[3] for case in SCOPE])
def test_what_is_said_of_others_reaches_the_next_sentence(before: str, text: str, others: bool, why: str) -> None:
    gap = "" if text[0] > "z" else " "
    one = Sentence(before, 0, len(before), "embodiments")
    start = len(before) + len(gap)
    two = Sentence(text, start, start + len(text), "embodiments")
    assert evidence._of_others([one, two], LAW) == [False, others]
    apart = Sentence(text, start + 2, start + 2 + len(text), "embodiments")
    assert evidence._of_others([one, apart], LAW) == [False, False], "a new paragraph is a new matter"


def test_the_title_is_evidence_of_nothing() -> None:
    title = "一种基于可变形卷积神经网络的轴承故障诊断方法"
    text = f"{title}\n技术领域\n本发明涉及轴承诊断。\n发明内容\n{title}。\n"
    draft = structure(Document("title.md", "md", text, (), (), (), ""))
    assert draft.title == title
    assert [s.text for s, _ in find_evidence(draft, LAW) if "可变形" in s.text] == []


FORMALITIES = [
    (
        "This application claims the benefit of U.S. Provisional Application No. 61/000,001 on training of a network.",
        True,
    ),
    ("The disclosures of the above are incorporated herein by reference in their entirety.", True),
    ("This invention was made with government support under a grant, and data were collected in its course.", True),
    ("FIG. 3 is a flow chart of training the acoustic model on 3,200 recordings.", True),
    ('The term "model" as used herein refers to a network trained on labelled images.', True),
    ("The network of FIG. 3 was trained on 3,200 labelled recordings from eight pumping stations.", False),
    ("本申请要求2024年5月6日提交的申请号为202400000001.0的中国专利申请的优先权。", True),
    ("上述申请的全部内容以引用的方式并入本文。", True),
    ("所谓训练数据，是指用于确定模型参数的带标签样本。", True),
    ("图3为模型训练流程示意图。", True),
    ("如图3所示，训练数据取自八座泵站2023年的振动记录，共3200段。", False),
    ("Best regards,", True),  # drafts come as letters, too
    ("Thanks, Anna", True),
    ("- Drawings: one plot with three curves, one flow chart with four boxes.", True),
    ("Best accuracy, 96 %, was reached with four convolution layers of 64 kernels.", False),
    ("王工您好，", True),
    ("此致敬礼", True),
    ("All rights reserved.", True),
    ("Details will follow.", True),
    ("待补充", True),
    ("模型用什么数据训练？", True),  # a form asks; it does not answer
    ("[12] A. Author, B. Writer: Learning from few labels. NeurIPS 2017, 5998-6008.", True),
    ("[0012] The network was trained on 3,200 labelled recordings from eight pumping stations.", False),
    ("None of the 3,200 recordings shows a person; all come from eight pumping stations.", False),
]


@pytest.mark.parametrize(("text", "formality"), FORMALITIES, ids=[t[:24] for t, _ in FORMALITIES])
def test_formalities_are_evidence_of_nothing(text: str, formality: bool) -> None:
    assert bool(LAW.filters["scope_formalities"].search(evidence.normal(text))) == formality
    draft = read_draft(text.encode(), "d.txt")
    assert not formality or not find_evidence(draft, LAW)


# What every application has, in the usual words: none of it may be passed over because it is usual.
PLAIN = {
    "training_data_source": [
        "训练集包含698篇文档，测试集77篇。",
        "将数据集按照8:1:1的比例划分为训练集、验证集和测试集。",
        "采集了5000张钢板表面图像，由三名质检员标注缺陷类别。",
        "对训练图像进行随机翻转、旋转和裁剪以扩充样本。",
        "The dataset was split into training, validation and test sets at a ratio of 8:1:1.",
        "The training set comprises 4,210 images and the test set 600.",
        "5,000 images of steel plates were collected and labelled by three inspectors.",
    ],
    "training_method": [
        "损失函数采用交叉熵损失。",
        "学习率设为0.001，批大小为32，训练100轮。",
        "采用Adam优化器更新网络参数，初始学习率为1e-4。",
        "当验证集损失连续10轮不再下降时停止训练。",
        "The loss function is the cross entropy between prediction and label.",
        "The network was trained with Adam at a learning rate of 0.001 for 100 epochs, batch size 32.",
        "Training stops when the validation loss has not decreased for ten epochs.",
    ],
    "model_construction": [
        "该网络由输入层、三个卷积层、两个池化层和一个全连接层组成。",
        "编码器包括四个残差块，每个残差块含两个3×3卷积层。",
        "模型采用U-Net结构，编码器与解码器之间设置跳跃连接。",
        "The network consists of three convolutional layers, two pooling layers and one fully connected layer.",
        "The encoder has four residual blocks, each with two 3x3 convolutional layers.",
        "The hidden layer of the LSTM has 128 units.",
    ],
    "technical_effect": [
        "与现有方法相比，本发明的检测准确率由85%提高到93%。",
        "通过引入注意力模块，小目标漏检率降低了12%。",
        "Compared with the conventional method, the detection accuracy rose from 85 % to 93 %.",
        "Owing to the attention module, the miss rate on small objects fell by 12 %.",
    ],
    "technical_scenario": [
        "将振动信号输入训练好的模型，输出轴承故障类型，并据此发出停机信号。",
        "The vibration signal is fed to the trained model, which outputs the fault type of the bearing, upon which the "
        "machine is stopped.",
    ],
    "ethics": [
        "人脸图像仅在本地处理，不上传至服务器，24小时后自动删除。",
        "All patient data were anonymised and used with informed consent.",
        "The final decision is made by a physician, who may override the recommendation.",
    ],
}


@pytest.mark.parametrize(
    ("text", "requirement", "named"),
    [
        (
            "以交叉熵为损失函数，由Adam优化器更新参数，学习率为0.0005，训练20轮，验证集损失连续3轮不再下降时停止。",
            "training_method",
            {"TM3", "TM4", "TM5", "TM7"},
        ),
        (
            "The weights are updated by AdamW with a learning rate of 3e-4, and training stops when the validation loss "
            "has not fallen for ten epochs.",
            "training_method",
            {"TM4", "TM5", "TM7"},
        ),
        ("与逐行扫描相比，单帧处理时间由84毫秒缩短到19毫秒。", "technical_effect", {"TE1", "TE2", "TE5"}),
    ],
)
def test_one_sentence_may_name_several_elements(text: str, requirement: str, named: set[str]) -> None:
    """A cue that is never a coincidence (``named_by_cue``) names its element, however little the encoder thinks of it."""
    (found,) = judge([Passage(text, "embodiment")], LAW)
    (elements,) = [set(j.elements) for j in found if (j.requirement, j.strength) == (requirement, "substantive")]
    assert named <= elements


PASSED_OVER = {  # still; strict, so that a mended case must leave the list
    "与现有方法相比，本发明的检测准确率由85%提高到93%。",
    "All patient data were anonymised and used with informed consent.",
    "The loss function is the cross entropy between prediction and label.",  # words alone hear too little in it
}


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        pytest.param(
            text, r, id=f"{r} {text[:24]}",
            marks=[pytest.mark.xfail(strict=True, reason="the model is not there yet")] if text in PASSED_OVER else [],
        )
        for r, texts in PLAIN.items()
        for text in texts
    ],
)  # fmt: skip
def test_the_usual_sentence_is_found(text: str, requirement: str) -> None:
    (found,) = judge([Passage(text, "embodiment")], LAW)
    assert (requirement, "substantive") in {(j.requirement, j.strength) for j in found}
