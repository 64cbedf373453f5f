"""The encoder: its files belong together and to the corpus, and a text gets one answer whatever stands beside it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from patentprep import encoder, evidence, learned
from patentprep.checklist import Checklist, load_checklist
from patentprep.resources import folder
from patentprep.tokenizer import END, START, UNKNOWN
from patentprep.training import build, calibrate

LAW = load_checklist("cn-2026")
MODELS = folder("data") / "models"
REBUILD = "run `python -m patentprep.training` with the extra `train` and commit data/models with the corpus"
ROWS = build.evidence_rows()
PASSAGES = [evidence.Passage(evidence.normal(row["text"]), row["section"]) for row in ROWS[:: len(ROWS) // 24]]
TEXTS = [passage.text for passage in PASSAGES]


def features(passages: list[evidence.Passage]) -> learned.Array:
    return evidence.features(passages, [evidence.notice(p.text, LAW) for p in passages], LAW)


def fresh(texts: list[str]) -> learned.Array:
    """Scores computed now, not remembered."""
    encoder.forget()
    return encoder.scores(texts, nothing_named(texts), {})


def nothing_named(texts: list[str]) -> learned.Array:
    return np.zeros((len(texts), len(encoder.tuned().feature_names)))


# --- the files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "most"), [("encoder-base.npz", 20_000_000), ("encoder-tuned.npz", 100_000), ("held-out.npz", 2_000_000)]
)
def test_files_hold_numbers_only_and_stay_small(file: str, most: int) -> None:
    with np.load(MODELS / file, allow_pickle=False) as arrays:
        for name in arrays.files:
            assert arrays[name].dtype.kind in "fui", name
            assert file == "held-out.npz" or np.isfinite(arrays[name].astype(np.float64)).all(), name
    assert (MODELS / file).stat().st_size < most


@pytest.mark.parametrize(
    ("file", "most"),
    [
        ("encoder-general.onnx", 4_500_000),
        ("encoder-quick.onnx", 1_500_000),
        ("encoder-thorough.onnx", 8_000_000),
    ],
)
def test_networks_stay_small(file: str, most: int) -> None:
    assert (MODELS / file).stat().st_size < most


def test_the_encoder_was_trained_on_this_corpus() -> None:
    assert encoder.tuned().corpus == learned.corpus_hash(ROWS), f"data/evidence has changed: {REBUILD}"


def test_encoder_and_words_read_the_same_features_and_outputs() -> None:
    model = encoder.tuned()
    assert model.outputs == evidence.load_model().outputs == evidence.OUTPUTS
    assert model.feature_names == evidence.load_model().feature_names == evidence.feature_names(LAW), REBUILD
    assert model.elements == tuple(element.id for element in LAW.elements), REBUILD
    assert model.features.shape == (len(model.feature_names), len(model.outputs) + len(model.elements))


def test_calibration_is_sane() -> None:
    model = encoder.tuned()
    for curve in (model.quick, model.thorough):
        assert curve.slope.shape == curve.offset.shape == model.threshold.shape == (len(model.outputs),)
        assert (curve.slope > 0).all(), "a higher score must mean a higher probability"
    assert ((model.threshold >= calibrate.GRID[0]) & (model.threshold <= calibrate.GRID[-1])).all()
    assert model.limits.shape == (2,) and (model.limits > 0).all(), "a judge that silences nothing is no help"
    counts = [evidence.COUNTS[name.partition(":")[2]] for name in model.outputs]
    assert model.limits.max() < (model.threshold * counts).min(), "what words alone would show is read thoroughly"


# --- the arithmetic ----------------------------------------------------------------------------------------------


def test_the_files_give_what_they_gave_when_they_were_made() -> None:
    """The scores computed at the end of the training, from the very files that are shipped."""
    with np.load(MODELS / "encoder-tuned.npz", allow_pickle=False) as arrays:
        rows, wanted = arrays["check_rows"].tolist(), arrays["check_scores"]
    chosen = [evidence.Passage(evidence.normal(ROWS[n]["text"]), ROWS[n]["section"]) for n in rows]
    assert len(chosen) == 5 and wanted.shape == (5, len(evidence.OUTPUTS) + len(LAW.elements)) and wanted.std() > 1
    got = encoder.scores([p.text for p in chosen], features(chosen), {})
    assert np.allclose(got, wanted, atol=0.1), np.abs(got - wanted).max()


def test_what_the_quick_network_says_does_not_depend_on_the_neighbours() -> None:
    encoder.forget()
    together = encoder.quick_scores(TEXTS, {})
    encoder.forget()
    assert np.array_equal(np.vstack([encoder.quick_scores([text], {}) for text in TEXTS]), together)
    assert together.shape == (len(TEXTS), len(evidence.OUTPUTS)) and together.std() > 1


def test_going_on_from_what_entered_is_reading_from_the_start() -> None:
    encoder.forget()
    entering: encoder.Entering = {}
    encoder.quick_scores(TEXTS, entering)
    assert entering.keys() == set(TEXTS)
    assert np.array_equal(encoder.scores(TEXTS, nothing_named(TEXTS), entering), fresh(TEXTS))


def test_alone_backwards_and_in_a_batch() -> None:
    together = fresh(TEXTS)
    backwards = fresh(TEXTS[::-1])[::-1]
    alone = np.vstack([fresh([text]) for text in TEXTS])
    assert np.array_equal(together, backwards)
    assert np.array_equal(together, alone)


def test_what_is_remembered_is_what_was_computed() -> None:
    first = encoder.scores(TEXTS, features(PASSAGES), {})
    assert np.array_equal(encoder.scores(TEXTS, features(PASSAGES), {}), first)
    again = encoder.scores([TEXTS[3]] * 2, features([PASSAGES[3]] * 2), {})
    assert np.allclose(again, first[[3, 3]], atol=1e-9), "the features are summed in another order, no more"


def test_what_the_parts_of_a_passage_add_is_its_vector() -> None:
    """Read together, a passage of one chunk has the mean of its tokens; parts that are cut off add nothing."""
    parts = ["The camera takes an image of the weld;", "the melt pool is segmented;", "the laser power is adjusted."]
    added = encoder.passage(parts)
    assert added.shape == (3, encoder.WIDTH) and (np.linalg.norm(added, axis=1) > 0.05).all()
    whole = encoder.passage([" ".join(parts)]).sum(axis=0)
    assert np.allclose(added.sum(axis=0), whole, atol=2e-2)
    alone = encoder.passage(parts[1:2])[0]
    unit = added[1] / np.linalg.norm(added[1])
    assert not np.allclose(unit, alone / np.linalg.norm(alone), atol=1e-3), "context counts"


def test_a_passage_longer_than_one_reading_is_read_to_its_end() -> None:
    parts = ["The network has three layers. " * 8] * 12
    one, other = (encoder.passage([*parts, last]).sum(axis=0) for last in ("It uses Adam.", "Guests must consent."))
    assert not np.allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("parts", [[], [""], ["", "a"], ["x" * 3000, "y"]])
def test_odd_passages_get_a_finite_answer(parts: list[str]) -> None:
    added = encoder.passage(parts)
    assert added.shape == (len(parts), encoder.WIDTH) and np.isfinite(added).all()


@pytest.mark.parametrize("text", ["", " ", "。", "😀", "\ue000", "a" * 3000, "卷积层" * 400, "x" * 200 + " 损失 " * 90])
def test_odd_texts_get_a_finite_answer(text: str) -> None:
    assert np.isfinite(fresh([text])).all()


def test_nothing_in_nothing_out() -> None:
    assert fresh([]).shape == (0, len(evidence.OUTPUTS) + len(LAW.elements))
    assert encoder.quick_scores([], {}).shape == (0, len(evidence.OUTPUTS))


def test_the_end_of_an_endless_sentence_is_not_read() -> None:
    start = "The network has three layers. " * 60
    one, other = fresh([start + "Adam"]), fresh([start + "consent"])
    assert np.array_equal(one, other)


# --- word pieces -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("loss  function", "loss function"),  # one space is as good as two
        (" loss", "loss"),
        ("ＡＢＣ", "ABC"),  # full width letters
        ("①", "1"),
        ("３．５％", "3.5%"),
    ],
)
def test_characters_are_read_as_their_plain_form(text: str, same: str) -> None:
    assert encoder.base().tokenizer(text) == encoder.base().tokenizer(same)


def test_pieces_are_whole_words_where_they_can_be() -> None:
    cut = encoder.base().tokenizer
    assert len(cut("the layer")) == 4 and len(cut("训练")) <= 4
    for text in TEXTS:
        pieces = cut(text)
        assert pieces[0] == START and pieces[-1] == END
        assert pieces.count(UNKNOWN) <= 2, text


def test_an_unknown_character_leaves_its_neighbours_alone() -> None:
    cut = encoder.base().tokenizer
    assert cut("ꙮ")[1:-1][-1] == UNKNOWN
    assert cut("layer ꙮ layer")[-2] == cut("the layer")[-2]


# --- thresholds --------------------------------------------------------------------------------------------------


def test_the_threshold_goes_for_precision_while_it_is_cheap() -> None:
    """Positives from 0.5 up, negatives mixed in up to 0.6: 0.6 costs little and is clean, 0.8 would cost too much."""
    true = np.array([True] * 200 + [False] * 200)
    chances = np.concatenate([np.full(4, 0.55), np.full(196, 0.7), np.full(60, 0.55), np.full(140, 0.1)])
    assert 0.55 < calibrate.threshold(chances, true) <= 0.7


def test_the_threshold_keeps_the_best_where_precision_costs_too_much() -> None:
    true = np.array([True] * 100 + [False] * 400)
    chances = np.concatenate([np.full(60, 0.5), np.full(40, 0.7), np.full(30, 0.5), np.full(370, 0.1)])
    assert calibrate.threshold(chances, true) <= 0.5


# --- the two judges together -------------------------------------------------------------------------------------


@pytest.mark.parametrize("judge", [0, 1], ids=["words", "quick"])
def test_what_a_quicker_judge_silences_is_read_no_further(judge: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words alone silence before the encoder is asked at all; they and its quick network before it reads thoroughly."""
    read: dict[str, list[str]] = {"quick_scores": [], "scores": []}

    def spied(name: str) -> Any:
        real = getattr(encoder, name)

        def spy(texts: list[str], *more: Any) -> learned.Array:
            read[name].extend(texts)
            return real(texts, *more)  # type: ignore[no-any-return]

        return spy

    for name in read:
        monkeypatch.setattr(encoder, name, spied(name))
    limits = np.zeros(2)
    limits[judge] = encoder.tuned().limits[judge]
    alone = replace(encoder.tuned(), limits=limits)
    monkeypatch.setattr(encoder, "tuned", lambda: alone)
    monkeypatch.setattr(evidence, "_remembered", [])
    dull, loud = "支架通过四个M6螺栓固定在底板上。", "采用Adam优化器，初始学习率0.001，批大小32，训练80轮。"
    found = evidence.judge([evidence.Passage(dull, "embodiment"), evidence.Passage(loud, "embodiment")], LAW)
    assert read == {"quick_scores": [dull, loud] if judge else [loud], "scores": [loud]}
    assert found[0] == () and found[1] != ()


