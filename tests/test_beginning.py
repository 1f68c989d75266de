"""`gradaudit init`: what it writes runs, what it can't know it marks, and what is there already stays."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gradaudit.beginning.hook import hook
from gradaudit.beginning.reading import Parameters, read_inputs
from gradaudit.beginning.shapes import Passes

PAIR = """
    import numpy as np

    def affine_forward(x, w, b):
        return x.reshape(x.shape[0], -1).dot(w) + b, (x, w, b)

    def affine_backward(dout, cache):
        x, w, b = cache
        dw = x.reshape(x.shape[0], -1).T.dot(dout)
        return dout.dot(w.T).reshape(x.shape), dw, np.sum(dout, axis=0)
"""
LAYER = """
    import numpy as np

    class Linear:
        def __init__(self, fan_in, fan_out, rng, scale=0.1):
            self.W = rng.normal(scale=scale, size=(fan_in, fan_out))
            self.b = np.zeros(fan_out)

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
            return dout @ self.W.T
"""
LOSS = """
    import numpy as np

    def softmax_loss(x, y):
        probs = np.exp(x - np.max(x, axis=1, keepdims=True))
        probs /= np.sum(probs, axis=1, keepdims=True)
        n = x.shape[0]
        loss = -np.sum(np.log(probs[np.arange(n), y])) / n
        dx = probs.copy()
        dx[np.arange(n), y] -= 1
        dx /= n
        return loss, dx
"""
OPEN = """
    def scores_forward(x, w):
        return x @ w

    def scores_backward(dout, x, w):
        return product(dout, w), product(x, dout)
