"""Cut a text into the word pieces of the sentence encoder: a unigram model, as SentencePiece defines it.

The pieces are those of multilingual-e5-small that Chinese, English, symbols and figures need. Of all ways to write a
text as pieces, the one with the highest sum of log-probabilities is taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

START, END, UNKNOWN = 0, 2, 3
SPACE = "\u2581"  # how the pieces write a space
_UNKNOWN_PENALTY = 10.0  # an unknown character costs this much more than the rarest piece


class Tokenizer:
    """The pieces with their log-probabilities, and what each character is read as (``folds``, by code point)."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], folds: Mapping[int, str]) -> None:
        self._pieces = {p: (n, float(s)) for n, (p, s) in enumerate(zip(pieces, scores, strict=True)) if n > UNKNOWN}
        self._openings = {piece[:end] for piece in self._pieces for end in range(1, len(piece) + 1)}
        self._unknown = float(min(scores)) - _UNKNOWN_PENALTY
        self._folds = dict(folds)

    def __call__(self, text: str) -> list[int]:
        """Piece numbers of ``text``, between the marks for start and end."""
        words = text.translate(self._folds).split(" ")
        line = SPACE + SPACE.join(word for word in words if word)
        size = len(line)
        best = [0.0] + [float("-inf")] * size  # best sum up to each place ...
        last = [(0, UNKNOWN)] * (size + 1)  # ... and where its last piece begins, and which it is
        for at in range(size):
            so_far = best[at]
            for end in range(at + 1, size + 1):
                part = line[at:end]
                if part not in self._openings:
                    break
                piece = self._pieces.get(part)
                if piece and so_far + piece[1] > best[end]:
                    best[end], last[end] = so_far + piece[1], (at, piece[0])
            if so_far + self._unknown > best[at + 1]:
                best[at + 1], last[at + 1] = so_far + self._unknown, (at, UNKNOWN)
        numbers = []
        while size > 0:
            size, number = last[size]
            numbers.append(number)
        return [START, *reversed(numbers), END]
