"""The shipped models and the corpora they were learned from: they belong together, and the corpora are fair."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from patentprep import eligibility, encoder, evidence, learned
from patentprep.checklist import load_checklist
from patentprep.model import REQUIREMENTS
from patentprep.resources import folder
from patentprep.training import build, calibrate, card, measure

LAW = load_checklist("cn-2026")
MODELS = folder("data") / "models"
REBUILD = "run `python -m patentprep.training` and commit data/models with the corpus"
SENTENCES = build.evidence_rows()
PASSAGES = build.eligibility_rows()
CORPORA = {"evidence": SENTENCES, "eligibility": PASSAGES}
SHIPPED: dict[str, Callable[[], learned.TextModel]] = {
    "evidence": evidence.load_model,
    "eligibility": eligibility.load_model,
}

each_model = pytest.mark.parametrize("name", sorted(SHIPPED))

# --- the shipped arrays ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["evidence.npz", "eligibility.npz"])
def test_arrays_load_without_pickle(file: str) -> None:
    with np.load(MODELS / file, allow_pickle=False) as arrays:
        for name in arrays.files:
            assert arrays[name].dtype.kind in "fu", name  # numbers only, no objects
            assert np.isfinite(arrays[name].astype(np.float64)).all(), name
    assert (MODELS / file).stat().st_size < 5_000_000


@each_model
def test_model_was_made_from_this_corpus(name: str) -> None:
    assert SHIPPED[name]().corpus == learned.corpus_hash(CORPORA[name]), f"data/{name} has changed: {REBUILD}"


@each_model
def test_shapes_fit(name: str) -> None:
    model = SHIPPED[name]()
    outputs = len(model.outputs)
    assert model.ngram_weights.shape == (len(model.vocabulary), outputs) and model.idf.shape == (len(model.vocabulary),)
    assert model.feature_weights.shape == (len(model.feature_names), outputs)
    assert model.encoder_weights.shape == (encoder.WIDTH if name == "eligibility" else 0, outputs)
    assert model.intercept.shape == model.slope.shape == model.offset.shape == (outputs,)
    assert (model.slope > 0).all(), "a higher score must mean a higher probability"


def test_features_are_those_the_program_computes() -> None:
    assert evidence.load_model().feature_names == evidence.feature_names(LAW), f"filters have changed: {REBUILD}"
    assert eligibility.load_model().feature_names == eligibility.feature_names(), f"lexicon has changed: {REBUILD}"


def test_outputs_are_those_the_program_reads() -> None:
    wanted = {f"{r}:{s}" for r in REQUIREMENTS for s in ("substantive", "vague")} | {"ethics:red_flag"}
    assert set(evidence.load_model().outputs) == wanted
    assert eligibility.load_model().outputs == ("pure_algorithm",)


def test_saving_and_loading_changes_nothing(tmp_path: Any) -> None:
    model = eligibility.load_model()
    learned.save(model, tmp_path / "m.npz")
    again = learned.load(tmp_path / "m.npz")
    assert (again.vocabulary, again.outputs, again.corpus) == (model.vocabulary, model.outputs, model.corpus)
    assert np.array_equal(again.ngram_weights, model.ngram_weights)


def test_the_card_and_the_quality_page_follow_from_the_stored_scores() -> None:
    scores = measure.load(MODELS / "held-out.npz")
    sentences, passages = build.evidence_task(), build.eligibility_task()
    again = "run `python -m patentprep.training card`"
    assert card.card(sentences, passages, scores) == (MODELS / "card.md").read_text(encoding="utf-8"), again
    page = folder("data").parent / "docs" / "quality.md"
    assert card.quality(sentences, passages, scores) == page.read_text(encoding="utf-8"), again


def test_each_judge_silences_more_and_hardly_anything_that_would_be_shown() -> None:
    scores = measure.load(MODELS / "held-out.npz")
    sentences = build.evidence_task()
    heard = card._heard(scores, sentences)
    assert heard[1].mean() < heard[0].mean() < 0.95, "a judge that silences nothing is no help"
    assert 0 < card._lost(scores, sentences, heard[-1]) < 2 * calibrate.LOST


# --- the weights follow from the corpus -----------------------------------------------------------------------------
#
# The eligibility model is trained again. Fitting the 13 outputs of the evidence model would take too long, so its
# weights are proved on a sample: a logistic regression with an L2 penalty has one optimum, and there each weight equals
# the sum of C x class weight x residual x input over the rows where its input occurs. For n-grams that occur in a few
# groups only, those few rows must give the shipped weight.


@cache
def fitted(name: str) -> tuple[list[str], Any, Any]:
    """The corpus as the model reads it, and the n-grams fitted on it."""
    normal = evidence.normal if name == "evidence" else eligibility.normal
    texts = [normal(row["text"]) for row in CORPORA[name]]
    vectorizer = learned.vectorizer().fit(texts)
    return texts, vectorizer, vectorizer.transform(texts).tocsc()


@each_model
def test_vocabulary_and_idf_follow_from_the_corpus(name: str) -> None:
    _, vectorizer, _ = fitted(name)
    model = SHIPPED[name]()
    assert tuple(vectorizer.get_feature_names_out()) == model.vocabulary, REBUILD
    assert np.allclose(vectorizer.idf_, model.idf, atol=1e-5)


@each_model
def test_weights_follow_from_the_corpus(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, model = CORPORA[name], SHIPPED[name]()
    assert model.corpus == learned.corpus_hash(rows), REBUILD
    _, _, matrix = fitted(name)
    groups = sorted({row["group"] for row in rows})
    chosen = set(groups[:: len(groups) // 48])  # spread over files, and so over languages
    sample = [n for n, row in enumerate(rows) if row["group"] in chosen]
    monkeypatch.setattr(build, f"{name}_rows", lambda: [rows[n] for n in sample])
    task = build.evidence_task() if name == "evidence" else build.eligibility_task()
    outside = np.ones(len(rows), dtype=bool)
    outside[sample] = False
    inside_only = np.flatnonzero((matrix[outside] != 0).sum(axis=0).A1 == 0)
    inputs = matrix[sample][:, inside_only].toarray()
    assert len(inside_only) > 80 and (inputs != 0).any(axis=0).all()
    scores = learned.score(model, task.texts, task.features, task.vectors).score
    for column, output in enumerate(model.outputs):
        target = task.targets[output]
        residual = target - learned.sigmoid(scores[:, column])
        pull = task.strength * np.where(target == 1, task.positive_weight, 1.0) * residual
        assert np.allclose(pull @ inputs, model.ngram_weights[inside_only, column], atol=1e-3), f"{output}: {REBUILD}"


def test_training_again_gives_the_same_probabilities() -> None:
    """The eligibility model, fitted anew on the whole corpus; the folds that only calibrate it are left out."""
    model = eligibility.load_model()
    assert model.corpus == learned.corpus_hash(PASSAGES), REBUILD
    task = build.eligibility_task()
    matrix = learned.inputs(task.texts, task.features, task.vectors, fitted("eligibility")[1])
    weights, intercept = learned._fit(matrix, task.targets["pure_algorithm"], task.strength, task.positive_weight)
    sample = np.linspace(0, len(task.texts) - 1, 50).astype(int)
    again = learned.sigmoid((matrix[sample] @ weights + intercept) * model.slope[0] + model.offset[0])
    shipped = learned.score(model, [task.texts[n] for n in sample], task.features[sample], task.vectors[sample])
    assert np.allclose(again, shipped.probability[:, 0], atol=1e-3), REBUILD


def test_training_is_deterministic(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [row for row in PASSAGES if row["group"] in {r["group"] for r in PASSAGES[::40]}][:60]
    monkeypatch.setattr(build, "eligibility_rows", lambda: few)
    task = build.eligibility_task()
    scores = build.held_out(task, "group")
    one, two = build.train(task, scores), build.train(task, scores)
    for name in ("ngram_weights", "encoder_weights", "feature_weights", "intercept", "slope", "offset"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert one.corpus == learned.corpus_hash(few) != eligibility.load_model().corpus


@each_model
def test_scoring_without_scikit_learn_gives_its_n_grams(name: str) -> None:
    model = SHIPPED[name]()
    known = {term: n for n, term in enumerate(model.vocabulary)}
    vectorizer = learned.vectorizer().set_params(vocabulary=known, min_df=1, max_features=None)
    vectorizer.idf_ = model.idf
    texts = [evidence.normal(row["text"]) for row in CORPORA[name]]
    odd = ["", " ", "a", "ＡＢＣ　全角", "x\u00a0y", "😀 emoji", "Ünïcode ß İ", "one\ttwo\nthree", "——", "e\u0301"]
    for text in [*texts[:: len(texts) // 40], *odd]:
        row = learned.ngram_row(model, text)
        dense = vectorizer.transform([text]).toarray()[0]
        assert np.array_equal(np.flatnonzero(dense), row.columns), text
        assert np.allclose(dense[row.columns], row.values, atol=1e-5), text


def test_the_hash_sees_every_change() -> None:
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    same = [{"b": "x", "a": 1}, {"b": "y", "a": 2}]
    assert learned.corpus_hash(rows) == learned.corpus_hash(same)
    assert len({learned.corpus_hash(r) for r in (rows, rows[::-1], rows[:1], [{"a": 1, "b": "z"}, rows[1]])}) == 4


# --- the corpora -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_languages_are_half_and_half(name: str) -> None:
    share = Counter(row["language"] for row in CORPORA[name])["zh"] / len(CORPORA[name])
    assert 0.4 <= share <= 0.6


def is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_no_text_twice(name: str) -> None:
    texts = Counter("".join(row["text"].split()).lower() for row in CORPORA[name])
    assert [text for text, count in texts.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_groups_keep_to_one_language_and_file(name: str) -> None:
    languages: dict[str, set[str]] = {}
    for row in CORPORA[name]:
        languages.setdefault(row["group"], set()).add(row["language"])
        assert row["group"].startswith(row["language"]), row["group"]
    assert all(len(found) == 1 for found in languages.values())
    assert len(languages) >= 100


ALLOWED: dict[str, dict[str, set[Any]]] = {
    "evidence": {
        "language": {"zh", "en"},
        "register": {"formal", "claim", "disclosure", "notes", "table"},
        "section": set(evidence.CONTEXTS),
        "trap": {
            *("vague_words", "prior_art", "negation", "boilerplate", "other_sense", "pointer", "wish", "commercial"),
            *("plain", "multi", "keyword_free", "open_ended", None),
        },
    },
    "eligibility": {
        "language": {"zh", "en"},
        "register": {"claim", "abstract", "disclosure", "notes"},
        "label": {"technical_solution", "pure_algorithm"},
    },
}
KINDS = {
    "technical_solution": {
        *("technical", "hardware_internal", "math_heavy_technical", "terse_technical", "natural_law_user_data"),
    },
    "pure_algorithm": {"abstract", "cosmetic_hardware", "cosmetic_field", "business", "economic_law", "man_made_rules"},
}
COLUMNS = {
    "evidence": {"text", "language", "field", "register", "section", "labels", "group", "trap", "why"},
    "eligibility": {"id", "group", "kind", "label", "language", "register", "field", "text", "why"},
}


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_rows_hold_what_the_card_of_the_data_says(name: str) -> None:
    wrong = []
    for row in CORPORA[name]:
        if set(row) != COLUMNS[name] or not row["text"].strip() or row["text"] != row["text"].strip():
            wrong.append((row["text"], "columns or text"))
        wrong += [(row["text"], key) for key, values in ALLOWED[name].items() if row[key] not in values]
        if not (row["field"].strip() and row["group"].strip()):
            wrong.append((row["text"], "field or group"))
    assert wrong == []


def test_the_language_column_is_right() -> None:
    """Notes of Chinese engineers may be all symbols; an English sentence has no Chinese words, unless it is a note."""
    written = [row for row in SENTENCES + PASSAGES if row["language"] == "en" and row["register"] != "notes"]
    assert [row["text"] for row in written if is_chinese(row["text"])] == []
    silent = [row for row in SENTENCES + PASSAGES if row["language"] == "zh" and not is_chinese(row["text"])]
    assert len(silent) <= 0.02 * len(SENTENCES)


def labels() -> Iterator[tuple[learned.Row, dict[str, str]]]:
    return ((row, label) for row in SENTENCES for label in row["labels"])


def test_labels_belong_to_their_requirement() -> None:
    wrong = []
    for row, label in labels():
        element = LAW.element(label["element"])
        if set(label) != {"requirement", "strength", "element"} or element.requirement != label["requirement"]:
            wrong.append((row["text"], label))
        if label["strength"] not in ("substantive", "vague", "red_flag"):
            wrong.append((row["text"], label))
        if label["strength"] == "red_flag" and label["requirement"] != "ethics":
            wrong.append((row["text"], label))
    assert wrong == []


def test_a_requirement_is_labelled_once_a_sentence() -> None:
    for row in SENTENCES:
        once = Counter((label["requirement"], label["strength"] == "red_flag") for label in row["labels"])
        assert not once or max(once.values()) == 1, row["text"]


def test_the_background_is_evidence_of_a_problem_only() -> None:
    """Labelling convention: what the prior art does carries no label; a concrete problem is the scenario."""
    wrong = [
        (row["text"], label)
        for row, label in labels()
        if row["section"] == "background" and label["requirement"] != "technical_scenario"
    ]
    assert len(wrong) <= 0.03 * sum(row["section"] == "background" for row in SENTENCES), wrong


@pytest.mark.parametrize("trap", ["prior_art", "negation", "boilerplate", "other_sense", "pointer", "plain"])
def test_traps_that_are_evidence_of_nothing_carry_no_substance(trap: str) -> None:
    caught = [row for row in SENTENCES if row["trap"] == trap]
    labelled = [row["text"] for row in caught if any(label["strength"] == "substantive" for label in row["labels"])]
    assert len(caught) >= 40
    assert len(labelled) <= 0.15 * len(caught), labelled


def test_substance_is_spread_over_requirements_and_elements() -> None:
    counts = Counter(label["requirement"] for _, label in labels() if label["strength"] == "substantive")
    assert set(counts) == set(REQUIREMENTS) and min(counts.values()) >= 0.5 * max(counts.values())
    assert len({label["element"] for _, label in labels()}) >= 70
    nothing = sum(not row["labels"] for row in SENTENCES) / len(SENTENCES)
    assert 0.25 <= nothing <= 0.45


def test_kinds_have_their_label() -> None:
    for row in PASSAGES:
        assert row["kind"] in KINDS[row["label"]], row["id"]
    assert {row["kind"] for row in PASSAGES} == set().union(*KINDS.values())
    assert Counter(row["id"] for row in PASSAGES).most_common(1)[0][1] == 1


def test_every_idea_stands_on_both_sides() -> None:
    """Contrasts within a group are what the model learns from."""
    sides: dict[str, set[str]] = {}
    for row in PASSAGES:
        sides.setdefault(row["group"], set()).add(row["label"])
    one_sided = [group for group, found in sides.items() if len(found) == 1]
    assert len(one_sided) <= 0.1 * len(sides), one_sided


MARGIN = 0.12  # no surface cue may occur so much more often with one label than with the other
CUES = {
    "digits": r"\d",
    "formula": r"=|Σ|∑|‖|\|\||argmin|argmax|≤|≥",
    "computer": r"(?i)computer|processor|计算机|处理器",
    "network": r"(?i)network|网络",
    "memory": r"(?i)memory|memories|内存|存储",
    "units": r"\d\s?(%|ms|s|MB|GB|Hz)",
    "improvement": r"(?i)improv|reduc|faster|提高|提升|降低|减少",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("cue", sorted(CUES))
def test_surface_cues_do_not_tell_the_label(cue: str, lang: str) -> None:
    share = {}
    for label in KINDS:
        texts = [row["text"] for row in PASSAGES if row["label"] == label and row["language"] == lang]
        share[label] = sum(re.search(CUES[cue], text) is not None for text in texts) / len(texts)
    assert abs(share["technical_solution"] - share["pure_algorithm"]) < MARGIN, share


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_length_and_number_do_not_tell_the_label(lang: str) -> None:
    rows = [row for row in PASSAGES if row["language"] == lang]
    length = {label: np.mean([len(r["text"]) for r in rows if r["label"] == label]) for label in KINDS}
    assert abs(length["technical_solution"] / length["pure_algorithm"] - 1) < 0.1
    share = sum(row["label"] == "pure_algorithm" for row in rows) / len(rows)
    assert 0.4 < share < 0.6


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_every_corpus_has_its_card(name: str) -> None:
    card = (folder("data") / name / "README.md").read_text(encoding="utf-8")
    for column in COLUMNS[name]:
        assert f"`{column}`" in card, column
    assert "Second labelling" in card and "synthetic" in card
