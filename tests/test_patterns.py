"""The quick look at a sentence: whatever the words of an expression rule out, the expression itself would not match."""

import copy
import json
import pickle
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentprep.checklist import available, load_checklist
from patentprep.evidence import normal, notice
from patentprep.patterns import DIGIT, ODD, Pattern, Screen, needs, needs_file, worked_out

LAW = load_checklist("cn-2026")
CORPUS = Path(__file__).parent.parent / "data" / "evidence"
ALL = (
    *(p for e in LAW.elements for p in (e.cues, e.vague, e.unless)),
    *(p for f in LAW.red_flags for p in (f.unless, *(group for groups in f.all_of for group in groups))),
    *LAW.filters.values(),
)


def sample(most: int) -> list[str]:
    """Sentences of every corpus file, as written and as the judges read them; the same ones every time."""
    texts = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        texts += [json.loads(line)["text"] for line in random.Random(path.name).sample(lines, most)]
    return texts


def span(match: re.Match[str] | None) -> tuple[int, int] | None:
    return match.span() if match else None


# --- the words an expression needs -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "clauses"),
    [
        ("gradient", [{"gradient"}]),
        ("Adam", [{"adam"}]),  # case does not matter
        (r"\bepochs?\b", [{"epoch"}]),  # a word that holds another adds nothing
        ("损失函数|目标函数", [{"损失函数", "目标函数"}]),
        (r"optimi[sz]er", [{"optimiser", "optimizer"}]),
        (r"train\w*.{0,30}images?", [{"image"}, {"train"}]),  # both, wherever they stand
        (r"(?:learning|warm-?up) rate", [{"learning rate", "warm-up rate", "warmup rate"}]),
        (r"(?:ab){2}cd", [{"ababcd"}]),
        (r"early stopp(?:ing|ed)(?! sign)", [{"early stopped", "early stopping"}]),  # what must not follow says nothing
        (r"(?<!re)training", [{"training"}]),
        (r"(?-i:GPU) memory", [{"gpu memory"}]),
        (r"温度\d+", [{"温度"}, {DIGIT}]),
        (r"(?:cache|\d+)", [{"cache", DIGIT}]),
        (r"\w+", []),
        (r"x?y?", []),
        (r"a{0,3}b*", []),
        ("Ωmega|Δ", []),  # not known by a text in small letters
        (r"(?:lengthy|.*)", []),  # one branch matches anything
        (r"[^a]b?", []),
    ],
)
def test_words_an_expression_needs(expression: str, clauses: list[set[str]]) -> None:
    assert sorted(map(sorted, needs(expression))) == sorted(map(sorted, clauses))


def test_expressions_of_the_law_nearly_all_need_some_word() -> None:
    expressions = {text for pattern in ALL for text in (*pattern.zh, *pattern.en)}
    assert sum(not needs(text) for text in expressions) <= len(expressions) // 100


def test_no_expression_of_the_law_refers_back_to_a_group() -> None:
    """The number of a group is another one where alternatives are joined."""
    assert [t for p in ALL for t in (*p.zh, *p.en) if re.search(r"(?<!\\)(?:\\[1-9]|\(\?P=|\(\?\()", t)] == []


def test_characters_that_small_letters_do_not_show() -> None:
    """Every character that an ASCII letter matches whatever its case becomes that letter, or is named in ODD."""
    others = "".join(chr(code) for code in range(128, 0x110000) if not 0xD800 <= code < 0xE000)
    alike = re.findall("[a-z]", others, re.IGNORECASE)
    assert {c for c in alike if not c.lower().isascii() or len(c.lower()) != 1} == set(ODD.findall("".join(alike)))


# --- the same answers ----------------------------------------------------------------------------------------


def test_the_corpus_reads_the_same_the_quick_way() -> None:
    wrong = []
    for raw in sample(8):
        for text in {raw, normal(raw)}:
            look = LAW.screen.at(text)
            wrong += [(text, p) for p in ALL if span(look.search(p)) != span(p.search(text))]
    assert wrong == []


