#!/usr/bin/env python3
"""How far JPEG pictures that were decoded at a smaller scale are from exact thumbnails, and from what djpeg decodes at that scale.

    check-reduction.py TOOL FILE|FOLDER... [--size N]... [--least DB]
    check-reduction.py TOOL FILE|FOLDER... --djpeg

Makes each picture's thumbnail with and without --exact and compares them by PSNR over all channels. Pictures that no reduction suits at a size
(less than four times as large) give the same bytes and are not counted. Prints the least and the median for each size, and every picture below
--least (38); exits 1 where there is one. Needs only Python.

With --djpeg, pictures whose sides are whole at 1/2, 1/4 and 1/8 are decoded at these scales (--fast, to the very size, so that nothing is resampled) and
compared with `djpeg -scale`: the mean absolute difference may be 0.6.
"""
import argparse, math, os, statistics, subprocess, sys


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("tool")
    p.add_argument("inputs", nargs="+")
    p.add_argument("--size", type=int, action="append")
    p.add_argument("--least", type=float, default=38)
    p.add_argument("--djpeg", action="store_true")
    return p.parse_args()


def pictures(inputs):
    for path in inputs:
        if os.path.isfile(path):
            yield path
        for folder, _, names in sorted(os.walk(path)):
            yield from (os.path.join(folder, n) for n in sorted(names) if n.lower().endswith((".jpg", ".jpeg")))


def thumbnail(tool, path, size, *options):
    """The samples, or None where the tool refuses the picture or it is damaged."""
    done = subprocess.run(
        [tool, "thumbnail", path, "-s", f"{size}x{size}", "--format", "pnm", "-o", "-", "--strict", "--quiet", *options],
        capture_output=True)
    return done.stdout if done.returncode == 0 else None


def psnr(a, b):
    squares = sum((x - y) ** 2 for x, y in zip(a, b))
    return math.inf if squares == 0 else 10 * math.log10(255 ** 2 * len(a) / squares)


def netpbm(data):
    """Width, height and samples; None for what is not binary Netpbm."""
    head = data.split(maxsplit=4)[:4]
    if len(head) < 4 or head[0] not in (b"P5", b"P6"):
        return None
    width, height = int(head[1]), int(head[2])
    return width, height, data[len(data) - width * height * (3 if head[0] == b"P6" else 1):]


def against_djpeg(tool, found):
    worst, counted, identical, over = 0, 0, 0, 0
    for path in found:
        whole = subprocess.run(["djpeg", "-dct", "int", "-pnm", path], capture_output=True)
        full = netpbm(whole.stdout) if whole.returncode == 0 and not whole.stderr else None
        if not full or full[0] % 8 or full[1] % 8:
            continue
        for scale in (2, 4, 8):
            width, height, wanted = netpbm(subprocess.run(
                ["djpeg", "-dct", "int", "-scale", f"1/{scale}", "-pnm", path], capture_output=True).stdout)
            done = subprocess.run(
                [tool, "thumbnail", path, "--fast", "--no-orient", "--fit", "fill", "-s", f"{width}x{height}", "--format", "pnm",
                 "-o", "-", "--quiet"], capture_output=True)
            got = netpbm(done.stdout) if done.returncode == 0 else None
            if not got or len(got[2]) != len(wanted):
                continue
            mean = sum(abs(x - y) for x, y in zip(got[2], wanted)) / len(wanted)
            counted, identical, worst = counted + 1, identical + (mean == 0), max(worst, mean)
            if mean > 0.6:
                over += 1
                print(f"      {mean:.3f} at 1/{scale}  {path}")
    print(f"djpeg: {counted} decodes, {identical} identical, worst mean difference {worst:.3f}")
    sys.exit(1 if over else 0)


def main():
    a = arguments()
    below = 0
    found = list(pictures(a.inputs))
    if a.djpeg:
        against_djpeg(a.tool, found)
    for size in a.size or [64, 128, 256]:
        results = []
        for path in found:
            exact, quick = (thumbnail(a.tool, path, size, *o) for o in (["--exact"], []))
            if exact is None or quick is None or exact == quick:
                continue
            results.append((psnr(exact, quick), path))
        results.sort()
        if not results:
            print(f"{size:4}: no picture is reduced")
            continue
        values = [r[0] for r in results]
        print(f"{size:4}: {len(values)} pictures, least {values[0]:.1f} dB, median {statistics.median(values):.1f} dB")
        for value, path in results:
            if value < a.least:
                below += 1
                print(f"      {value:.1f} dB  {path}")
    sys.exit(1 if below else 0)


main()
