"""From the text of a document to a draft: title, sections, claims, sentences, kind of invention."""

from __future__ import annotations

from patentprep.structure.draft import read_draft, structure

__all__ = ["read_draft", "structure"]
