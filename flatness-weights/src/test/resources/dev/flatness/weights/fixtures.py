"""Writes the files of this folder.

Ran with Python 3.11, torch 2.13, safetensors 0.8, keras 3.15 (KERAS_BACKEND=torch), h5py 3.16.
"""
import numpy as np
import torch
import torch.nn as nn
from safetensors.torch import save_file

torch.manual_seed(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(4)
        self.fc1 = nn.Linear(64, 6)
        self.fc2 = nn.Linear(6, 3)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        return self.fc2(torch.relu(self.fc1(torch.flatten(x, 1))))


def net():
    n = Net()
    with torch.no_grad():
        n.bn1.running_mean.normal_()
        n.bn1.running_var.uniform_(0.5, 2)
        n.bn1.weight.normal_()
        n.bn1.bias.normal_()
    return n.eval()


a, b = net(), net()
x = torch.zeros(1, 1, 8, 8)
kept = dict(training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
torch.onnx.export(a, x, "kept-a.onnx", dynamo=False, **kept)
torch.onnx.export(b, x, "kept-b.onnx", dynamo=False, **kept)
torch.onnx.export(a, x, "folded-a.onnx", dynamo=False)
state = b.state_dict()


def cast(to):
    return {k: to(v) if v.is_floating_point() else v for k, v in state.items()}


torch.save(state, "b.pt")
torch.save({"module." + k: v for k, v in state.items()}, "b-wrapped.pt")
torch.save(
    {
        "epoch": 3,
        "model_state_dict": state,
        "optimizer": torch.optim.Adam(b.parameters()).state_dict(),
        "loss": 0.5,
        "best": None,
        "rates": [1e-3],
    },
    "b-checkpoint.ckpt",
)
torch.save(state, "b-legacy.pt", _use_new_zipfile_serialization=False)
torch.save(b, "b-object.pt")
torch.jit.trace(b, x).save("b-script.pt")
save_file(state, "b.safetensors")
save_file(cast(lambda v: v.to(torch.bfloat16)), "b-bfloat16.safetensors")
torch.save(cast(lambda v: v.half()), "b-half.pt")
torch.save(cast(lambda v: v.double()), "b-double.pt")
base = torch.arange(24, dtype=torch.float32)
torch.save(
    {
        "transposed": base.view(4, 6).t(),
        "strided": base[5:20:3],
        "inner": base.view(2, 3, 4)[1, :, 2],
        "expanded": torch.ones(3).expand(2, 3),
        "parameter": nn.Parameter(base.view(4, 6)),
        "empty": torch.zeros(0, 4),
        "scalar": torch.tensor(2.5),
        "whole": torch.tensor([1, 2]),
    },
    "views.pt",
)


class Products(nn.Module):
    """On inputs with three axes a linear layer becomes a MatMul of its transposed weight."""

    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(5, 5)
        self.l2 = nn.Linear(5, 5, bias=False)
        self.l3 = nn.Linear(5, 4)

    def forward(self, x):
        return self.l3(torch.relu(self.l2(torch.relu(self.l1(x)))))


p, q = Products().eval(), Products().eval()
torch.onnx.export(p, torch.zeros(1, 1, 5), "products-a.onnx", dynamo=False)
torch.onnx.export(q, torch.zeros(1, 1, 5), "products-b.onnx", dynamo=False)
torch.save(q.state_dict(), "products-b.pt")

import os  # noqa: E402

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402

keras.utils.set_random_seed(3)
L = keras.layers
m = keras.Sequential(
    [
        keras.Input((6, 6, 2)),
        L.Conv2D(2, 3, activation="relu", name="conv"),
        L.Flatten(),
        L.Dense(5, activation="relu", name="fc1"),
        L.Dense(3, name="fc2"),
    ]
)
for layer in m.layers:
    layer.set_weights([np.random.normal(size=w.shape) for w in layer.get_weights()])
m.save_weights("k.weights.h5")
m.save("k.h5")
image = np.arange(72, dtype=np.float32).reshape(1, 6, 6, 2) / 72
np.savetxt("k-outputs.csv", m.predict(image, verbose=0), delimiter=",", fmt="%.9g")
