"""Two versions of a draft side by side: what was closed, opened and left, and what Art. 33 would no longer allow."""

import argparse
import json
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentprep import assessment as assessing
from patentprep import compare_command, evidence
from patentprep.assessment import assess
from patentprep.checklist import Checklist, load_checklist
from patentprep.compare import Change, Comparison, change_of, compare
from patentprep.errors import FileMissing
from patentprep.evidence import Judgement
from patentprep.model import (
    Assessment,
    ClaimVerdict,
    Document,
    Draft,
    ElementStatus,
    Eligibility,
    Finding,
    Lang,
    Sentence,
    Strength,
)
from patentprep.report.compare import FORMATS, compare_html, compare_page, comparison_dict, render
from patentprep.report.compare_text import gone_runs
from patentprep.resources import folder
from patentprep.strings import LANGUAGES, keys, t
from patentprep.structure import read_draft, structure
from patentprep.text_diff import pair, word_diff, wording

LAW = load_checklist("cn-2026")
EVIL = '<img src=x onerror="alert(1)">&'
_SAYS = re.compile(r"([A-Z]{2}\d+)(v?)")


def judged(draft: Draft, law: Checklist, on_step: object = None) -> tuple[tuple[Sentence, Judgement], ...]:
    """A sentence such as ``... TM4 ...`` says itself what it is evidence of; ``TM4v`` says it vaguely."""
    strengths: dict[str, Strength] = {"": "substantive", "v": "vague"}
    return tuple(
        (s, Judgement(law.element(name).requirement, strengths[vague], 0.9, (name,), ""))
        for s in draft.sentences
        for name, vague in _SAYS.findall(s.text)
    )


def flagged(draft: Draft) -> tuple[Finding, ...]:
    """A sentence with the word 瑕疵 has a defect, whose facts name the claim."""
    return tuple(
        Finding("claims/antecedent", "serious", s.start, s.end, None, (("term", "x"), ("claim", str(s.claim))))
        for s in draft.sentences
        if "瑕疵" in s.text
    )


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    def eligibility(draft: Draft) -> Eligibility:
        claims = tuple(ClaimVerdict(c.number, "technical_solution", 0.1) for c in draft.claims if c.independent)
        return Eligibility("technical_solution", 0.1, claims, ())

    monkeypatch.setattr(assessing, "find_evidence", judged)
    monkeypatch.setattr(evidence, "find_evidence", judged)
    monkeypatch.setattr(assessing, "formal_findings", flagged)
    monkeypatch.setattr(assessing, "assess_draft_eligibility", eligibility)


def assessed(text: str, name: str = "稿.txt") -> Assessment:
    return assess(structure(Document(name, "txt", text, (), (), (), f"of {len(text)}")))


CLAIMS = ("一种齿轮箱故障诊断方法，其特征在于，采集箱体的振动加速度信号，将所述信号输入神经网络，得到故障类别。",)


def draft(*description: str, abstract: str = "", claims: tuple[str, ...] = CLAIMS) -> str:
    parts = ["一种齿轮箱故障诊断方法"]
    if abstract:
        parts += ["说明书摘要", abstract]
    parts += ["权利要求书", *(f"{n}. {text}" for n, text in enumerate(claims, 1))]
    parts += ["技术领域", "本发明涉及旋转机械的状态监测。", "背景技术", "现有方法在变转速下误报多。"]
    parts += ["具体实施方式", "神经网络模型在服务器上运行。", *description]
    return "\n".join(parts) + "\n"


def between(old: str, new: str) -> Comparison:
    return compare(assessed(old, "旧.txt"), assessed(new, "新.txt"))


# --- wording ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("误差＜５％，即可。", "误差<5%,即可", True),  # width and punctuation
        ("訓練數據", "训练数据", True),
        ("The network has two layers.", "the Network, has two layers", True),
        ("功率为5 mW", "功率为5 MW", False),  # a billion times more
        ("学习率0.1", "学习率0.01", False),
        ("温度>80℃", "温度<80℃", False),
        ("偏移-5到5", "偏移5到5", False),
    ],
)
def test_wording_ignores_what_does_not_matter_and_nothing_else(one: str, other: str, same: bool) -> None:
    assert (wording(one) == wording(other)) is same