def test_notice_says_what_each_element_and_red_flag_says_by_itself() -> None:
    for text in map(normal, sample(3)):
        noticed = notice(text, LAW)
        heard = {e.id: said for e in LAW.elements if (said := e.reads(text))}
        assert dict.fromkeys(noticed.found, "found") | dict.fromkeys(noticed.vague, "vague") == heard, text
        assert noticed.flags == tuple(flag for flag in LAW.red_flags if flag.matches(text)), text


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        (Pattern(en=("rate of", "learning rate")), "The learning rate of", "learning rate"),  # leftmost first
        (Pattern(en=("learn", "learning")), "learning", "learn"),  # then the first alternative
        (Pattern(zh=("学习率",), en=("adam",)), "Adam的学习率", "学习率"),  # Chinese before English
        (Pattern(zh=("Adam",)), "ADAM", None),  # no Chinese character
        (Pattern(en=("=",)), "x = 1", None),  # no word
        (
            Pattern(en=("inits",)),
            "the \u0131n\u0131t\u017f of it",
            None,
        ),  # not seen in small letters: none the plain way
        (Pattern(zh=("inits",)), "参数\u0131n\u0131t\u017f", "\u0131n\u0131t\u017f"),
        (Pattern(en=(r"\d+ ms",)), "within 12 ms", "12 ms"),
        (Pattern(en=(r"\d+ ms",)), "within \u0661\u0662 ms", "\u0661\u0662 ms"),  # digits of other scripts are digits
        (Pattern(en=(r"(?-i:[A-Z]\w+) et al",)), "as smith et al", None),
        (Pattern(en=("a" * 9,)), "ab " * 3, None),
        (Pattern(en=("rate",)), "a rate \ud83d", "rate"),  # half of a character, as broken files hold them
    ],
)
def test_a_screen_finds_what_the_pattern_finds(pattern: Pattern, text: str, words: str | None) -> None:
    found = Screen([pattern, Pattern(zh=("无",), en=("none",))]).at(text).search(pattern)
    assert (found and found.group()) == words
    assert span(found) == span(pattern.search(text))


def test_a_screen_answers_only_for_its_own_patterns() -> None:
    with pytest.raises(KeyError):
        Screen([Pattern(en=("one",))]).at("one two").search(Pattern(en=("one", "two")))


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda law: pickle.loads(pickle.dumps(law)), lambda law: law.at(None)]
)
def test_a_copy_of_the_law_reads_the_same(again) -> None:  # type: ignore[no-untyped-def]
    text = "The learning rate is 0.001 and training stops after 50 epochs."
    assert notice(text, again(LAW)) == notice(text, LAW) and notice(text, LAW).found


LETTERS = "abkiIsS1 µμéΩ学习"
ATOMS = st.one_of(
    st.sampled_from([*LETTERS, "ab", "Is", "学习", r"\d", r"\w", r"\s", ".", r"\b", "[ab1]", "[^a]", "[a-k]", "[A-Z]"])
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{0,2}?"])).map(lambda p: f"(?:{p[0]}){p[1]}"),
        inner.map(lambda text: f"(?!{text})"),
        inner.map(lambda text: f"(?={text})"),
        inner.map(lambda text: f"(?-i:{text})"),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(EXPRESSIONS, max_size=3), min_size=1, max_size=3), st.text(LETTERS + "ſıİK", max_size=12))
def test_any_patterns_say_the_same_the_quick_way(alternatives: list[list[str]], text: str) -> None:
    patterns = [Pattern(zh=tuple(found), en=tuple(found)) for found in alternatives]
    look = Screen(patterns).at(text)
    assert [span(look.search(p)) for p in patterns] == [span(p.search(text)) for p in patterns]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_text_that_matches_meets_every_clause(data: st.DataObject) -> None:
    expression = data.draw(EXPRESSIONS)
    text = data.draw(st.text(LETTERS, max_size=12))
    if re.search(expression, text, re.IGNORECASE) and not ODD.search(text):
        held = text.lower() + DIGIT * bool(re.search(r"\d", text))
        assert all(any(word in held for word in clause) for clause in needs(expression))


@pytest.mark.parametrize("name", available())
def test_the_shipped_words_are_those_of_the_expressions(name: str) -> None:
    shipped = json.loads(needs_file().read_text(encoding="utf-8"))
    expressions = load_checklist(name).screen.expressions
    assert expressions <= shipped.keys(), "run `python -m patentprep.training words` after changing expressions"
    for expression in expressions:
        assert needs(expression) == worked_out(expression), expression


def test_an_expression_that_is_not_shipped_is_worked_out() -> None:
    assert needs("quite new (?:words|things)") == worked_out("quite new (?:words|things)") != ()
