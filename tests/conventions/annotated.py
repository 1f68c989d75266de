"""Inputs that jaxtyping's annotations describe."""

NEEDS = ("jaxtyping",)
ANNOTATIONS = "from jaxtyping import Bool, Float, Float32, Float64, Int, Integer, Num\n"

CONVENTIONS = {
    "sizes shared over arguments": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
def forward(x: Float[np.ndarray, "N D"], w: Float[np.ndarray, "D M"], b: Float[np.ndarray, " M"]):
    return x @ w + b

@audited_backward(forward=forward, OPTION)
def backward(dout: Float[np.ndarray, "N M"], x, w):
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
""",
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "annotations in text": {
        "needs": NEEDS,
        "code": "from __future__ import annotations\n"
        + ANNOTATIONS
        + """
def forward(x: Float[np.ndarray, "3 N+1"], scale: Float[np.ndarray, ""]):
    return scale * x

@audited_backward(forward=forward, OPTION)
def backward(dout, x, scale):
    return scale * dout, np.sum(dout * x)
""",
        "wrong": ("np.sum(dout * x)", "np.mean(dout * x)"),
    },
    "indices": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
def forward(ids: Int[np.ndarray, "N"], table: Float[np.ndarray, "V D"]):
    return table[ids]

@audited_backward(forward=forward, OPTION)
def backward(dout, ids, table):
    dtable = np.zeros_like(table)
    np.add.at(dtable, ids, dout)
    return dtable
""",
        "option": 'inputs={"ids": distributions.integers("N", high="V")}',
        "wrong": ("np.add.at(dtable, ids, dout)", "dtable[ids] = dout"),
    },
    "a mask and any number of axes": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
def forward(x: Float64[np.ndarray, "*batch D"], mask: Bool[np.ndarray, "*batch D"]):
    return np.where(mask, x**2, x)

@audited_backward(forward=forward, OPTION)
def backward(dout, x, mask):
    return np.where(mask, 2 * x, 1) * dout
""",
        "wrong": ("np.where(mask, 2 * x, 1)", "2 * x"),
    },
    "an axis that is broadcast": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
def forward(x: Float[np.ndarray, "N D"], b: Float[np.ndarray, "#N D"]):
    return x * b

@audited_backward(forward=forward, OPTION)
def backward(dout, x, b):
    db = dout * x
    return dout * b, db.sum(axis=0, keepdims=True) if b.shape[0] == 1 else db
""",
        "wrong": ("db.sum(axis=0, keepdims=True) if b.shape[0] == 1 else db", "db"),
    },
    "an argument without an annotation": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
def forward(x: Num[np.ndarray, "N D"], y):
    return x * y

@audited_backward(forward=forward, OPTION)
def backward(dout, x, y):
    return dout * y, dout * x
""",
        "option": 'inputs={"y": "N D"}',
        "asked": 'inputs={..., "y": "N"}',
        "wrong": ("dout * x", "dout + x"),
    },
    "an argument that may be one of two things": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
def forward(x: Float[np.ndarray, "N"] | Float[np.ndarray, "N D"], y: Float[np.ndarray, "N"] | None):
    return (x**2).sum() + (y**3).sum()

@audited_backward(forward=forward, OPTION)
def backward(x, y):
    return 2 * x, 3 * y**2
""",
        "option": 'inputs={"x": "N D"}',
        "wrong": ("3 * y**2", "3 * y"),
    },
    "a record of arrays": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
from dataclasses import dataclass

@dataclass(frozen=True)
class Parameters:
    W: Float[np.ndarray, "D M"]
    b: Float[np.ndarray, " M"]

def forward(x: Float[np.ndarray, "N D"], params: Parameters):
    return x @ params.W + params.b

@audited_backward(forward=forward, OPTION)
def backward(dout, x, params):
    return dout @ params.W.T, Parameters(x.T @ dout, dout.sum(axis=0))
""",
        "wrong": ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    },
    "a layer": {
        "needs": NEEDS,
        "code": ANNOTATIONS
        + """
@audited_backward(OPTION)
class Square:
    def forward(self, x: Float[np.ndarray, "N D"]):
        self.x = x
        return x**2

    def backward(self, dout: Float[np.ndarray, "N D"]):
        return 2 * self.x * dout
""",
        "wrong": ("2 * self.x", "self.x"),
    },
}