def marked(old: str, new: str) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(
        marks[r.op].format((old if r.op == "removed" else new)[r.start : r.end]) for r in word_diff(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("学习率为0.001，训练80轮。", "学习率为0.0005，训练80轮。", "学习率为[-0.001-]{+0.0005+}，训练80轮。"),
        (
            "包括两个卷积层。",
            "包括三个全连接层。",
            "包括[-两个卷积-]{+三个全连接+}层。",
        ),  # no lone 个 between two changes
        ("a rate of 0.1 is used", "a rate of 0.2 is used", "a rate of [-0.1 -]{+0.2 +}is used"),
        ("trained offline", "trained offline with Adam", "trained offline {+with Adam+}"),
        ("训练，完成。", "训练完成", "训练完成"),
        ("", "新", "{+新+}"),
        ("旧", "", "[-旧-]"),
    ],
)
def test_word_diff(old: str, new: str, shown: str) -> None:
    assert marked(old, new) == shown


@settings(max_examples=150, deadline=None)
@given(st.text("训练网络，。; ab01.\n", max_size=60), st.text("训练网络，。; ab01.\n", max_size=60))
def test_the_runs_make_up_the_newer_text(old: str, new: str) -> None:
    runs = word_diff(old, new, 100, 200)
    assert "".join(new[r.start - 200 : r.end - 200] for r in runs if r.op != "removed") in (new, "")
    assert "".join(new[r.start - 200 : r.end - 200] for r in runs if r.op != "removed") == new or not wording(new)
    taken = wording("".join(old[r.start - 100 : r.end - 100] + " " for r in runs if r.op == "removed")).split()
    assert all(word in wording(old).split() for word in taken)


def test_a_long_claim_is_compared_in_no_time() -> None:
    old = "".join(f"所述第{n}模块将第{n}层的输出与第{n + 1}层的输入相加，得到第{n}特征；" for n in range(800))
    began = time.perf_counter()
    runs = word_diff(old, old.replace("相加", "拼接", 3))
    assert sum(r.op == "added" for r in runs) == 3
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        (["训练数据来自风电场。", "网络有三层。"], ["网络有三层。", "训练数据来自风电场。"], {0: 1, 1: 0}),  # moved
        (["网络有三层。"], ["网络有三层。", "网络有三层。"], {0: 0}),  # one to one
        (["网络有三个卷积层和一个池化层。"], ["网络有四个卷积层和一个池化层。"], {0: 0}),
        (["网络有三个卷积层。"], ["数据来自风电场的机组。"], {}),
    ],
)
def test_sentences_are_known_by_their_words(old: list[str], new: list[str], pairs: dict[int, int]) -> None:
    assert pair(old, new) == pairs


# --- points of the checklist -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        ("not_found", "found", "closed"),
        ("vague", "found", "closed"),
        ("found", "vague", "opened"),
        ("found", "not_found", "opened"),
        ("not_applicable", "not_found", "opened"),  # the new text gives occasion to ask
        ("not_found", "vague", "still_open"),
        ("vague", "not_found", "still_open"),
        ("found", "found", "kept"),
        ("not_applicable", "found", "met"),
        ("found", "not_applicable", "no_longer_asked"),
        ("not_applicable", "not_applicable", "not_asked"),
    ],
)
def test_which_way_a_point_went(then: ElementStatus, now: ElementStatus, change: str) -> None:
    assert change_of(then, now) == change


def test_points_and_evidence(stub: None) -> None:
    made = between(draft("采用Adam优化器更新参数TM4。", "批大小可以任意TM5v。"), draft("批大小为32且共80轮TM5。"))
    assert [e.id for e in made.elements("closed")] == ["TM5"]
    assert [e.id for e in made.elements("opened")] == ["TM4"]
    assert "TM1" in [e.id for e in made.elements("still_open")]
    training = next(r for r in made.requirements if r.id == "training_method")
    assert [e.elements for e in training.gained] == [("TM5",)]
    assert [e.elements for e in training.lost] == [("TM4",)]
    opened = made.elements("opened")[0]
    assert (
        opened.evidence_then and opened.evidence_then.quote == "采用Adam优化器更新参数TM4。" and not opened.evidence_now
    )