"""
AUDITS = "audits/gradients.py"


@pytest.fixture
def three(project):
    """Three backward passes of different kinds, in a package below src and in a folder that is no package."""
    project.write(src__net__layers=PAIR + LOSS, lib__objects=LAYER)
    (project.root / "src/net/__init__.py").touch()
    (project.root / ".git").mkdir()
    return project


def text_of(project, name=AUDITS):
    return (project.root / name).read_text(encoding="utf-8")


def files_of(project):
    return {
        path.relative_to(project.root).as_posix(): path.read_bytes()
        for path in project.root.rglob("*")
        if path.is_file()
    }


def test_what_it_writes_audits_every_kind_and_passes(three):
    begun = three.run("init", "--yes")
    assert begun.status == 0, begun.err
    assert "3 audits" in begun.out
    assert "FILL IN" not in text_of(three)
    scanned = three.scan()
    assert scanned.outcomes() == dict.fromkeys(
        ["audit_affine_backward", "audit_linear", "audit_softmax_loss"], "passed"
    ), scanned.out
    assert "100%" in three.run("list").out


def test_a_gradient_on_request_is_asked_for(project):
    project.write(
        ops="""
            import numpy as np

            def penalty(w, x, eval_gradient=False):
                value = np.sum((w * x) ** 3)
                if not eval_gradient:
                    return value
                dw = 3 * w**2 * x**3
                return value, dw

            def entropy(p, return_gradient=True):
                if return_gradient:
                    return -np.sum(np.exp(p) * p), -np.exp(p) * (p + 1)
                return -np.sum(np.exp(p) * p)
        """
    )
    assert project.run("init", "--yes").status == 0
    assert [flag in text_of(project) for flag in ('"eval_gradient": True', '"return_gradient": True')] == [True, True]
    assert project.scan().outcomes() == {"audit_penalty": "passed", "audit_entropy": "passed"}, text_of(project)


def test_a_wrong_gradient_fails_in_the_first_scan(three):
    three.write(src__net__layers=PAIR.replace("np.sum(dout, axis=0)", "2 * np.sum(dout, axis=0)") + LOSS)
    three.run("init", "--yes")
    assert three.scan().codes("audit_affine_backward") == ["GA203"]


def test_inputs_are_those_that_the_source_shows(three):
    three.run("init")
    text = text_of(three)
    for line in (
        "from net.layers import affine_backward, affine_forward, softmax_loss",
        "from objects import Linear",
        "make=lambda rng: Linear(3, 4, rng),",
        '"x": "N 3",',
        '"W": "dW",',
        '"b": "M",',
        '"y": distributions.integers("n", high="C"),',
    ):
        assert line in text, line
    assert 'pythonpath = ["lib"]' in text_of(three, "gradaudit.toml")


def test_what_the_source_leaves_open_is_marked_and_no_scan_passes_it(project):
    project.write(scores=OPEN)
    begun = project.run("init")
    assert "to fill in" in begun.out
    text = text_of(project)
    assert "# FILL IN: how w is drawn" in text
    scanned = project.scan()
    assert scanned.codes("audit_scores_backward") == ["GA004"]


def test_torch_functions_and_operators(project):
    pytest.importorskip("torch")
    project.write(
        ops="""
        import torch

        class Affine(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, weight, bias=None, scale=2.0):
                ctx.save_for_backward(x, weight)
                ctx.scale = scale
                out = scale * x.mm(weight.t())
                if bias is not None:
                    out += bias.unsqueeze(0).expand_as(out)
                return out

            @staticmethod
            def backward(ctx, grad_output):
                x, weight = ctx.saved_tensors
                scaled = ctx.scale * grad_output
                return scaled.mm(weight), scaled.t().mm(x), grad_output.sum(0), None

        @torch.library.custom_op("sample::swish", mutates_args=())
        def swish(x: torch.Tensor) -> torch.Tensor:
            return x * torch.sigmoid(x)

        def keep(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        def swish_gradient(ctx, g):
            (x,) = ctx.saved_tensors
            s = torch.sigmoid(x)
            return g * (s + x * s * (1 - s))

        swish.register_autograd(swish_gradient, setup_context=keep)
        """
    )
    project.run("init")
    assert "FILL IN" not in text_of(project)
    scanned = project.scan()
    assert scanned.outcomes() == {"audit_affine": "passed", "audit_swish": "passed"}, scanned.out
    assert "100%" in project.run("list").out


def test_methods_are_audited_on_an_object_that_is_built(project):
    project.write(
        models="""
        import numpy as np

        class Quadratic:
            def __init__(self, size, rng):
                self.matrix = rng.normal(size=(size, size))

            def value(self, x):
                return 0.5 * x @ self.matrix @ x

            def value_grad(self, x):
                return 0.5 * (self.matrix + self.matrix.T) @ x

        class Ridge:
            def __init__(self, features, rng):
                self.params = {}
                self.params["w"] = rng.normal(size=(features, 2))

            def loss(self, X, y=None):
                residual = X @ self.params["w"] - y
                loss = np.sum(residual**2)
                grads = {"w": 2 * X.T @ residual}
                return loss, grads
        """
    )
    project.run("init")
    text = text_of(project)
    assert "make=lambda rng: Quadratic(3, rng)," in text
    assert "make=lambda rng: Ridge(3, rng)," in text
    assert '"params.w": "w",' in text
    assert text.count("# FILL IN") == 1  # whether x is a vector or rows of them
    (project.root / AUDITS).write_text(text.replace('"?"', '"3"'))
    scanned = project.scan()
    assert set(scanned.outcomes().values()) == {"passed"}, scanned.out


def test_what_a_rule_of_jax_takes_as_constants_is_asked_for(project):
    project.write(
        rules="""
        from functools import partial

        import jax
        import jax.numpy as jnp

        @partial(jax.custom_vjp, nondiff_argnums=(0,))
        def scaled(factor, x):
            return factor * jnp.sin(x)

        def scaled_fwd(factor, x):
            return scaled(factor, x), x

        def scaled_bwd(factor, x, g):
            return (factor * jnp.cos(x) * g,)

        scaled.defvjp(scaled_fwd, scaled_bwd)
        """
    )
    project.run("init")
    text = text_of(project)
    assert '"factor": "?",' in text
    assert ")(scaled)" in text
    assert "100%" in project.run("list").out


def test_without_unaudited_backward_passes_there_is_no_audit_file(project):
    project.write(plain="x = 1")
    begun = project.run("init")
    assert begun.status == 0
    assert sorted(files_of(project)) == [
        ".github/workflows/gradaudit.yml", ".pre-commit-config.yaml", "gradaudit.toml", "plain.py",
    ]  # fmt: skip
    assert "no audit file" in begun.out


def test_diff_shows_everything_and_writes_nothing(three):
    before = files_of(three)
    for option in ("--diff", "--dry-run"):
        shown = three.run("init", option)
        assert shown.status == 0
        assert "+++ b/audits/gradients.py" in shown.out
        assert files_of(three) == before


def test_a_second_time_there_is_nothing_to_write(three):
    three.run("init")
    before = files_of(three)
    again = three.run("init", "--yes")
    assert again.status == 0
    assert "nothing is written" in again.out
    assert files_of(three) == before


def test_audits_are_added_to_a_file_that_is_there_and_the_old_ones_stay(three):
    three.run("init")
    old = text_of(three)
    three.write(more=PAIR.replace("affine", "product"))
    assert three.run("init", "--yes").status == 0
    new = text_of(three)
    assert all(line in new.splitlines() for line in old.splitlines())
    assert "audit_product_backward" in new
    assert set(three.scan().outcomes().values()) == {"passed"}


def test_files_that_are_there_are_not_touched_without_a_yes(three):
    (three.root / "pyproject.toml").write_text('[project]\nname = "net"\n')
    before = files_of(three)
    refused = three.run("init")
    assert refused.status == 2
    assert "pyproject.toml" in refused.err
    assert "--yes" in refused.err
    assert files_of(three) == before


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_it_asks_for_each_file_that_is_there(three, monkeypatch, answer):
    from gradaudit.init_command import initialise

    pyproject = three.root / "pyproject.toml"
    pyproject.write_text('[project]\nname = "net"\n')
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert initialise(str(three.root), None, {}) == 0
    assert asked == ["add to pyproject.toml? [y/N] "]
    assert ("[tool.gradaudit]" in pyproject.read_text()) is (answer == "y")
    assert (three.root / AUDITS).exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_appended_to_pyproject_and_nothing_else_changes(three, end):
    before = f'# comment{end}[project]{end}name = "net"{end}version = "1"'
    (three.root / "pyproject.toml").write_bytes(before.encode())
    assert three.run("init", "--yes").status == 0
    after = (three.root / "pyproject.toml").read_bytes().decode()
    assert after.startswith(before + end)
    assert "[tool.gradaudit]" in after
    assert ("\r\n" in after) == (end == "\r\n")
    assert after.count("\n") == after.count(end)
    assert not (three.root / "gradaudit.toml").exists()
    assert set(three.scan().outcomes().values()) == {"passed"}


def test_a_pyproject_that_no_table_can_be_appended_to_is_refused(three):
    (three.root / "pyproject.toml").write_text("tool = {other = 1}\n")
    before = files_of(three)
    refused = three.run("init", "--yes")
    assert refused.status == 2
    assert "pyproject.toml" in refused.err
    assert "gradaudit.toml" in refused.err
    assert files_of(three) == before


HOOKS = {
    "indented": "# ours\nrepos:\n  - repo: https://example.org/a # pinned\n    rev: v1\n    hooks:\n      - id: a\n",
    "flush": "repos:\n- repo: local\n  hooks:\n  - id: a\n    name: a\n    entry: a\n    language: system\n",
    "keys behind it": "repos:\n  - repo: https://example.org/a\n    hooks:\n      - id: a\n\n# CI\nci:\n  skip: [a]\n",
}


@pytest.mark.parametrize("case", HOOKS)
def test_hooks_are_added_to_the_list_and_comments_stay(tmp_path, case):
    before = HOOKS[case]
    (tmp_path / ".pre-commit-config.yaml").write_text(before)
    change = hook(str(tmp_path), "1.2.3")
    old, new = yaml.safe_load(before), yaml.safe_load(change.after)
    assert [repo["repo"] for repo in new["repos"]] == [
        *(repo["repo"] for repo in old["repos"]), "https://github.com/gradaudit/gradaudit",
    ]  # fmt: skip
    assert new["repos"][-1]["rev"] == "v1.2.3"
    assert {**new, "repos": 0} == {**old, "repos": 0}
    assert not [line for line in change.diff().splitlines()[2:] if line.startswith("-")]


def test_hooks_that_are_there_stay_and_a_list_in_one_line_is_left_to_a_person(tmp_path):
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(
        "repos:\n  - repo: https://github.com/gradaudit/gradaudit\n    rev: v1\n    hooks: [{id: gradaudit}]\n"
    )
    assert hook(str(tmp_path), "1.2.3") is None
    path.write_text("repos: []\n")
    assert "by hand" in hook(str(tmp_path), "1.2.3")


def test_workflow_and_hooks_hold_to_their_schemas(three):
    checker = Path(sys.executable).with_name("check-jsonschema")
    if not checker.exists():
        pytest.skip("check-jsonschema is not installed")
    three.run("init")
    for schema, name in (
        ("vendor.github-workflows", ".github/workflows/gradaudit.yml"),
        ("vendor.pre-commit-config", ".pre-commit-config.yaml"),
    ):
        command = [str(checker), "--builtin-schema", schema, name]
        ended = subprocess.run(command, cwd=three.root, capture_output=True, text=True, check=False)
        assert ended.returncode == 0 or "pre-commit-config" in ended.stderr, ended.stdout + ended.stderr


def test_the_audit_file_is_sorted_and_formatted(three):
    ruff = shutil.which("ruff") or shutil.which("ruff", path=os.path.dirname(sys.executable))
    if ruff is None:
        pytest.skip("ruff is not installed")
    three.run("init")
    for words in (["check", "--select", "E,F,I,B,UP"], ["format", "--check"]):
        command = [ruff, words[0], "--isolated", *words[1:], "audits"]
        ended = subprocess.run(command, cwd=three.root, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr


def test_what_no_import_reaches_is_named_in_a_comment(three):
    three.write(
        program="""
        if __name__ == "__main__":
            def hidden_forward(x):
                return x**2

            def hidden_backward(dout, x):
                return 2 * x * dout
    """
    )
    begun = three.run("init")
    assert "not audited: hidden_backward (program.py" in begun.out
    assert "# Not audited: hidden_backward" in text_of(three)
    assert set(three.scan().outcomes().values()) == {"passed"}


def test_an_audit_file_that_would_hide_what_it_imports_is_refused(project):
    project.write(gradients=PAIR)
    refused = project.run("init")
    assert refused.status == 2
    assert "--file" in refused.err
    assert project.run("init", "--file", "audits/first.py").status == 0
    assert project.scan().outcomes() == {"audit_affine_backward": "passed"}


def drawn(source, backward=None, upstreams=()):
    """What is read of the first function of a source."""
    import textwrap

    functions = {node.name: node for node in ast.parse(textwrap.dedent(source)).body}
    forward = next(iter(functions.values()))
    passes = Passes(forward, (), functions.get(backward), upstreams, functions, returns_both=backward is None)
    reading = read_inputs(passes, Parameters.of(forward))
    return reading.inputs(), reading.sizes()


SHOWN = {
    "elementwise": ("def f(x):\n    return np.tanh(x) * x", {"x": '"N D"'}),
    "slices need a size of two": ("def f(x):\n    return np.sum(x[1:] * x[:-1])", {"x": '"N"'}),
    "an unpacked shape": ("def f(x):\n    n, c, h, w = x.shape\n    return x.reshape(n, -1)", {"x": '"n c h w"'}),
    "a table and its rows": (
        "def f(ids, table):\n    return table[ids]",
        {"ids": 'distributions.integers("N", high="V")', "table": '"V D"'},
    ),
    "a logarithm": ("def f(x):\n    return np.log(x)", {"x": 'distributions.positive("N D")'}),
    "a cross-entropy": (
        "def f(p, t):\n    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))",
        {"p": 'distributions.uniform("N D", 0.1, 0.9)', "t": '"N D"'},
    ),
    "a mask": (
        "def f(x, keep):\n    return np.where(keep, x, 0.0)",
        {"x": '"N D"', "keep": 'distributions.boolean("N D")'},
    ),
    "a number that scales a sum": ("def f(w, reg):\n    return reg * np.sum(w * w)", {"w": '"N D"', "reg": '""'}),
    "an Einstein sum": ("def f(x, w):\n    return np.einsum('nd,kd->nk', x, w)", {"x": '"N D"', "w": '"M D"'}),
    "defaults that are numbers": ("def f(x, eps=1e-5, axis=0):\n    return x / eps", {"x": '"N D"'}),
    "jaxtyping": (
        'def f(x: Float[Array, "batch d"], w: Float[Array, "d 3"]):\n    return g(x, w)',
        {"x": '"batch d"', "w": '"d 3"'},
    ),
    "a docstring's list": (
        'def f(x, y):\n    """F.\n\n    - x: of shape (N, C)\n    - y: of shape (N,), 0 <= y[i] < C\n    """',
        {"x": '"N C"', "y": 'distributions.integers("N", high="C")'},
    ),
    "NumPy's docstrings": (
        'def f(x, w):\n    """F.\n\n    x : ndarray, shape (n, d)\n        Samples.\n    w : (d, 3) array\n    """',
        {"x": '"n d"', "w": '"d 3"'},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_shapes_are_read_where_the_source_shows_them(case):
    source, expected = SHOWN[case]
    assert drawn(source)[0] == expected


def test_sizes_are_bounded_where_slices_need_it():
    assert drawn(SHOWN["slices need a size of two"][0])[1] == {"N": "(2, 8)"}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x, w):\n    return x @ w", "w"),  # a matrix or a vector
        ("def f(x):\n    return somewhere_else(x)", "x"),
        ("def f(x, mode):\n    return x if mode == 'train' else 2 * x", "mode"),
        ("def f(x, n):\n    for _ in range(n):\n        x = x**2\n    return x", "n"),
        ("def f(x, config):\n    return x * config['scale'].value", "config"),
    ],
)
def test_what_is_not_shown_is_asked_for(source, name):
    from gradaudit.beginning.audit import Missing

    value = drawn(source)[0][name]
    assert isinstance(value, Missing) or all(isinstance(each, Missing) for each in value.values())


def test_gradients_tell_the_shapes_that_the_forward_leaves_open():
    source = """
    def norm_forward(x, gain, shift):
        centred = x - x.mean(axis=0)
        return gain * centred + shift, (centred, gain)

    def norm_backward(dout, cache):
        centred, gain = cache
        dx = dout * gain
        return dx - dx.mean(axis=0), (dout * centred).sum(axis=0), dout.sum(axis=0)
    """
    assert drawn(source, "norm_backward", ("dout",))[0] == {"x": '"N D"', "gain": '"D"', "shift": '"D"'}


NOT_TO_BE_WRITTEN = {
    "a primitive of JAX": (
        """
        from jax.interpreters import ad
        scale_p = object()
        ad.deflinear2(scale_p, lambda ct, x: [2 * ct])
        """,
        "scale_p",
        "is a JAX primitive",
    ),
    "a primitive that is imported": (
        """
        import numpy as np
        from autograd.extend import defjvp
        defjvp(np.sin, lambda g, ans, x: g * np.cos(x))
        """,
        "np.sin",
        "is imported there",
    ),
    "a second derivative": (
        """
        def bowl(x): return x @ x
        def bowl_hess(x): return 2 * x
        """,
        "bowl_hess",
        "is the second derivative of bowl",
    ),
    "a third derivative": (
        """
        def bowl(x): return x @ x
        def deriv3_bowl(x): return 0 * x
        """,
        "deriv3_bowl",
        "is the third derivative of bowl",
    ),
    "a second derivative that a solver is given": (
        """
        def bowl(x): return x @ x
        def bend(x): return 2 * x
        minimize(bowl, x0, hess=bend)
        """,
        "bend",
        "is the second derivative of bowl, given to minimize as hess",
    ),
    "a score of each observation": (
        """
        class Model:
            def loglikeobs(self, params): return self.x @ params
            def score_obs(self, params): return self.x
        """,
        "Model.score_obs",
        "is the derivative of loglikeobs",
    ),
    "a derivative inside of the function that solves": (
        """
        def fit(x0):
            def cost(x): return x @ x
            def slope(x): return 2 * x
            return minimize(cost, x0, jac=slope)
        """,
        "fit.slope",
        "is defined inside of a function",
    ),
}


@pytest.mark.parametrize(("source", "name", "why"), NOT_TO_BE_WRITTEN.values(), ids=NOT_TO_BE_WRITTEN)
def test_what_no_audit_can_be_written_for_is_named_with_the_reason(project, source, name, why):
    project.write(model=source)
    shown = project.run("init").out
    assert f"not audited: {name} (model.py" in shown
    assert why in shown


def test_a_score_and_what_a_solver_is_given_are_audited_with_their_forward(project):
    project.write(
        model="""
        import numpy as np
        from scipy.optimize import minimize

        class Normal:
            def loglike(self, params): return -np.sum(params**2) / 2
            def score(self, params): return -params

        def cost(x): return x @ x
        def slope(x): return 2 * x
        def solve(x0): return minimize(cost, x0, jac=slope)
    """
    )
    shown = project.run("init", "--diff").out
    for text in ('forward="loglike"', ")(Normal.score)", "forward=cost", ")(slope)"):
        assert text in shown
