"""Autograd functions of PyTorch: a right one, and three that are wrong."""

import torch

from gradaudit import audited_backward


@audited_backward(inputs={"x": "N D", "w": "D M", "b": "M"})
class Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w + b

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w.T, x.T @ grad_output, grad_output.sum(0)


@audited_backward(inputs={"x": "N D", "w": "D M"})
class DoubledWeights(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return torch.tanh(x @ w)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        inner = grad_output * (1 - torch.tanh(x @ w) ** 2)
        return inner @ w.T, 2 * x.T @ inner


@audited_backward(inputs={"x": "N D"})
class FlippedSign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.cos(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * torch.sin(x)


@audited_backward(inputs={"x": "N D"})
class WritesToUpstream(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        grad_output *= 2 * x
        return grad_output