def test_more_evidence_than_a_report_quotes_is_seen(stub: None) -> None:
    many = [f"在第{n}种工况下采用{name}优化器更新参数TM4。" for n, name in enumerate("甲乙丙丁戊己庚")]
    assert len(between(draft(), draft(*many)).beyond) == len(many)


# --- claims ----------------------------------------------------------------------------------------------------------

ONE = CLAIMS[0]
LAYERS = "根据权利要求{}所述的方法，其特征在于，所述神经网络包括依次连接的三个卷积层和一个全连接层。"
RATE = "根据权利要求{}所述的方法，其特征在于，所述振动加速度信号的采样频率为20kHz，采样时长为2秒。"
ALARM = "根据权利要求{}所述的方法，其特征在于，在故障类别为断齿时发出停机指令，并记录当时的转速。"
DEVICE = "一种齿轮箱故障诊断装置，其特征在于，包括处理器和存储器，所述处理器执行权利要求1所述的方法。"


@pytest.mark.parametrize(
    ("old", "new", "became"),
    [
        ([ONE, LAYERS.format(1)], [ONE, LAYERS.format(1)], "same 1-1, same 2-2"),
        ([ONE, LAYERS.format(1), RATE.format(1)], [ONE, RATE.format(1)], "same 1-1, renumbered 3-2, dropped 2-"),
        ([ONE, RATE.format(1)], [ONE, LAYERS.format(1), RATE.format(1)], "same 1-1, added -2, renumbered 2-3"),
        # the claim it depends on got another number: no change
        ([ONE, LAYERS.format(1), ALARM.format(2)], [ONE, RATE.format(1), LAYERS.format(1), ALARM.format(3)],
         "same 1-1, added -2, renumbered 2-3, renumbered 3-4"),
        # depends on another claim
        ([ONE, LAYERS.format(1), ALARM.format(2)], [ONE, LAYERS.format(1), ALARM.format(1)],
         "same 1-1, same 2-2, changed* 3-3"),
        ([ONE, RATE.format(1)], [ONE, RATE.format(1).replace("20kHz", "51kHz")], "same 1-1, changed 2-2"),
        # the words of claim 2 went into claim 1
        ([ONE, LAYERS.format(1)], [ONE[:-1] + "，所述神经网络包括依次连接的三个卷积层和一个全连接层。"],
         "changed 1-1, dropped>1 2-"),
        ([ONE, DEVICE], [DEVICE.replace("权利要求1", "下述"), ONE], "changed* 2-1, renumbered 1-2"),
        # written anew, yet the only method claim
        ([ONE], ["一种水泵空化监测方法，其特征在于，测量出口压力的脉动并与阈值比较。"], "changed 1-1"),
    ],
)  # fmt: skip
def test_claims_are_known_by_their_words(stub: None, old: list[str], new: list[str], became: str) -> None:
    made = between(draft(claims=tuple(old)), draft(claims=tuple(new)))
    seen = [
        f"{c.became}{'*' if c.refers_otherwise else ''}{f'>{c.taken_up}' if c.taken_up else ''} "
        f"{c.old.number if c.old else ''}-{c.new.number if c.new else ''}"
        for c in made.claims
    ]
    assert ", ".join(seen) == became


def test_the_diff_of_a_claim_points_into_both_texts(stub: None) -> None:
    old, new = draft(claims=(ONE,)), draft(claims=(ONE.replace("振动加速度", "声发射"),))
    change = between(old, new).claims[0]
    assert [(r.op, (old if r.op == "removed" else new)[r.start : r.end]) for r in change.runs if r.op != "same"] == [
        ("removed", "振动加速度"),
        ("added", "声发射"),
    ]
    assert change.then and change.now


def test_english_claims(stub: None) -> None:
    def text(*claims: str) -> str:
        head = (
            "METHOD OF DETECTING CAVITATION\nTECHNICAL FIELD\nThe disclosure relates to pumps and their monitoring.\n"
        )
        return head + "CLAIMS\n" + "".join(f"{n}. {c}\n" for n, c in enumerate(claims, 1))

    one = "A method of detecting cavitation in a pump, comprising sampling the vibration of the casing at 51 kHz."
    two = "The method of claim 1, wherein the network has three convolutional layers."
    three = "The method of claim {}, wherein an inlet valve is opened when cavitation is reported."
    made = compare(assessed(text(one, two, three.format(2))), assessed(text(one.replace("51", "20"), three.format(1))))
    assert [c.became for c in made.claims] == ["changed", "changed", "dropped"]
    assert made.claims[1].refers_otherwise and made.claims[1].old and made.claims[1].old.number == 3
    assert [m.sentence.claim for m in made.beyond] == [1], "another number of a claim is no new matter"


