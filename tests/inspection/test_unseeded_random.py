"""GA106: draws from global random state in an audited forward are found; generators that are passed are not."""

from __future__ import annotations

import pytest

AUDITED = """
import random
import numpy as np
import torch
from numpy.random import default_rng
from gradaudit import audited_backward
def dropout_forward(x, rng=None, seed=0):
    {line}
    return x * mask, mask
@audited_backward(forward={forward}, inputs={{"x": "N D"}})
def dropout_backward(dout, cache):
    return dout * cache
"""


def audited(line, forward="dropout_forward"):
    return AUDITED.format(line=line, forward=forward)


FOUND = {
    "NumPy's global state": audited("mask = np.random.rand(*x.shape) < 0.5"),
    "Python's": audited("mask = random.random() < 0.5"),
    "PyTorch's": audited("mask = torch.rand(x.shape) < 0.5"),
    "a generator without a seed": audited("mask = default_rng().random(x.shape) < 0.5"),
    "a generator with None for a seed": audited("mask = np.random.default_rng(None).random(x.shape) < 0.5"),
    "an old generator without a seed": audited("mask = np.random.RandomState().rand(*x.shape) < 0.5"),
    "in a branch": audited("mask = np.random.binomial(1, 0.5, x.shape) if x.any() else 1"),
    "a forward that is named by its name": audited("mask = np.random.rand(*x.shape)", '"dropout_forward"'),
    "a layer": """
        import numpy as np
        from gradaudit import audited_backward
        @audited_backward(inputs={"x": "N D"})
        class Dropout:
            def forward(self, x):
                self.mask = np.random.rand(*x.shape) < 0.5
                return x * self.mask
            def backward(self, dout):
                return dout * self.mask
    """,
}

NOT_FOUND = {
    "a generator that is passed": audited("mask = rng.random(x.shape) < 0.5"),
    "a generator with a seed": audited("mask = default_rng(seed).random(x.shape) < 0.5"),
    "a generator of PyTorch": audited("mask = torch.rand(x.shape, generator=rng) < 0.5"),
    "it seeds the state itself": audited("np.random.seed(seed); mask = np.random.rand(*x.shape)"),
    "it seeds PyTorch's": audited("torch.manual_seed(seed); mask = torch.rand(x.shape)"),
    "no draw": audited("mask = np.random.Generator is not None"),
    "another module of that name": audited("from mine import random; mask = random.random()").replace(
        "import random\n", "", 1
    ),
    "a forward that nothing audits": """
        import numpy as np
        def dropout_forward(x):
            return x * (np.random.rand(*x.shape) < 0.5), x
        def dropout_backward(dout, cache):
            return dout * cache
    """,
    "the backward alone": audited("mask = 1").replace("return dout", "np.random.rand(); return dout"),
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(findings, source):
    (finding,) = findings("GA106", source)
    assert "draws from global random state" in finding.message or "without a seed" in finding.message


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(findings, source):
    assert not findings("GA106", source)


def test_the_finding_is_where_the_forward_is(inspected):
    files = {
        "layers.py": "import numpy as np\ndef noisy(x):\n    return x * np.random.rand()\n",
        "audits.py": """
            from layers import noisy
            from gradaudit import audited_backward
            @audited_backward(forward=noisy, inputs={"x": "N"})
            def noisy_backward(dout, x):
                return dout
            @audited_backward(forward=noisy, inputs={"x": "2 2"})
            def noisy_backward_again(dout, x):
                return dout
        """,
    }
    # Without these no rule would read the file.
    files["layers.py"] += "def layers(x):\n    return x\ndef layers_backward(dout):\n    return dout\n"
    (finding,) = inspected(files, "GA106").findings
    assert (finding.file, finding.line, finding.column, finding.end_column) == ("layers.py", 3, 16, 32)


def test_it_warns(project):
    ended = project.write(layers=FOUND["a layer"]).scan()
    assert ended.status == 0
    assert [finding["code"] for finding in ended.report["findings"]] == ["GA106"]
