#!/usr/bin/env bash
# A picture of 100 megapixels becomes a 256-pixel thumbnail within 64 MiB resident, from baseline and progressive JPEG and from PNG.
set -euo pipefail
tool=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=$((64 * 1024))

# Waves and noise in 10,000 × 10,000 pixels: enough detail that neither file is trivial.
python3 - > "$work/big.ppm" <<'PY'
import math, random, sys
side = 10000
random.seed(1)
out = sys.stdout.buffer
out.write(b"P6\n%d %d\n255\n" % (side, side))
noise = bytes(random.randrange(64) for _ in range(3 * side))
wave = [bytes(int(96 + 90 * math.sin((x + 40 * p) / 37.0)) for x in range(side) for _ in range(3)) for p in range(8)]
rows = [(int.from_bytes(w, "big") + int.from_bytes(noise, "big")).to_bytes(3 * side, "big") for w in wave]
for y in range(side):
    out.write(rows[(y // 50) % 8])
PY

cjpeg -quality 85 -sample 2x2 -outfile "$work/big.jpg" "$work/big.ppm"
jpegtran -progressive -outfile "$work/progressive.jpg" "$work/big.jpg"
"$tool" convert "$work/big.ppm" "$work/big.png" --quiet

for file in big.jpg big.png progressive.jpg; do
  /usr/bin/time -f %M -o "$work/peak" "$tool" thumbnail "$work/$file" -s 256x256 -o "$work/small.jpg" --quiet
  peak=$(tail -n 1 "$work/peak")
  echo "$file ($(stat -c %s "$work/$file") bytes): $((peak / 1024)) MiB resident at the most"
  [ "$peak" -lt "$limit" ] || { echo "$file took $peak KiB, $limit are allowed" >&2; exit 1; }
done
