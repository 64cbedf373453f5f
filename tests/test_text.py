"""Language, script and sentence boundaries."""

import itertools

import pytest

from patentprep.text import is_traditional, language, scripts, simplified, split_sentences


def cut(text: str, **options: bool) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本发明涉及一种钢轨裂纹检测方法。", "zh"),
        ("本發明係關於一種影像去霧方法，使用軟體。", "zh"),
        ("The invention relates to a rail inspection car.", "en"),
        ("lr 3e-4, batch 64, Adam", "en"),
        ("批大小 64, lr 3e-4 cos", "zh"),
        ("我们用ResNet-50做backbone，head换成了FPN。", "zh"),
        ("本发明涉及相机。它很轻。Abstract: a camera is disclosed.", "zh"),  # most sentences
        ("A camera is disclosed. It is light. 摘要：一种相机。", "en"),
        ("日本語のテキストです。画像を処理する方法に関する。", None),
        ("본 발명은 영상 처리 방법에 관한 것이다.", None),
        ("Метод обработки изображений с камеры", None),
        ("Die Erfindung betrifft ein Verfahren zur Verarbeitung von Bildern einer Kamera.", None),
        ("L'invention concerne un procédé de traitement des images pour la détection des objets.", None),
        ("La invención se refiere a un método para el procesamiento de imágenes con una cámara.", None),
        ("123 456 789", None),
        ("", None),
    ],
)
def test_language(text: str, expected: str | None) -> None:
    assert language(text) == expected


def test_scripts_are_shares() -> None:
    shares = scripts("本发明AB")
    assert shares["han"] == pytest.approx(0.6) and shares["latin"] == pytest.approx(0.4)
    assert set(scripts("12 3").values()) == {0.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本發明使用軟體與網路", "本发明使用软件与网络"),  # mainland terms, not only characters
        ("显著提高精度，乾坤", "显著提高精度，乾坤"),  # simplified text stays as it is
        ("plain English", "plain English"),
    ],
)
def test_simplified(text: str, expected: str) -> None:
    assert simplified(text) == expected
    assert is_traditional(text) == (text != expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本发明涉及相机。它很轻！真的吗？是", ["本发明涉及相机。", "它很轻！", "真的吗？", "是"]),
        ("他说：“很好。”然后离开。", ["他说：“很好。”", "然后离开。"]),
        ("手机端弹出“顾客到店！”提醒。", ["手机端弹出“顾客到店！”提醒。"]),
        ("见Eq. (3)。精度为3.5%。", ["见Eq. (3)。", "精度为3.5%。"]),
        (
            "See FIG. 1 and Vol. 3, No. 4, pp. 5-6. It works.",
            ["See FIG. 1 and Vol. 3, No. 4, pp. 5-6.", "It works."],
        ),
        (
            "U.S. Pat. No. 5,123 by J. Smith et al. shows e.g. a 3.5 mm lens. Others differ.",
            ["U.S. Pat. No. 5,123 by J. Smith et al. shows e.g. a 3.5 mm lens.", "Others differ."],
        ),
        ("It is sold in the U.S. The price is low.", ["It is sold in the U.S.", "The price is low."]),
        ("On Jan. 5 version 1.2.3 ran approx. 5 h. Then it stopped.", None),
        ("Published in IEEE Trans. Neural Netw. in May. Read it.", None),
        ("1. A method. 2. Another.", ["1. A method.", "2. Another."]),
        ("(a) one. (b) two.", ["(a) one.", "(b) two."]),
        ("train as usual. then stop", ["train as usual.", "then stop"]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("batch | 64 | lr\nopt | Adam | 3e-4", ["batch | 64 | lr", "opt | Adam | 3e-4"]),
        ("a; b; c are short.", ["a; b; c are short."]),
        ("——\n***", []),
    ],
)
def test_sentences(text: str, expected: list[str] | None) -> None:
    found = cut(text)
    assert found == expected if expected is not None else len(found) == 2


def test_semicolons_divide_long_sentences_and_clauses() -> None:
    long = "；".join(["采集钢轨表面的图像并对其进行去噪与亮度均衡得到待检图像"] * 6) + "。"
    assert len(cut(long)) == 6
    short = "获取钢轨图像；提取裂纹特征；输出位置。"
    assert len(cut(short)) == 1
    assert cut(short, clauses=True) == ["获取钢轨图像；", "提取裂纹特征；", "输出位置。"]


def test_ranges_are_shifted_trimmed_and_disjoint() -> None:
    text = "  First one.  Second; two.\n\n \t本发明。 尾 "
    ranges = split_sentences(text, 100)
    assert [text[a - 100 : b - 100] for a, b in ranges] == ["First one.", "Second; two.", "本发明。", "尾"]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(ranges))


@pytest.mark.parametrize("text", ["a" * 300_000, "。" * 300_000, "1." * 150_000, "；本发明" * 75_000, " \n" * 150_000])
def test_strange_text_takes_linear_time(text: str) -> None:
    assert all(high - low <= 1300 for low, high in split_sentences(text))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("目录........1。正文在此。", ["目录........1。", "正文在此。"]),
        ("It stops... The rest follows.", ["It stops...", "The rest follows."]),
        ("他说：“完成...” 然后离开。", ["他说：“完成...”", "然后离开。"]),
        ("It waits… The rest follows.", ["It waits…", "The rest follows."]),
    ],
)
def test_runs_of_dots(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences
