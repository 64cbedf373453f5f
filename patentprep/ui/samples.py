"""The bundled sample drafts, as ``data/samples/index.yaml`` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from patentprep.checklist import Words
from patentprep.resources import Block, folder, load_yaml


@dataclass(frozen=True, slots=True)
class Sample:
    file: str
    language: str
    title: Words
    about: Words

    def read(self) -> bytes:
        """The bytes of the file."""
        return (folder("data") / "samples" / self.file).read_bytes()


@cache
def shelf() -> tuple[Sample, ...]:
    """Every sample that is there, in the order of the index."""
    index = folder("data") / "samples" / "index.yaml"
    if not index.exists():
        return ()
    listed = (_sample(block) for block in load_yaml(index).blocks("samples"))
    return tuple(sample for sample in listed if (index.parent / sample.file).exists())


def _sample(block: Block) -> Sample:
    title, about = block.block("title"), block.block("about")
    return Sample(
        block.text("file"),
        block.one_of("language", ("zh", "en")),
        Words(title.text("zh"), title.text("en")),
        Words(about.text("zh"), about.text("en")),
    )
