#!/usr/bin/env python3
"""Animations beside gifsicle and Pillow.

    compare-animations.py IMGTOOL ANIMATION WIDTHxHEIGHT [PICTURE]
        The animation made smaller: the time of each (wall and processor, the median of five runs, Lanczos everywhere, with one thread and with all) and
        the size of its file; how large the frames of ours are after gifsicle -O3; and the mean difference in Oklab (x 100) from the frames shrunk
        without a palette: as they are, and both blurred in linear light (Gaussian, sigma 0.7 pixels) as the eye does to dots; and the share of pixels that
        change where those stand still. With PICTURE, part of a frame of each is laid side by side in it: ours, gifsicle, Pillow.
    compare-animations.py IMGTOOL --sizes ANIMATION...
        Every animation written anew at its own size: how large our files are beside what gifsicle -O3 makes of the same frames, that is, of our files;
        the sums, and the worst.

Needs gifsicle, numpy and Pillow.
"""
import os, resource, statistics, subprocess, sys, tempfile, time, warnings
import numpy as np
from PIL import Image, ImageDraw

TOOL, SOURCE = os.path.abspath(sys.argv[1]), sys.argv[2]
SIZE = tuple(map(int, sys.argv[3].split("x"))) if SOURCE != "--sizes" else None
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


def linear(image):
    c = np.asarray(image).astype(np.float32) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def blurred(linear, sigma=0.7):
    kernel = np.exp(-np.arange(-2, 3) ** 2 / (2 * sigma ** 2)).astype(np.float32)
    for axis in 0, 1:
        padded = np.pad(linear, [(2, 2) if axis == each else (0, 0) for each in range(3)], mode="edge")
        linear = sum(weight * np.take(padded, range(place, place + linear.shape[axis]), axis) for place, weight in enumerate(kernel / kernel.sum()))
    return linear


def oklab(linear):
    lms = np.cbrt(linear @ np.array([[0.41222, 0.2119, 0.0883], [0.53633, 0.6807, 0.28172], [0.05145, 0.1074, 0.62998]], np.float32))
    return lms @ np.array([[0.21045, 1.978, 0.0259], [0.79362, -2.42859, 0.78277], [-0.00407, 0.45059, -0.80868]], np.float32)


def distance(a, b):
    return 100 * np.sqrt(((oklab(a) - oklab(b)) ** 2).sum(-1)).mean()


def flicker(found, wanted):
    """The share of pixels that change, of those that should not."""
    changed = [[(np.asarray(a) != np.asarray(b)).any(-1) for a, b in zip(each, each[1:])] for each in (found, wanted)]
    still = sum((~b).sum() for b in changed[1])
    return sum((a & ~b).sum() for a, b in zip(*changed)) / max(1, still)


def timed(command):
    """Wall and processor seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def shrink():
    with tempfile.TemporaryDirectory() as work:
        ours, one, theirs, pillow, packed = (os.path.join(work, name) for name in ("ours.gif", "one.gif", "gifsicle.gif", "pillow.gif", "packed.gif"))
        thumbnail = [TOOL, "thumbnail", SOURCE, "-s", sys.argv[3], "--fit", "fill", "--quiet"]
        commands = {
            "imgtool": (ours, thumbnail + ["-o", ours]),
            "1 thread": (one, thumbnail + ["--threads", "1", "-o", one]),
            "gifsicle": (theirs, ["gifsicle", "-w", "--resize", sys.argv[3], "--resize-method", "lanczos3", "--colors", "256", SOURCE, "-o", theirs]),
            "Pillow": (pillow, [sys.executable, "-c", PILLOW, SOURCE, pillow, sys.argv[3]]),
        }
        times = {name: [] for name in commands}
        for _ in range(5):
            for name, (_, command) in commands.items(): times[name].append(timed(command))
        with open(ours, "rb") as a, open(one, "rb") as b: assert a.read() == b.read(), "threads change the file"
        wanted = [frame.resize(SIZE, Image.LANCZOS) for frame in frames(SOURCE)]
        for name, (path, _) in commands.items():
            wall, cpu = (1000 * statistics.median(column) for column in zip(*times[name]))
            found = list(frames(path))
            pairs = [(linear(a), linear(b)) for a, b in zip(found, wanted)]
            error = statistics.mean(distance(a, b) for a, b in pairs)
            smooth = statistics.mean(distance(blurred(a), blurred(b)) for a, b in pairs)
            print(f"{name:10}{wall:8.0f} ms wall{cpu:8.0f} ms processor{os.path.getsize(path):10} bytes, {len(found)} frames, error {error:.3f},"
                  f" blurred {smooth:.3f}, flicker {100 * flicker(found, wanted):.1f} %")
        subprocess.run(["gifsicle", "-w", "-O3", ours, "-o", packed], check=True)
        print(f"gifsicle -O3 of ours: {os.path.getsize(packed)} bytes, ours is {os.path.getsize(ours) / os.path.getsize(packed):.3f} times that")
        if len(sys.argv) > 4: lay_out([("imgtool", ours), ("gifsicle", theirs), ("Pillow", pillow)], len(wanted) // 2)


def lay_out(files, index):
    """Part of a frame of each, twice its size, side by side."""
    width, height = min(SIZE[0], 150), min(SIZE[1], 150)
    sheet = Image.new("RGB", (3 * width * 2 + 20, height * 2 + 16), "white")
    for place, (name, path) in enumerate(files):
        part = list(frames(path))[index].crop((0, 0, width, height)).resize((width * 2, height * 2), Image.NEAREST)
        sheet.paste(part, (place * (width * 2 + 10), 16))
        ImageDraw.Draw(sheet).text((place * (width * 2 + 10), 2), name, fill="black")
    sheet.quantize(256, dither=Image.NONE).save(sys.argv[4], optimize=True)


def sizes(paths):
    rows = []
    with tempfile.TemporaryDirectory() as work:
        ours, packed = os.path.join(work, "ours.gif"), os.path.join(work, "packed.gif")
        for path in paths:
            try:
                with Image.open(path) as picture:
                    if picture.n_frames < 2: continue
            except Exception: continue
            if subprocess.run([TOOL, "convert", path, ours, "--quiet"], stderr=subprocess.DEVNULL).returncode: continue
            if subprocess.run(["gifsicle", "-w", "-O3", ours, "-o", packed], stderr=subprocess.DEVNULL).returncode: continue
            rows.append((os.path.getsize(ours), os.path.getsize(packed), path))
    total, other = sum(a for a, _, _ in rows), sum(b for _, b, _ in rows)
    over = sorted(((a / b, a, b, path) for a, b, path in rows if a > 1.02 * b), reverse=True)
    print(f"{len(rows)} animations: ours {total} bytes, gifsicle -O3 of the same frames {other}: {total / other:.3f}; {len(over)} are more than 2 % larger")
    for ratio, a, b, path in over[:12]: print(f"{ratio:8.3f}{a:10}{b:10}  {os.path.basename(path)}")


warnings.simplefilter("ignore")
sizes(sys.argv[3:]) if SOURCE == "--sizes" else shrink()
