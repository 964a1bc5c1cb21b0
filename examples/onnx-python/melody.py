"""Draws melodies from the exported melody model, scores them, and takes them to latents and back.

Needs onnxruntime and numpy: pip install onnxruntime numpy
"""

import sys

import numpy as np
import onnxruntime as ort

folder = sys.argv[1] if len(sys.argv) > 1 else "melody"


def graph(name):
    return ort.InferenceSession(f"{folder}/{name}.onnx", providers=["CPUExecutionProvider"])


# The graphs draw nothing: the noise, and so the seed, is ours.
rng = np.random.default_rng(7)
noise = rng.standard_normal((8, 40)).astype(np.float32)
(x,) = graph("sample").run(None, {"noise/base/base": noise})
(log_density,) = graph("log_density").run(None, {"x": x})
(z,) = graph("encode").run(None, {"x": x})
(back,) = graph("decode").run(None, {"z": z})

for tokens, nats in zip(x.astype(int), log_density):
    print(f"{-nats / np.log(2):6.2f} bits  beats {tokens[:8].tolist()}")
print("back from latents:", int((x == back).all(axis=1).sum()), "of", len(x))

metadata = graph("sample").get_modelmeta().custom_metadata_map
print("license:", metadata["normflow.license"])
print("credit:", metadata["normflow.credit"])
sys.exit(0 if (x == back).all() else 1)
