"""Cut a text into the word pieces of the sentence encoder: a unigram model, as SentencePiece defines it.

The pieces are those of multilingual-e5-small that Chinese, English, symbols and figures need. Of all ways to write a
text as pieces, the one with the highest sum of log-probabilities is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patentprep.recall import remember

START, END, UNKNOWN = 0, 2, 3
SPACE = "\u2581"  # how the pieces write a space
_UNKNOWN_PENALTY = 10.0  # an unknown character costs this much more than the rarest piece
_SHORT, _MOST_WORDS = 24, 20_000  # characters of a word whose pieces are remembered; so many words are

Piece = tuple[int, float]  # its number and its log-probability
NO_PIECE: Piece = (0, 0.0)  # only pieces that are longer begin like this


class Tokenizer:
    """The pieces with their log-probabilities, and what each character is read as (``folds``, by code point)."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], folds: Mapping[int, str]) -> None:
        known = {p: (n, float(s)) for n, (p, s) in enumerate(zip(pieces, scores, strict=True)) if n > UNKNOWN}
        self._openings: dict[str, Piece] = {p[:end]: NO_PIECE for p in known for end in range(1, len(p))} | known
        self._unknown = float(min(scores)) - _UNKNOWN_PENALTY
        self._folds = dict(folds)
        self._met: dict[str, list[int]] = {}

    def __call__(self, text: str) -> list[int]:
        """Piece numbers of ``text``, between the marks for start and end."""
        numbers = [START]
        for word in text.translate(self._folds).split(" "):
            if word:
                numbers += self._word(word)
        return [*(numbers if len(numbers) > 1 else [START, *self._cut(SPACE)]), END]

    def _word(self, word: str) -> list[int]:
        """The pieces of one word. No piece has a space within, so each word is cut by itself; short ones come again."""
        known = self._met.get(word)
        if known is None:
            known = self._cut(SPACE + word)
            if len(word) <= _SHORT:
                remember(self._met, {word: known}, _MOST_WORDS)
        return known

    def _cut(self, line: str) -> list[int]:
        size, openings = len(line), self._openings
        best = [0.0] + [float("-inf")] * size  # best sum up to each place ...
        last = [(0, UNKNOWN)] * (size + 1)  # ... and where its last piece begins, and which it is
        for at in range(size):
            so_far = best[at]
            for end in range(at + 1, size + 1):
                piece = openings.get(line[at:end])
                if piece is None:
                    break
                if piece[0] and so_far + piece[1] > best[end]:
                    best[end], last[end] = so_far + piece[1], (at, piece[0])
            if so_far + self._unknown > best[at + 1]:
                best[at + 1], last[at + 1] = so_far + self._unknown, (at, UNKNOWN)
        numbers = []
        while size > 0:
            size, number = last[size]
            numbers.append(number)
        return numbers[::-1]
