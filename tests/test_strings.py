"""The words of the interface: both languages, same keys, same placeholders, and none that is asked for is missing."""

import ast
import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import patentprep
from patentprep import errors, model
from patentprep.checklist import INVENTION_TYPES, SEVERITIES
from patentprep.errors import PatentprepError
from patentprep.resources import Block, load_yaml
from patentprep.strings import LANGUAGES, keys, say, t, warn

PACKAGE = Path(patentprep.__file__).parent
LOCALE = PACKAGE / "locale"
PARTS = sorted({path.name.split(".")[0] for path in LOCALE.glob("*.yaml")})


def flat(block: Block, prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for key, value in block.items():
        if isinstance(value, Block):
            words.update(flat(value, f"{prefix}{key}."))
        else:
            words[prefix + key] = value
    return words


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("part", PARTS)
def test_both_languages_say_the_same_things(part: str) -> None:
    zh, en = (flat(load_yaml(LOCALE / f"{part}.{lang}.yaml")) for lang in LANGUAGES)
    assert zh.keys() == en.keys()
    for key in zh:
        assert bool(zh[key].strip()) == bool(en[key].strip()), key
        # English may need a number that Chinese does not, never another fact
        assert placeholders(zh[key]) == placeholders(en[key]), key


@pytest.mark.parametrize("part", PARTS)
def test_each_language_is_written_in_that_language(part: str) -> None:
    def han(words: str) -> bool:
        return re.search("[\u4e00-\u9fff]", words) is not None

    for key, words in flat(load_yaml(LOCALE / f"{part}.en.yaml")).items():
        assert not han(re.sub(r"中文|\{\w+\}", "", words)), key


def test_no_key_stands_in_two_files() -> None:
    for lang in LANGUAGES:
        seen = [key for part in PARTS for key in flat(load_yaml(LOCALE / f"{part}.{lang}.yaml"))]
        assert len(seen) == len(set(seen))
        assert set(seen) == keys(lang)


def all_errors(kind: type[PatentprepError] = PatentprepError) -> list[type[PatentprepError]]:
    return [kind, *(error for sub in kind.__subclasses__() for error in all_errors(sub))]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_has_its_sentence(error: type[PatentprepError], lang: model.Lang) -> None:
    assert error.key in keys(lang)
    facts = dict.fromkeys(placeholders(t_raw(error.key, lang)), "FACT")
    sentence = say(error(**facts), lang)
    assert sentence.strip() and "{" not in sentence and "\n" not in sentence
    assert sentence.endswith(("。", ".", "？", "?")), "one whole sentence"


def t_raw(key: str, lang: model.Lang) -> str:
    return next(words[key] for part in PARTS if key in (words := flat(load_yaml(LOCALE / f"{part}.{lang}.yaml"))))


def test_there_are_error_classes_to_look_at() -> None:
    assert errors.ScannedDraft in all_errors() and len(all_errors()) > 10


# --- the keys the program asks for -----------------------------------------------------------------------

KNOWN_ENDINGS: dict[str, tuple[str, ...]] = {
    "report.level.": get_args(model.ReadinessLevel),
    "report.status.": get_args(model.RequirementStatus),
    "report.element.": get_args(model.ElementStatus),
    "report.severity.": SEVERITIES,
    "report.verdict.": get_args(model.Verdict),
    "report.verdict_short.": get_args(model.Verdict),
    "report.invention_type.": INVENTION_TYPES,
    "report.summary.": ("covered", "not_found", "partial", "red_flags"),
    "ui.check.none_": ("not_found", "not_applicable"),
    "ui.language.": get_args(model.Lang),
    "explain.where_": ("claims", "description", "either"),
    "reason.": (
        *("towards_algorithm", "towards_technical", "terms", "nothing_to_judge", "art_25_1_2", "art_2_2"),
        *(f"P{n}_{how}" for n in range(1, 5) for how in ("taken", "once", "missing")),
    ),
    "progress.": ("read", "structure", "eligibility", "evidence", "formal", "done"),
}
_CALL = re.compile(r"""(?<![\w.])(t|w)\(\s*(f?)(["'])([^"']*?)\3""")
_TEMPLATE = re.compile(r"""(?<![\w.])t\(\s*(["'])([^"']*?)\1(\s*~)?""")


def asked_for() -> list[tuple[str, str, bool]]:
    """Every literal first argument of t() or w(): file, key or beginning of a key, whether something follows."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for function, f, _, key in _CALL.findall(source):
            home = "ui." if function == "w" else ""  # w("check.title") of the app is t("ui.check.title")
            found.append((path.name, home + (key.partition("{")[0] if f else key), "{" in key and bool(f)))
        for node in ast.walk(ast.parse(source)):  # t("report.level." + level)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant):
                text = node.left.value
                if isinstance(text, str) and re.fullmatch(r"[a-z_]+\.([a-z_]+\.)*", text):
                    found.append((path.name, text, True))
    for path in sorted(PACKAGE.rglob("*.j2")):
        for _, key, more in _TEMPLATE.findall(path.read_text(encoding="utf-8")):
            found.append((path.name, key, bool(more)))
    return found


def test_the_search_sees_the_calls() -> None:
    seen = {key for _, key, _ in asked_for()}
    assert {"report.notice", "report.status.", "explain.hint", "report.level."} <= seen
    assert len(seen) > 60


@pytest.mark.parametrize(("file", "key", "open_ended"), sorted(set(asked_for())))
def test_every_key_asked_for_exists(file: str, key: str, open_ended: bool) -> None:
    for lang in LANGUAGES:
        if open_ended or key.endswith("."):
            assert any(name.startswith(key) for name in keys(lang)), f"{file}: nothing begins with {key!r}"
        else:
            assert key in keys(lang), f"{file}: {key!r} is missing in {lang}"


@pytest.mark.parametrize("prefix", sorted(KNOWN_ENDINGS))
def test_every_value_has_its_word(prefix: str) -> None:
    for lang in LANGUAGES:
        for value in KNOWN_ENDINGS[prefix]:
            assert prefix + value in keys(lang)


def test_unknown_keys_are_a_bug() -> None:
    with pytest.raises(KeyError):
        t("report.no_such_word", "en")


def test_one_thing_is_singular() -> None:
    """The facts of a warning are text, those of the program's own sentences are numbers."""
    one = model.Warned("equation_pictures", None, (("count", "1"),))
    assert warn(one, "en").startswith("1 equation is ")
    assert t("report.claims_count", "en", count=1) == "1 claim"
