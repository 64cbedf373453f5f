"""What the models are known to get wrong on our own samples: strict, so that a mended case must leave the list."""

import pytest

KNOWN_MISSES = {
    "test_status[training_method-drone-crop-gaps-en.docx]": "a wish about training counts as addressed",
    "test_status[technical_scenario-mall-faces-red-flag-zh.pdf]": "recognising customers is not seen as a scenario",
    "test_evidence[attention-pure-algorithm-en.txt]": "sequences drawn from a Markov process are not seen as data",
    "test_status[training_data_source-attention-pure-algorithm-en.txt]": "artificial data are not seen as a source",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name == "test_samples.py" and item.name in KNOWN_MISSES:
            item.add_marker(pytest.mark.xfail(strict=True, reason=KNOWN_MISSES[item.name]))
