"""The bundled sample drafts: what a careful reader says of each by the law, whatever the tool happens to answer."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from patentprep.assessment import assess
from patentprep.cli import main
from patentprep.model import REQUIREMENTS, Draft
from patentprep.report.as_json import to_dict
from patentprep.resources import folder, load_yaml
from patentprep.structure import read_draft

SAMPLES = folder("data") / "samples"
COVERED, PARTIAL, MISSING, NONE = "covered", "partial", "not_found", "not_applicable"
CN_ORDER = (
    "technical_field",
    "background",
    "summary",
    "drawings",
    "embodiments",
)  # Implementing Regulations, Rule 20


@dataclass(frozen=True)
class Expected:
    shows: str
    level: str
    exit: int
    verdicts: set[str]
    statuses: dict[str, set[str]]
    title: str
    sections: set[str]
    claims: int = 0
    independent: dict[int, str] = field(default_factory=dict)  # number -> category
    pages: int | None = None
    flagged: tuple[str, ...] = ()  # the sentences with these words are red flags, and ...
    innocent: tuple[str, ...] = ()  # ... these are none, though they name faces, persons or health
    evidence: tuple[tuple[str, str], ...] = ()  # requirement, words of a sentence that must be quoted for it
    silent: tuple[str, ...] = ()  # words of sentences that are evidence of nothing


def each(**statuses: str | set[str]) -> dict[str, set[str]]:
    return {name: {status} if isinstance(status, str) else status for name, status in statuses.items()}


ALL_COVERED: dict[str, set[str]] = {name: {COVERED} for name in REQUIREMENTS}
FULL = {"abstract", "claims", *CN_ORDER}

EXPECTED = {
    "gearbox-ready-zh.docx": Expected(
        shows="ready", level="ready", exit=0, verdicts={"technical_solution"}, statuses=ALL_COVERED,
        title="风电齿轮箱振动故障诊断方法、装置及存储介质", sections=FULL,
        # a medium that carries out the method of claims 1 to 6 is an independent claim (GL II-2, 3.1.2)
        claims=8, independent={1: "method", 7: "apparatus", 8: "medium"},
        innocent=("不采集也不处理个人信息", "由两名振动分析工程师"),
        evidence=(
            ("technical_scenario", "故障谱线随之展宽并移出固定频带"),
            ("technical_effect", "去掉掩码分支后降为0.86"),
            ("model_construction", "卷积核长度依次为64、16、5和3"),
            ("training_data_source", "训练数据取自两个风电场的24台"),
            ("training_data_source", "两名振动分析工程师"),
            ("training_method", "初始学习率为0.001，每20轮减半"),
            ("ethics", "须由运维人员核对谱图后确认"),
        ),
        silent=("图1为本发明实施例的方法流程图", "下面结合附图和实施例", "本发明还提供执行上述方法的装置"),
    ),
    "ecg-ready-en.pdf": Expected(
        shows="ready", level="ready", exit=0, verdicts={"technical_solution"}, statuses=ALL_COVERED,
        title="WEARABLE ELECTROCARDIOGRAM MONITOR WITH MOTION-GATED BEAT CLASSIFICATION", sections=FULL,
        claims=7, independent={1: "apparatus", 5: "method", 7: "medium"}, pages=7,
        innocent=("Women make up 52 %", "Names, birth dates and record numbers", "overwritten after 24 hours"),
        evidence=(
            ("technical_scenario", "half-cell potential between skin and gel"),
            ("technical_effect", "without the gating branch reported 212"),
            ("model_construction", "with kernel lengths of 15, 9 and 5, strides of 2, and"),
            ("training_data_source", "recordings of 148 adult volunteers"),
            ("training_data_source", "Two cardiac technicians labelled each beat"),
            ("training_method", "Adam optimiser updates the weights with a learning rate"),
            ("ethics", "gave written informed consent"),
            ("ethics", "Names, birth dates and record numbers were removed"),
        ),
        silent=("FIG. 2 is a block diagram", "FIG. 3 is a flow chart"),
    ),
    "memory-scheduling-zh.md": Expected(
        # path P2 of GL II-9, 6.1.3: better use of the computer's own resources, no outside field needed
        shows="gaps", level="needs_work", exit=0, verdicts={"technical_solution"},
        statuses=ALL_COVERED | each(training_method=PARTIAL),  # "trained until convergence"
        title="大语言模型推理服务的显存调度方法及装置", sections=FULL,
        claims=5, independent={1: "method", 5: "apparatus"},
        innocent=("日志只保留词元数和隐藏状态", "账号字段在写入日志前删除"),
        evidence=(
            ("technical_scenario", "预留的显存中超过60%从未被写入"),
            ("technical_effect", "单步时延的99分位数由212毫秒降到41毫秒"),
            ("model_construction", "预测器为两层感知机"),
            ("training_data_source", "12万条请求日志"),
            ("ethics", "不保存提示词和回答的文本"),
        ),
        silent=("图1为本发明实施例", "空闲物理块以位图记录"),
    ),
    "drone-crop-gaps-en.docx": Expected(
        shows="gaps", level="not_ready", exit=1, verdicts={"technical_solution"},
        statuses=each(
            technical_scenario=COVERED,
            technical_effect=PARTIAL,  # "much more accurate", no figures and no comparison
            model_construction={PARTIAL, MISSING},  # "deep network with an attention module", "any suitable"
            training_data_source={PARTIAL, MISSING},  # "from various sources"
            training_method=MISSING,  # "trained in advance"
            ethics={MISSING, PARTIAL},  # "to be checked"; cells can be switched off by hand
        ),
        title="Finding leaf blight in potato fields from drone images",
        sections={"technical_field", "background", "summary", "embodiments", "drawings"},
        innocent=("Workers and neighbouring houses",),
        evidence=(
            ("technical_scenario", "both lower the near-infrared reflectance"),
            ("technical_scenario", "section valves of the sprayer open"),
        ),
        silent=("Field robotics, image group", "Do you need the source code", "we expect to sell more sprayers",
                "Customers will be more satisfied", "A talk at the spring plant protection meeting"),
    ),
    "attention-pure-algorithm-en.txt": Expected(
        shows="pure_algorithm", level="not_ready", exit=1, verdicts={"pure_algorithm"},
        statuses=each(
            technical_scenario=MISSING,
            technical_effect=PARTIAL,  # fewer iterations and a lower loss on synthetic sequences
            model_construction=COVERED,
            training_data_source=COVERED,
            training_method=COVERED,
            ethics=NONE,  # sequences drawn by a program; no decision about people
        ),
        title="SCALE-INVARIANT ATTENTION WITH ADAPTIVE EXPONENT", sections=FULL,
        claims=6, independent={1: "method", 5: "system", 6: "medium"},
        evidence=(
            ("model_construction", "first linear layer with three inputs and 16 outputs"),
            ("training_data_source", "random hidden Markov process"),
            ("training_method", "updated by AdamW with a learning rate"),
        ),
        silent=("The proof follows by applying the quotient rule", "FIG. 1 is a flow diagram",
                "The memory may be a random access memory"),
    ),
    "mall-faces-red-flag-zh.pdf": Expected(
        # cameras and a network for side faces: Art. 5.1 is the obstacle, not Art. 2.2 (GL II-9, 6.1.1, Example 1)
        shows="red_flag", level="not_ready", exit=1, verdicts={"technical_solution", "uncertain"},
        statuses=each(
            technical_scenario={COVERED, PARTIAL},
            technical_effect={COVERED, PARTIAL},
            model_construction=COVERED,
            training_data_source={COVERED, PARTIAL},
            training_method=COVERED,
            ethics=MISSING,  # red flags and no safeguard
        ),
        title="一种基于人脸识别的门店个性化定价方法",
        sections={"technical_field", "background", "summary", "embodiments", "drawings"}, pages=2,
        flagged=("摄像头外形做成烟雾报警器的样子", "无需征得顾客同意", "按照顾客的性别和年龄调整价格",
                 "用爬虫从社交网站上抓取的个人头像"),
        innocent=("只统计人数，不区分个人", "裁剪为112×112像素的图像", "侧脸45度至75度的图像的识别率",
                  "单张人脸耗时18毫秒", "收银员的操作界面不变", "请代理师一并评估风险"),
        evidence=(
            ("technical_effect", "由71%提高到92%"),
            ("model_construction", "采用50层残差网络"),
            ("training_method", "采用加性角度间隔损失"),
        ),
        silent=("填写日期", "提案部门", "收银员的操作界面不变"),
    ),
}  # fmt: skip

each_sample = pytest.mark.parametrize("name", EXPECTED)


@cache
def draft_of(name: str) -> Draft:
    return read_draft(SAMPLES / name, name)


@cache
def report_of(name: str) -> dict[str, Any]:
    draft = draft_of(name)
    return to_dict(assess(draft), draft.language)


def sentences_with(name: str, words: str) -> list[tuple[int, int]]:
    """Ranges of the sentences that hold the words; the words must stand in the draft."""
    found = [(s.start, s.end) for s in draft_of(name).sentences if words in s.text]
    assert found, f"{name} has no sentence with {words!r}"
    return found


def evidence_of(name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Requirement, status of the element, and the piece of evidence."""
    return [
        (requirement["id"], element["status"], item)
        for requirement in report_of(name)["requirements"]
        for element in requirement["elements"]
        for item in element["evidence"]
    ]