def test_a_passage_is_judged_once_for_each_checklist(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one change to a draft, one sentence is judged anew; another edition of the law starts afresh."""
    judged: list[int] = []
    real = evidence._judge

    def spy(passages: list[evidence.Passage], checklist: Checklist) -> list[tuple[evidence.Judgement, ...]]:
        judged.append(len(passages))
        return real(passages, checklist)

    monkeypatch.setattr(evidence, "_judge", spy)
    monkeypatch.setattr(evidence, "_remembered", [])
    first = evidence.judge(PASSAGES, LAW)
    changed = [*PASSAGES[:-1], evidence.Passage("训练采用Adam优化器。", "claim")]
    assert evidence.judge(changed, LAW)[:-1] == first[:-1]
    assert evidence.judge([PASSAGES[0]] * 2, LAW) == [first[0]] * 2
    evidence.judge(PASSAGES[:3], LAW.at(None))
    assert judged == [len(PASSAGES), 1, 0, 3]


def test_the_likelier_red_flag_leaves_no_safeguard() -> None:
    limit = dict.fromkeys(evidence.OUTPUTS, 0.5)
    chance = dict.fromkeys(evidence.OUTPUTS, 0.0) | {"ethics:substantive": 0.8}
    assert evidence.strength_of("ethics", chance, limit) == "substantive"
    assert evidence.strength_of("ethics", chance, limit, flagged=0.7) == "substantive"
    assert evidence.strength_of("ethics", chance, limit, flagged=0.9) == ""
    other = dict.fromkeys(evidence.OUTPUTS, 0.0) | {"training_method:substantive": 0.8}
    assert evidence.strength_of("training_method", other, limit, flagged=0.9) == "substantive"


@pytest.mark.parametrize("element", [e for e in LAW.elements if e.finds][::5], ids=lambda e: e.id)
def test_cues_are_noticed_as_the_checklist_reads_them(element: object) -> None:
    for text in (*element.finds, *element.passes_over):  # type: ignore[attr-defined]
        noticed = evidence.notice(text, LAW)
        for other in LAW.elements:
            reading = "found" if other.id in noticed.found else "vague" if other.id in noticed.vague else ""
            assert reading == other.reads(text), (other.id, text)
