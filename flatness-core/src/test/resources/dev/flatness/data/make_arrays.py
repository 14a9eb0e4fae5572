# Writes arrays.npz and arrays-deflated.npz, made with Python 3 and numpy 2.4.6:
#   python3 make_arrays.py
# Element i, in row-major order, is i-5 for signed integers, i for unsigned ones, i%2 for bool and
# (i-5)/4 for floating-point numbers; shape [4, 3, 2].
import io
import zipfile

import numpy as np


def array(kind):
    i = np.arange(24).reshape(4, 3, 2)
    return {"i": i - 5, "u": i, "b": i % 2, "f": (i - 5) / 4}[kind]


arrays = {"y": np.array([2, 0, 1, 3], dtype="<i8"), "real": np.array([0.5, -1.0, 2.0, 1e300])}
for name in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
    for mark, order in [("<", "le"), (">", "be")]:
        if name.endswith("1") and mark == ">":
            continue
        values = array(name[0]).astype(mark + name)
        arrays[f"{name}_{order}_C"] = values
        arrays[f"{name}_{order}_F"] = np.asfortranarray(values)
arrays["extreme_u8"] = np.array([0, 2**53 + 1, 2**63, 2**64 - 1], dtype="<u8")
arrays["extreme_i8"] = np.array([-(2**63), -1, 0, 2**63 - 1], dtype="<i8")
arrays["extreme_f2"] = np.array([6e-8, -6.104e-5, 65504, -0.0], dtype="<f2")
arrays["complex"] = np.zeros(4, dtype="<c16")
arrays["text"] = np.array(["a", "b", "c", "d"])
arrays["structured"] = np.zeros(4, dtype=[("a", "<f8"), ("b", "<i4")])
arrays["objects"] = np.array([{}, [], None, 1], dtype=object)
arrays["scalar"] = np.float64(1)
arrays["empty"] = np.zeros((0, 3))

for file, method in [("arrays.npz", zipfile.ZIP_STORED), ("arrays-deflated.npz", zipfile.ZIP_DEFLATED)]:
    with zipfile.ZipFile(file, "w", method) as archive:
        for key, values in arrays.items():
            out = io.BytesIO()
            np.lib.format.write_array(out, np.asanyarray(values))
            archive.writestr(key + ".npy", out.getvalue())
        for version in [(1, 0), (2, 0), (3, 0)]:
            out = io.BytesIO()
            np.lib.format.write_array(out, array("f").astype("<f8"), version=version)
            archive.writestr(f"version{version[0]}.npy", out.getvalue())
