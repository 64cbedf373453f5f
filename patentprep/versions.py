"""What a report names so that its answer can be repeated: the program and the trained models."""

from __future__ import annotations

from importlib import metadata


def program_version() -> str:
    """The installed version of patentprep."""
    try:
        return metadata.version("patentprep")
    except metadata.PackageNotFoundError:  # run from a bare checkout
        return "0+unknown"


def model_version() -> str:
    """Short hashes of the corpora that the two shipped models were trained on."""
    from patentprep import eligibility, evidence

    return f"evidence {evidence.load_model().version}, eligibility {eligibility.load_model().version}"