def overlap(item: dict[str, Any], ranges: list[tuple[int, int]]) -> bool:
    return item["start"] is not None and any(item["start"] < end and start < item["end"] for start, end in ranges)


# --- the index --------------------------------------------------------------------------------------------


def test_index_lists_the_files() -> None:
    index = load_yaml(SAMPLES / "index.yaml")
    index.expect({"samples"})
    listed = []
    for sample in index.blocks("samples"):
        sample.expect({"file", "language", "title", "about", "shows"})
        for key in ("title", "about"):
            sample.block(key).expect({"zh", "en"})
            assert sample.block(key).text("zh") and sample.block(key).text("en")
        sample.one_of("shows", ("ready", "pure_algorithm", "gaps", "red_flag"))
        name = sample.text("file")
        assert sample.text("shows") == EXPECTED[name].shows
        assert sample.one_of("language", ("zh", "en")) == draft_of(name).language
        listed.append(name)
    assert sorted([*listed, "index.yaml"]) == sorted(path.name for path in SAMPLES.iterdir())
    assert set(listed) == set(EXPECTED)


@each_sample
def test_files_are_small(name: str) -> None:
    assert (SAMPLES / name).stat().st_size < 300_000  # they travel with the package


def test_fonts_of_the_chinese_pdf_are_embedded() -> None:
    from pypdf import PdfReader

    fonts = {
        str(font["/BaseFont"]): font
        for page in PdfReader(SAMPLES / "mall-faces-red-flag-zh.pdf").pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    chinese = [font for base, font in fonts.items() if "Noto" in base]
    assert chinese and all(re.match(r"/[A-Z]{6}\+", str(font["/BaseFont"])) for font in chinese)  # subsets
    assert all("/FontFile2" in font["/FontDescriptor"] for font in chinese)


# --- reading and structure --------------------------------------------------------------------------------


@each_sample
def test_structure(name: str) -> None:
    draft, expected = draft_of(name), EXPECTED[name]
    assert draft.title == expected.title
    assert expected.sections <= {section.kind for section in draft.sections}
    assert (len(draft.document.pages) or None) == expected.pages
    assert not draft.document.warnings and not draft.unparsed
    order = [s.kind for s in draft.sections if s.kind in CN_ORDER]
    if expected.claims:
        assert tuple(order) == CN_ORDER
    assert "�" not in draft.text


@each_sample
def test_claims(name: str) -> None:
    draft, expected = draft_of(name), EXPECTED[name]
    assert [claim.number for claim in draft.claims] == list(range(1, expected.claims + 1))
    assert {c.number: c.category for c in draft.claims if c.independent} == expected.independent


def test_numbered_paragraphs_of_the_pdf() -> None:
    document = draft_of("ecg-ready-en.pdf").document
    assert [label.label for label in document.labels] == [f"[{n:04d}]" for n in range(1, len(document.labels) + 1)]
    assert len(document.labels) == 21
    assert not re.search(r"\[\d{4}\]|^\d$", document.text, re.MULTILINE)  # neither labels nor page numbers
    place = next(s for s in draft_of("ecg-ready-en.pdf").sentences if "written informed consent" in s.text)
    assert place.paragraph == "[0014]"


def test_cells_of_the_form_are_read() -> None:
    assert "Department | Field robotics, image group" in draft_of("drone-crop-gaps-en.docx").text


# --- the answers ------------------------------------------------------------------------------------------


@each_sample
def test_readiness_and_exit_status(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(SAMPLES / name)]) == EXPECTED[name].exit
    printed = capsys.readouterr()
    assert printed.out and not printed.err
    assert report_of(name)["readiness"]["level"] == EXPECTED[name].level