# --- Art. 33 ---------------------------------------------------------------------------------------------------------

ADAM = "采用Adam优化器更新参数，初始学习率为0.001TM4。"


@pytest.mark.parametrize(
    ("why", "old", "new", "beyond"),
    [
        ("nothing added", draft(ADAM), draft(ADAM), []),
        ("a new sentence", draft(), draft(ADAM), [ADAM]),
        ("only moved and punctuated otherwise", draft(ADAM, "数据来自风场。"),
         draft("数据来自风场。", ADAM.replace("，", ",")), []),
        ("another figure", draft(ADAM), draft(ADAM.replace("0.001", "0.01")), [ADAM.replace("0.001", "0.01")]),
        ("a sentence cut in two", draft("采用Adam优化器更新全部参数TM4，并以交叉熵作为损失函数TM3。"),
         draft("采用Adam优化器更新全部参数TM4。", "以交叉熵作为损失函数TM3。"), []),
        ("two sentences joined", draft("采用Adam优化器更新全部参数TM4。", "以交叉熵作为损失函数TM3。"),
         draft("采用Adam优化器更新全部参数TM4，以交叉熵作为损失函数TM3。"), []),
        ("the abstract is no part of the disclosure", draft(abstract=ADAM), draft(ADAM), [ADAM]),
        ("nor can it go beyond", draft(), draft(abstract=ADAM), []),
        ("vague words are no matter of substance", draft(), draft("优化器可以任意选择TM4v。"), []),
        ("function words", draft(ADAM), draft("其中，" + ADAM), []),
        ("said twice", draft(), draft(ADAM, "中间一句不同的话。", ADAM), [ADAM]),
        ("into the claims from the description", draft("神经网络包括三个卷积层和一个全连接层MC2。"),
         draft("神经网络包括三个卷积层和一个全连接层MC2。",
               claims=(ONE, "根据权利要求1所述的方法，其特征在于，所述神经网络包括三个卷积层和一个全连接层MC2。")), []),
        ("what stands before 其中 is matter too", draft(claims=(ONE,)),
         draft(claims=(ONE, "根据权利要求1所述的方法，还包括以声发射信号复核，其中采集所述信号。")),
         ["根据权利要求1所述的方法，还包括以声发射信号复核，其中采集所述信号。"]),
        ("into the claims from nowhere, evidence or not", draft(claims=(ONE,)), draft(claims=(ONE, RATE.format(1))),
         [RATE.format(1)]),
    ],
)  # fmt: skip
def test_what_could_not_be_added(stub: None, why: str, old: str, new: str, beyond: list[str]) -> None:
    made = between(old, new)
    assert [m.sentence.text for m in made.beyond] == beyond, why
    assert [m.sentence.text for m in between(new, old).lost] == beyond, "what one direction adds the other loses"


def test_the_added_words_are_shown_beside_the_nearest_sentence(stub: None) -> None:
    new = draft(ADAM.replace("0.001", "0.01"))
    matter = between(draft(ADAM), new).beyond[0]
    assert matter.counterpart and matter.counterpart.text == ADAM
    assert [new[r.start : r.end] for r in matter.runs if r.op == "added"] == ["0.01"]
    assert matter.elements == ("TM4",) and matter.requirements == ("training_method",)


BLOCK = "根据权利要求1所述的方法，其特征在于，所述物理块的大小等于{}个词元所占的字节数，并按512字节对齐。"
OWN = BLOCK.split("其特征在于，")[1]


