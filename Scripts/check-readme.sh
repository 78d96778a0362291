#!/usr/bin/env bash
# The README's picture is what its first command makes, and its other commands work on shipped pictures.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command='swift run imgtool thumbnail TestImages/photo.jpg -s 256x256 -o small.jpg'
grep -qxF "$command" README.md
grep -qxF 'swift test' README.md
(cd "$work" && mkdir TestImages && cp "$OLDPWD/TestImages/photo.jpg" TestImages/)
tool=$(realpath "$1")
(cd "$work" && "$tool" ${command#swift run imgtool } --quiet)
cmp "$work/small.jpg" Documentation/small.jpg

cp TestImages/photo.jpg "$work/photo.jpg"
cp TestImages/animated.gif "$work/animation.gif"
mkdir "$work/thumbs"
cd "$work"
"$tool" thumbnail *.jpg -s 400x300 --fit cover -o thumbs/ --quiet
[ "$(ls thumbs | wc -l)" = 2 ]
"$tool" convert animation.gif 'frame-{frame}.png' --quiet
[ "$(ls frame-*.png | wc -l)" = 6 ]
"$tool" info photo.jpg --json | grep -q '"width":640'
[ "$(cat photo.jpg | "$tool" thumbnail - -s 200x --format jpeg -o - | wc -c)" -gt 1000 ]
"$tool" help >/dev/null
echo "the README's commands work"