@each_sample
@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_status(name: str, requirement: str) -> None:
    answer = {r["id"]: r["status"] for r in report_of(name)["requirements"]}
    assert answer[requirement] in EXPECTED[name].statuses[requirement]


@each_sample
def test_eligibility(name: str) -> None:
    answer, expected = report_of(name)["eligibility"], EXPECTED[name]
    assert answer["verdict"] in expected.verdicts
    assert 1 in {claim["number"] for claim in answer["claims"]} or not expected.claims
    assert all(claim["verdict"] in expected.verdicts for claim in answer["claims"])
    named = any(finding["rule"] == "eligibility/pure-algorithm" for finding in report_of(name)["findings"])
    assert named == ("pure_algorithm" in expected.verdicts)


@each_sample
def test_red_flags(name: str) -> None:
    expected = EXPECTED[name]
    flags = [finding for finding in report_of(name)["findings"] if finding["rule"].startswith("ethics/")]
    missed = [w for w in expected.flagged if not any(overlap(f, sentences_with(name, w)) for f in flags)]
    assert not missed
    wrong = [w for w in expected.innocent if any(overlap(f, sentences_with(name, w)) for f in flags)]
    assert not wrong
    assert bool(flags) == bool(expected.flagged)


@each_sample
def test_no_formal_defect(name: str) -> None:
    """All samples are drafted with care; what they show lies in the substance."""
    others = [f for f in report_of(name)["findings"] if not f["rule"].startswith(("ethics/", "eligibility/"))]
    assert [(f["rule"], f.get("message")) for f in others] == []


@each_sample
def test_evidence(name: str) -> None:
    found = [(requirement, item) for requirement, status, item in evidence_of(name) if status == "found"]
    missed = [
        (requirement, words)
        for requirement, words in EXPECTED[name].evidence
        if not any(r == requirement and overlap(item, sentences_with(name, words)) for r, item in found)
    ]
    assert not missed


@each_sample
def test_sentences_that_are_evidence_of_nothing(name: str) -> None:
    found = [(requirement, item) for requirement, status, item in evidence_of(name) if status == "found"]
    wrong = [
        (requirement, words)
        for words in EXPECTED[name].silent
        for requirement, item in found
        if overlap(item, sentences_with(name, words))
    ]
    assert not wrong


@each_sample
def test_evidence_points_into_the_draft(name: str) -> None:
    draft = draft_of(name)
    items = [item for _, _, item in evidence_of(name)]
    assert items
    for item in items:
        assert draft.text[item["start"] : item["end"]] == item["quote"]
        assert (item["page"] is None) == (not draft.document.pages)
