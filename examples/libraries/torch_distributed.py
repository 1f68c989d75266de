"""What convolves a `DTensor` in PyTorch: a process convolves its shard, and has the gradients of that.

Shards along the width exchange their borders, and of the gradients what belongs to a neighbour. In a process group
that only pretends to communicate, zeros are received: the first shard of two is convolved as if it were alone.

The versions that it is about: `pip install -r examples/libraries/requirements.txt`.

    gradaudit scan examples/libraries/torch_distributed.py
"""

import functools

import torch
import torch.distributed
from torch.distributed.tensor import _tp_conv
from torch.testing._internal.distributed import fake_pg

from gradaudit import audited_backward

if not torch.distributed.is_initialized():
    torch.distributed.init_process_group("fake", rank=0, world_size=2, store=fake_pg.FakeStore())

STRIDE, PADDING, DILATION, TRANSPOSED, OUTPUT_PADDING, GROUPS = [1, 1], [1, 1], [1, 1], False, [0, 0], 1
SETTINGS = (STRIDE, PADDING, DILATION, TRANSPOSED, OUTPUT_PADDING, GROUPS)


def convolution(x, w, b, dim_map):
    return _tp_conv.tp_convolution(torch.ops.aten.convolution.default, (x, w, b, *SETTINGS), {}, dim_map)


def convolution_backward(dout, x, w, b, dim_map):
    arguments = (dout, x, w, list(b.shape), *SETTINGS, [True, True, True])
    return _tp_conv.tp_convolution_backward(torch.ops.aten.convolution_backward.default, arguments, {}, dim_map)


# Which dimension of the mesh each axis is sharded along: -1 where it is not.

SHARDED = {
    "along the batch": [0, -1, -1, -1],
    "along the width": [-1, -1, -1, 0],
}

WRONG = {
    "along the width": "the input's gradient is None, for what joins it with the borders returns nothing, PyTorch 2.13.0",
}

for name, dim_map in SHARDED.items():
    sharded_convolution = audited_backward(
        forward=functools.partial(convolution, dim_map=dim_map),
        inputs={"x": "N 2 5 6", "w": "3 2 3 3", "b": "3"},
        framework="torch",
        name=name,
        xfail=WRONG.get(name),
    )(functools.partial(convolution_backward, dim_map=dim_map))
