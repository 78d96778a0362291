#!/usr/bin/env bash
# check-avx2.sh BUILD [TOOL]: the AVX2 module must keep its code to itself. A function of the standard library that is compiled there, for AVX2, as
# a weak symbol could be the copy that the linker keeps for everyone: a crash on an older processor. And the tool must run without that module.
set -euo pipefail
build=$1 tool=${2:-$1/imgtool}
objects=$(find "$build/TintypeKernelsAVX2.build" -name '*.o')
[ -n "$objects" ] || { echo "no objects of TintypeKernelsAVX2 in $build" >&2; exit 1; }
# nm: W and w are weak symbols that are not objects.
if nm $objects | grep -E ' [Ww] '; then
  echo "weak code in TintypeKernelsAVX2, see above" >&2
  exit 1
fi
here=$(cd "$(dirname "$0")/.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for picture in photo.jpg photo.png animated.gif; do
  TINTYPE_CPU=portable "$tool" thumbnail "$here/TestImages/$picture" -s 64x64 -o "$out/portable.png" --quiet
  "$tool" thumbnail "$here/TestImages/$picture" -s 64x64 -o "$out/best.png" --quiet
  cmp "$out/portable.png" "$out/best.png"
done
tiers=$(for cpu in portable best; do
  TINTYPE_CPU=$cpu "$tool" bench decode "$here/TestImages/photo.jpg" --repeat 1 --json | grep -o '"tier":"[a-z0-9]*"'
done | tr '\n' ' ')
echo "avx2: no weak code; the tiers give the same thumbnails ($tiers)"
