"""What was computed once is not computed again."""

from patentprep.recall import recall


def test_only_what_is_missing_is_computed_and_once() -> None:
    asked: list[list[str]] = []

    def lengths(keys: list[str]) -> list[int]:
        asked.append(keys)
        return [len(key) for key in keys]

    known: dict[str, int] = {}
    assert recall(known, ["a", "bb", "a"], lengths, 9) == [1, 2, 1]
    assert recall(known, ["bb", "ccc"], lengths, 9) == [2, 3]
    assert asked == [["a", "bb"], ["ccc"]]


def test_an_empty_answer_is_an_answer() -> None:
    known: dict[str, tuple[int, ...]] = {"a": ()}
    assert recall(known, ["a"], lambda missing: [(1,) for _ in missing], 9) == [()]


def test_too_many_are_forgotten_but_still_answered() -> None:
    known = {"a": 1, "b": 2}
    assert recall(known, ["a", "c"], lambda missing: [3 for _ in missing], 2) == [1, 3]
    assert known == {"c": 3}, "the old ones went, the answer to them did not"