@pytest.mark.parametrize(
    ("why", "old", "new", "changed", "gone"),
    [
        ("another number in a dependent claim", draft(claims=(ONE, BLOCK.format(16))),
         draft(claims=(ONE, BLOCK.format(32))), [OWN.format("[-16-]{+32+}")], []),
        ("another number in a sentence", draft(ADAM), draft(ADAM.replace("0.001", "0.01")),
         [ADAM.replace("0.001", "[-0.001-]{+0.01+}")], []),
        ("another word, and the number of its claim", draft(claims=(ONE, RATE.format(1), BLOCK.format(16))),
         draft(claims=(ONE, BLOCK.format(16).replace("词元", "字符"))),
         [OWN.format(16).replace("词元", "[-词元-]{+字符+}")], [RATE.format(1)]),
        ("dropped is not changed", draft(ADAM), draft("采用Adam优化器更新参数TM4。"),
         [], ["采用Adam优化器更新参数[-，初始学习率为0.001-]TM4。"]),
        ("nor is what became of a long passage", draft("由专用电路执行因此每步的时延由212毫秒降到41毫秒TE5。"),
         draft("由专用电路执行因此每步的时延很短TE5v。"),
         [], ["由专用电路执行因此每步的时延[-由212毫秒降到41毫秒-]TE5。"]),
        ("another claim with the same preamble", draft(claims=(ONE, RATE.format(1))),
         draft(claims=(ONE, BLOCK.format(16))), [], [RATE.format(1)]),
        ("what has a sentence of its own in the newer text", draft(ADAM, ADAM.replace("Adam", "SGD")), draft(ADAM),
         [], [ADAM.replace("Adam", "[-SGD-]")]),
    ],
)  # fmt: skip
def test_a_changed_value_is_told_as_changed_without_the_preamble(
    stub: None, why: str, old: str, new: str, changed: list[str], gone: list[str]
) -> None:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    matters = comparison_dict(between(old, new), "zh")["lost"]["matter"]
    told = {m["changed"]: [] for m in matters}
    for m in matters:
        words = "".join(marks[r["op"]].format(r["text"]) for r in gone_runs(m))
        told[m["changed"]].append(words or m["quote"])
    assert told.get(True, []) == changed and told.get(False, []) == gone, why


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_changed_value_is_not_called_lost(stub: None, lang: Lang) -> None:
    made = between(draft(claims=(ONE, BLOCK.format(16))), draft(claims=(ONE, BLOCK.format(32))))
    text, page = render(made, "text", lang), render(made, "html", lang)
    assert "".join(text.split()).count(OWN.format("[-16-]{+32+}")) == 3, "beyond, lost, and claim by claim"
    assert page.count("<blockquote>所述物理块的大小等于<del>16</del><ins>32</ins>个") == 2
    for words in ("".join(text.split()), "".join(page.split())):
        assert "".join(t("compare.lost_changed", lang).split()) in words
        assert "".join(t("compare.lost_why", lang).split()) not in words


def test_sentences_of_no_requirement_are_kept_apart(stub: None) -> None:
    made = between(draft(), draft("外壳由铝合金压铸而成，表面涂黑。"))
    assert not made.beyond and [m.sentence.text for m in made.beyond_more] == ["外壳由铝合金压铸而成，表面涂黑。"]


def test_reworded_evidence(stub: None) -> None:
    made = between(draft(ADAM, "外壳为铝制且表面涂黑。"), draft(ADAM.replace("Adam", "SGD"), "外壳为钢制且表面涂黑。"))
    assert [(c.old.text, c.new.text) for c in made.text_changes] == [(ADAM, ADAM.replace("Adam", "SGD"))]


# --- findings, languages ---------------------------------------------------------------------------------------------


def test_findings_stay_with_their_claim_whatever_its_number(stub: None) -> None:
    bad = "根据权利要求1所述的方法，其特征在于，所述瑕疵由阈值与幅值比较得到。"
    other = "根据权利要求1所述的方法，其特征在于，滤波器的瑕疵随转速变化而改变。"
    made = between(draft(claims=(ONE, RATE.format(1), bad)), draft(claims=(ONE, bad, other)))
    assert made.findings_left == 1 and not made.findings_gone
    assert [f.start for f in made.findings_new] == [made.new.draft.text.index(other)]
    back = between(draft(claims=(ONE, bad)), draft(claims=(ONE,)))
    assert len(back.findings_gone) == 1 and not back.findings_new


