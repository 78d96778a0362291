#!/usr/bin/env python3
"""An animation made smaller, beside gifsicle and Pillow: compare-animations.py IMGTOOL ANIMATION WIDTHxHEIGHT [PICTURE]

Prints the time of each (the median of five runs, Lanczos everywhere) and the size of its file; how large the frames of ours are after gifsicle -O3;
and the mean difference in Oklab (× 100) from the frames shrunk without a palette. With PICTURE, part of a frame of each is laid side by side in it:
ours, gifsicle, Pillow. Needs gifsicle, numpy and Pillow.
"""
import os, statistics, subprocess, sys, tempfile, time
import numpy as np
from PIL import Image, ImageDraw

TOOL, SOURCE, SIZE = os.path.abspath(sys.argv[1]), sys.argv[2], tuple(map(int, sys.argv[3].split("x")))
PILLOW = """
import sys
from PIL import Image
source, out, size = Image.open(sys.argv[1]), sys.argv[2], tuple(map(int, sys.argv[3].split("x")))
frames, delays = [], []
for index in range(source.n_frames):
    source.seek(index)
    frames.append(source.convert("RGB").resize(size, Image.LANCZOS)); delays.append(source.info.get("duration", 100))
frames[0].save(out, save_all=True, append_images=frames[1:], duration=delays, loop=0)
"""


def frames(path):
    with Image.open(path) as picture:
        for index in range(picture.n_frames):
            picture.seek(index)
            yield picture.convert("RGB")


def oklab(image):
    c = np.asarray(image).astype(np.float32) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(linear @ np.array([[0.41222, 0.2119, 0.0883], [0.53633, 0.6807, 0.28172], [0.05145, 0.1074, 0.62998]], np.float32))
    return lms @ np.array([[0.21045, 1.978, 0.0259], [0.79362, -2.42859, 0.78277], [-0.00407, 0.45059, -0.80868]], np.float32)


def main():
    with tempfile.TemporaryDirectory() as work:
        ours, theirs, pillow, packed = (os.path.join(work, name) for name in ("ours.gif", "gifsicle.gif", "pillow.gif", "packed.gif"))
        commands = {
            "imgtool": (ours, [TOOL, "thumbnail", SOURCE, "-s", sys.argv[3], "--fit", "fill", "-o", ours, "--quiet"]),
            "gifsicle": (theirs, ["gifsicle", "-w", "--resize", sys.argv[3], "--resize-method", "lanczos3", "--colors", "256", SOURCE, "-o", theirs]),
            "Pillow": (pillow, [sys.executable, "-c", PILLOW, SOURCE, pillow, sys.argv[3]]),
        }
        times = {name: [] for name in commands}
        for _ in range(5):
            for name, (_, command) in commands.items():
                start = time.monotonic()
                subprocess.run(command, check=True)
                times[name].append(time.monotonic() - start)
        wanted = [frame.resize(SIZE, Image.LANCZOS) for frame in frames(SOURCE)]
        for name, (path, _) in commands.items():
            found = list(frames(path))
            error = statistics.mean(100 * np.sqrt(((oklab(a) - oklab(b)) ** 2).sum(-1)).mean() for a, b in zip(found, wanted))
            print(f"{name:10}{1000 * statistics.median(times[name]):8.0f} ms{os.path.getsize(path):10} bytes, {len(found)} frames, error {error:.2f}")
        subprocess.run(["gifsicle", "-w", "-O3", ours, "-o", packed], check=True)
        print(f"gifsicle -O3 of ours: {os.path.getsize(packed)} bytes, ours is {os.path.getsize(ours) / os.path.getsize(packed):.3f} times that")
        if len(sys.argv) > 4:
            index = len(wanted) // 2
            box = (0, 0, min(SIZE[0], 150), min(SIZE[1], 150))
            sheet = Image.new("RGB", (3 * box[2] * 2 + 20, box[3] * 2 + 16), "white")
            for place, (name, (path, _)) in enumerate(commands.items()):
                part = list(frames(path))[index].crop(box).resize((box[2] * 2, box[3] * 2), Image.NEAREST)
                sheet.paste(part, (place * (box[2] * 2 + 10), 16))
                ImageDraw.Draw(sheet).text((place * (box[2] * 2 + 10), 2), name, fill="black")
            sheet.quantize(256, dither=Image.NONE).save(sys.argv[4], optimize=True)


main()
