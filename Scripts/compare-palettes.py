#!/usr/bin/env python3
"""How near a palette of 256 colours comes to a picture, beside pngquant: compare-palettes.py IMGTOOL PICTURE...

Both without dithering. For each picture the mean difference in CIEDE2000 and in Oklab (Euclidean distance × 100), ours and pngquant's, and the
ratio. Pictures wider than 1024 pixels are shrunk first; alpha is laid over white. Needs pngquant, numpy, Pillow and scikit-image.
"""
import os, subprocess, sys, tempfile
import numpy as np
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab


def oklab(rgb):
    c = rgb / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ np.array([[0.4122214708, 0.2119034982, 0.0883024619], [0.5363325363, 0.6806995451, 0.2817188376], [0.0514459929, 0.1073969566, 0.6299787005]]))
    return lms @ np.array([[0.2104542553, 1.9779984951, 0.0259040371], [0.7936177850, -2.4285922050, 0.7827717662], [-0.0040720468, 0.4505937099, -0.8086757660]])


def pixels(path):
    image = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(ground, image).convert("RGB")).astype(float)


def errors(a, b):
    return deltaE_ciede2000(rgb2lab(a / 255), rgb2lab(b / 255)).mean(), 100 * np.sqrt(((oklab(a) - oklab(b)) ** 2).sum(-1)).mean()


def main():
    tool, ratios = os.path.abspath(sys.argv[1]), []
    print(f"{'':32}{'CIEDE2000':^24}{'Oklab × 100':^24}")
    with tempfile.TemporaryDirectory() as work:
        source, ours, theirs = (os.path.join(work, name) for name in ("source.png", "ours.png", "theirs.png"))
        for path in sys.argv[2:]:
            image = Image.open(path)
            image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
            image.thumbnail((1024, 1024), Image.LANCZOS)
            image.save(source)
            subprocess.run([tool, "convert", source, ours, "--colors", "256", "--dither", "none", "--quiet"], check=True)
            subprocess.run(["pngquant", "--force", "--nofs", "256", "-o", theirs, source], check=True)
            original = pixels(source)
            a, b = errors(original, pixels(ours)), errors(original, pixels(theirs))
            ratios.append([x / y if y else 1.0 for x, y in zip(a, b)])
            print(f"{os.path.basename(path)[:30]:32}" + "".join(f"{x:8.3f}{y:8.3f}{r:8.2f}" for x, y, r in zip(a, b, ratios[-1])))
    print(f"{'geometric mean of the ratios':32}" + "".join(f"{np.exp(np.log(np.maximum(column, 1e-9)).mean()):24.2f}" for column in zip(*ratios)))


main()