def test_two_languages_are_not_matched(stub: None) -> None:
    english = "METHOD OF DIAGNOSIS\nTECHNICAL FIELD\nThe disclosure relates to the monitoring of rotating machines.\n"
    made = compare(assessed(draft(ADAM)), assessed(english))
    assert made.unlike == "language"
    assert not (made.beyond or made.lost or made.claims or made.text_changes)
    assert not any(r.gained or r.lost for r in made.requirements)
    for lang in LANGUAGES:
        assert t("compare.unlike.language", lang) in comparison_dict(made, lang)["warnings"]
        assert t("compare.heading.beyond", lang) not in render(made, "text", lang)


def test_two_strangers_are_said_to_be_such(stub: None) -> None:
    other = (
        "水泵\n权利要求书\n1. 一种水泵，其特征在于，包括叶轮和泵壳。\n具体实施方式\n叶轮由青铜铸成。\n泵壳分为两半。\n"
    )
    assert between(draft(ADAM), other).unlike == "text"


# --- reports ---------------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def made(stub: None) -> Comparison:
    bad = f"根据权利要求1所述的方法，其特征在于，所述瑕疵{EVIL}由阈值得到。"
    old = draft(f"采用{EVIL}优化器更新参数TM4。", ADAM, claims=(ONE, LAYERS.format(1)))
    new = draft(f"采用{EVIL}优化器更新全部参数TM5。", f"{EVIL}数据来自风场DS1。", claims=(ONE, bad, LAYERS.format(2)))
    return between(old, new)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_escapes_what_is_not_ours_and_needs_nothing_from_outside(made: Comparison, lang: Lang) -> None:
    for page in (str(compare_html(made, lang)), compare_page(made, lang)):
        tags = Tags()
        tags.feed(page)
        assert not tags.open and "img" not in tags.seen
        assert "&lt;img src=x" in page and not re.search(r"https?://|url\(", page)
        assert t("compare.beyond_why", lang) in page and "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_format_says_what_a_later_filing_could_not_add(made: Comparison, lang: Lang) -> None:
    for fmt in FORMATS:
        words = " ".join(render(made, fmt, lang).split())
        assert "DS1" in words and "旧.txt" in words and "新.txt" in words
    text = render(made, "text", lang)
    assert text.count("旧.txt") == text.count("新.txt") == 2, "above, and beside its checksum"
    assert "".join(t("compare.beyond_why", lang).split()) in "".join(text.split())


