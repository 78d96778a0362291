#!/usr/bin/env python3
"""How far thumbnails of JPEG pictures that were decoded at a smaller scale are from exact ones.

    check-reduction.py TOOL FILE|FOLDER... [--size N]... [--least DB]

Makes each picture's thumbnail with and without --exact and compares them by PSNR over all channels. Pictures that no reduction suits at a size
(less than four times as large) give the same bytes and are not counted. Prints the least and the median for each size, and every picture below
--least (38); exits 1 where there is one. Needs only Python.
"""
import argparse, math, os, statistics, subprocess, sys


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("tool")
    p.add_argument("inputs", nargs="+")
    p.add_argument("--size", type=int, action="append")
    p.add_argument("--least", type=float, default=38)
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


def main():
    a = arguments()
    below = 0
    found = list(pictures(a.inputs))
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
