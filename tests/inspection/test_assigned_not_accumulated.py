"""GA107: gradients that overwrite each other are found; masks, permutations and parts that do not overlap are not."""

from __future__ import annotations

import pytest

GATHER = """
import numpy as np
def embedding_forward({ids}, w):
    {doc}
    return w[{index}], (w, {ids})
def embedding_backward(dout, cache):
    w, {ids} = cache
    dw = np.zeros_like(w)
    {line}
    return dw
"""
POOL = """
import numpy as np
def pool_forward(x, stride, size):
    return x, (x, stride, size)
def pool_backward(dout, cache):
    x, stride, size = cache
    N, H = x.shape
    dx = {start}
    for n in range(N):
        for i in {turns}:
            {line}
    return dx
"""


def gather(line, ids="ids", index="ids", doc="pass"):
    return GATHER.format(line=line, ids=ids, index=index, doc=doc)


def pool(line, *, start="np.zeros(x.shape)", turns="range(H // 2)"):
    return POOL.format(line=line, start=start, turns=turns)


FOUND = {
    "assigned": gather("dw[ids] = dout"),
    "added": gather("dw[ids] += dout"),
    "read, added and written": gather("dw[ids] = dw[ids] + dout"),
    "subtracted": gather("dw[ids] -= dout"),
    "of a column": gather("dw[:, ids] += dout", index=":, ids"),
    "documented as integers": gather(
        "dw[x] += dout", ids="x", index="x", doc='"""x: Integer array of shape (N, T)."""'
    ),
    "annotated as an array": gather("dw[idx] += dout", ids="idx", index="idx").replace(
        "forward(idx,", "forward(idx: np.ndarray,"
    ),
    "used as an array": gather("dw[x] += dout.reshape(x.shape)", ids="x", index="x"),
    "taken": gather("dw[ids] += dout").replace("w[ids]", "np.take(w, ids, 0)", 1),
    "a saved tensor": """
        import torch
        class Gather(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, indices):
                ctx.save_for_backward(x, indices)
                return x[indices]
            @staticmethod
            def backward(ctx, grad_output):
                x, indices = ctx.saved_tensors
                grad = torch.zeros_like(x)
                grad[indices] = grad_output
                return grad, None
    """,
    "a layer": """
        class Embedding:
            def forward(self, ids):
                self.ids = ids
                return self.w[ids]
            def backward(self, dout):
                dw = np.zeros_like(self.w)
                dw[self.ids] = dout
                return dw
    """,
    "drawn as integers": """
        import numpy as np
        from gradaudit import audited_backward
        from gradaudit.distributions import integers
        def pick(w, k):
            return w[k]
        @audited_backward(forward=pick, inputs={"w": "V D", "k": integers("N", high="V")})
        def pick_backward(dout, w, k):
            dw = np.zeros_like(w)
            dw[k] += dout
            return dw
    """,
    "windows with a stride": pool("dx[n, i * stride : i * stride + size] = dout[n, i]"),
    "windows with names for their bounds": pool("low = i * stride; high = low + size; dx[n, low:high] = dout[n, i]"),
    "windows that move by one": pool("dx[n, i : i + 3] = dout[n, i]"),
    "windows of a stepping loop": pool("dx[n, i : i + size] = dout[n, i]", turns="range(0, H, stride)"),
    "windows of numbers": pool("dx[n, 2 * i : 2 * i + 3] = dout[n, i]"),
    "windows on every row": pool("dx[:, i * stride : i * stride + size] = dout[:, i]"),
}

NOT_FOUND = {
    "add.at": gather("np.add.at(dw, ids, dout)"),
    "one of a row": gather("dw[np.arange(3), ids] -= 1"),
    "one of a row, by a name": gather("rows = np.arange(3); dw[rows, ids] = dout"),
    "a mask": gather("dw[mask] = dout", ids="mask", index="mask"),
    "a mask by another name": gather("dw[ids] = dout; rest = w[~ids]").replace("w[ids],", "w[ids] * w[~ids],"),
    "a permutation": gather("dw[perm] = dout", ids="perm", index="perm"),
    "one number": gather("dw[i] = dout", ids="i", index="i"),
    "one index, for all that is known": gather("dw[idx] = dout", ids="idx", index="idx"),
    "a slice": gather("dw[ids:] = dout", index="ids:"),
    "an array that did not begin as zeros": gather("dw = w.copy(); dw[ids] = dout"),
    "indices that are computed": gather("ids = np.unique(ids); dw[ids] = dout"),
    "what the forward does not read at": gather("dw[ids] = dout").replace("w[ids],", "w * ids,"),
    "each index in turn": gather("for row, ids_of_row in enumerate(ids): dw[ids_of_row] += dout[row]"),
    "the largest element": """
        def max_forward(x):
            ids = x.argmax(1)
            return x[ids], (x, ids)
        def max_backward(dout, cache):
            x, ids = cache
            dx = np.zeros_like(x)
            dx[ids] = dout
            return dx
    """,
    "a mask by the audit": """
        import numpy as np
        from gradaudit import audited_backward
        from gradaudit.distributions import boolean
        def pick(w, ids):
            return w * w[ids].sum()
        @audited_backward(forward=pick, inputs={"w": "V", "ids": boolean("V")})
        def pick_backward(dout, w, ids):
            dw = np.zeros_like(w)
            dw[ids] = dout
            return dw
    """,
    "windows that accumulate": pool("dx[n, i * stride : i * stride + size] += dout[n, i]"),
    "windows that accumulate in long": pool(
        "dx[n, i * stride : i * stride + size] = dx[n, i * stride : i * stride + size] + dout[n, i]"
    ),
    "parts": pool("dx[n, i * size : (i + 1) * size] = dout[n, i]"),
    "parts by the stride": pool("dx[n, i * stride : i * stride + stride] = dout[n, i]"),
    "parts of a stepping loop": pool("dx[n, i : i + size] = dout[n, i]", turns="range(0, H, size)"),
    "parts of numbers": pool("dx[n, 2 * i : 2 * i + 2] = dout[n, i]"),
    "windows with gaps": pool("dx[n, 3 * i : 3 * i + 2] = dout[n, i]"),
    "single places": pool("dx[n, i] = dout[n, i]"),
    "a row of its own for each window": pool("dx[i, i * stride : i * stride + size] = dout[n, i]"),
    "a window that does not move": pool("dx[n, stride : stride + size] = dout[n, i]"),
    "windows of an iterator": pool("dx[n, i : i + size] = dout[n, i]", turns="starts"),
    "windows of another array": pool("dx[n, i : i + size] = dout[n, i]", start="x.copy()"),
    "a rest": pool("dx[n, i:] = dout[n, i]"),
    "sums of widths": pool("at = 0; dx[n, at : at + size] = dout[n, i]; at += size"),
}


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(findings, source):
    (finding,) = findings("GA107", source)
    assert "accumulate" in finding.help


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND)
def test_not_found(findings, source):
    assert not findings("GA107", source)


def test_the_finding_is_the_statement(findings):
    (finding,) = findings("GA107", gather("dw[ids] += dout"))
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (9, 5, 9, 20)