def test_json_points_at_the_texts(made: Comparison) -> None:
    report = json.loads(render(made, "json", "en"))
    old, new = made.old.draft.text, made.new.draft.text
    assert report["schema_version"] == 1 and report["unlike"] is None
    assert report["beyond"]["matter"] and report["lost"]["matter"] and report["text_changes"] and report["claims"]
    for item in report["beyond"]["matter"]:
        assert new[item["start"] : item["end"]] == item["quote"]
    for item in report["lost"]["matter"]:
        assert old[item["start"] : item["end"]] == item["quote"]
    for claim in report["claims"]:
        for run in claim["runs"]:
            assert (old if run["op"] == "removed" else new)[run["start"] : run["end"]] == run["text"]
    assert {e["change"] for r in report["requirements"] for e in r["elements"]} <= set(get_args(Change))
    assert [f["rule"] for f in report["findings"]["new"]] == ["claims/antecedent"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_change_has_its_word(lang: Lang) -> None:
    assert {f"compare.change.{name}" for name in get_args(Change)} <= keys(lang)


# --- command ---------------------------------------------------------------------------------------------------------


def run(*argv: str) -> str:
    parser = argparse.ArgumentParser()
    compare_command.add_options(parser)
    parser.add_argument("--format", default="text")
    parser.add_argument("--lang")
    out: list[str] = []
    status = compare_command.run(
        parser.parse_args(argv), lambda name: (name, Path(name).name), out.append, lambda *_: None
    )
    assert status == 0
    return "".join(out)


def test_the_command_on_a_draft_and_its_sequel(tmp_path: Path) -> None:
    """With the real models: training told in full closes points, and none of it could be added later."""
    sample = (folder("data") / "samples" / "memory-scheduling-zh.md").read_text(encoding="utf-8")
    weak = "预测器离线训练至收敛。"
    full = "预测器以交叉熵为损失函数离线训练，采用Adam优化器，初始学习率为0.001，批大小256，验证集损失5轮不降时停止。"
    assert weak in sample
    (tmp_path / "v1.md").write_text(sample, encoding="utf-8")
    (tmp_path / "v2.md").write_text(sample.replace(weak, full), encoding="utf-8")
    report: dict[str, Any] = json.loads(run(str(tmp_path / "v1.md"), str(tmp_path / "v2.md"), "--format", "json"))
    assert report["language"] == "zh"  # that of the newer version
    closed = [e["id"] for r in report["requirements"] for e in r["elements"] if e["change"] == "closed"]
    assert closed and all(name.startswith("TM") for name in closed)
    assert [m["quote"] for m in report["beyond"]["matter"]] == [full]
    assert not report["opened"] and {c["became"] for c in report["claims"]} == {"same"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        run(str(tmp_path / "none.txt"), str(tmp_path / "none.txt"))


def test_standard_input_is_read_once_only() -> None:
    with pytest.raises(compare_command.BothFromStdin):
        run("-", "-")


def test_a_draft_and_itself(stub: None) -> None:
    same = between(draft(ADAM), draft(ADAM))
    assert not (same.beyond or same.lost or same.text_changes or same.elements("closed") or same.elements("opened"))
    assert {c.became for c in same.claims} == {"same"} and same.unlike == ""
    for lang in LANGUAGES:
        for fmt in FORMATS:
            assert t("compare.identical", lang) in render(same, fmt, lang)
            assert t("compare.identical", lang) not in render(between(draft(ADAM), draft()), fmt, lang)


# --- page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pytest.importorskip("streamlit")
    from patentprep.ui import case_desk, desk

    monkeypatch.setenv("PATENTPREP_HOME", str(tmp_path))
    yield tmp_path
    desk._desks().clear()
    case_desk._read().drafts.clear()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_teaches_and_compares_two_files(home: Path, stub: None, lang: Lang) -> None:
    from pages import calm, go, open_app, source, words

    at = go(open_app(lang), "compare")
    assert t("ui.compare.title", lang) in words(at) and 'class="pp-empty"' in source(at)
    at.file_uploader(key="compare_old").upload("旧.txt", draft().encode(), "text/plain")
    calm(at.run())
    at.file_uploader(key="compare_new").upload("新.txt", draft(ADAM, EVIL).encode(), "text/plain")
    calm(at.run())
    assert ADAM in words(at) and t("compare.beyond_why", lang) in words(at) and "<img" not in source(at)


def test_the_page_compares_the_last_two_versions_of_the_case(home: Path, stub: None) -> None:
    from pages import calm, go, open_app, twin, words

    from patentprep.cases import store as cases
    from patentprep.ui import case_desk

    store = cases.open_store()
    case = cases.create(store, "齿轮箱", case_desk.now(), ("一.txt", draft().encode()))
    for name, text in (("二.txt", draft(ADAM)), ("三.txt", draft(ADAM, "以交叉熵作为损失函数TM3。"))):
        cases.add_source(store, case.id, name, text.encode(), case_desk.now())
    at = go(open_app("zh", case=case.id), "compare")
    beyond = words(at).split(t("compare.heading.lost", "zh"))[0]
    assert "交叉熵" in beyond and "Adam" not in beyond
    at.selectbox(key=twin(at, f"compare_old_of_{case.id}")).set_value(0)
    beyond = words(calm(at.run())).split(t("compare.heading.lost", "zh"))[0]
    assert "交叉熵" in beyond and "Adam" in beyond
    at.selectbox(key=twin(at, f"compare_old_of_{case.id}")).set_value(2)
    assert t("ui.compare.same", "zh") in words(calm(at.run()))


def test_a_file_that_cannot_be_read_is_named(home: Path) -> None:
    from pages import calm, go, open_app, words

    at = go(open_app("en"), "compare")
    at.file_uploader(key="compare_old").upload("broken.pdf", b"%PDF-1.7 nonsense", "application/pdf")
    assert "broken.pdf" in words(calm(at.run())) and "damaged" in words(at)


def test_real_drafts_of_other_formats_are_read() -> None:
    """A DOCX against itself through the whole reading: nothing changed."""
    path = folder("data") / "samples" / "gearbox-ready-zh.docx"
    one = assess(read_draft(path))
    made = compare(one, assess(read_draft(path)))
    assert not (made.beyond or made.beyond_more or made.lost or made.text_changes or made.findings_gone)
