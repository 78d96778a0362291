#!/usr/bin/env bash
# check-allocations.sh [TOOL]: no stage may allocate for each row or block. Counts the tool's allocations for a picture and for one four times as tall, on glibc: what
# grows with the height is reported, if it is more than there are chunks, bands and growing buffers for (one in two rows).
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=${1:-$here/.build/release/imgtool}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/count.c" <<'C'
#include <stddef.h>
#include <stdio.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);
static _Atomic long count;
void *malloc(size_t n) { count++; return __libc_malloc(n); }
void *calloc(size_t n, size_t m) { count++; return __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { count++; return __libc_realloc(p, n); }
int posix_memalign(void **p, size_t a, size_t n) { count++; return (*p = __libc_memalign(a, n)) ? 0 : 12; }
__attribute__((destructor)) static void tell(void) { fprintf(stderr, "allocations %ld\n", count); }
C
cc -O1 -shared -fPIC -o "$work/count.so" "$work/count.c"
low=400 high=1600
for height in $low $high; do
  for kind in jpg png pam; do
    "$tool" resize "$here/TestImages/photo.jpg" -s "600x$height" --fit fill --enlarge "$work/$height.$kind" --quiet
  done
  "$tool" resize "$here/TestImages/rgba-16.png" -s "600x$height" --fit fill --enlarge "$work/$height-16.pam" --quiet
  "$tool" convert "$work/$height.jpg" "$work/$height-progressive.jpg" --progressive --quiet
done
allocations() { LD_PRELOAD=$work/count.so "$tool" bench "$@" --repeat 1 --json 2>&1 > /dev/null | sed -n 's/^allocations //p'; }
failed=0
check() { # name, file's end, arguments of bench with FILE
  local name=$1 end=$2 few many
  shift 2
  few=$(allocations "${@//FILE/$work/$low$end}")
  many=$(allocations "${@//FILE/$work/$high$end}")
  [ -n "$few" ] && [ -n "$many" ] || { echo "$name: nothing counted" >&2; exit 1; }
  # The warm-up and one run: half of what one a row would be.
  if ((many - few > high - low)); then
    echo "$name: $few allocations for $low rows, $many for $high" >&2
    failed=1
  fi
}
for end in .jpg -progressive.jpg .png .pam; do
  check "decode $end" $end decode FILE
  check "thumbnail $end" $end thumbnail FILE -s 100x
done
for scale in 2 4 8; do check "decode at 1/$scale" .jpg decode FILE --scale $scale; done
for filter in lanczos3 box; do
  check "resize, $filter" .pam resize FILE -s 200x --filter $filter
  check "resize to 8, $filter" .pam resize FILE -s 8x --filter $filter
done
check "encode JPEG" .pam encode FILE --format jpeg --no-optimize
check "encode JPEG, arithmetic" .pam encode FILE --format jpeg --arithmetic
check "encode PNG" .pam encode FILE --format png --effort 1
check "encode PNG of 16 bits" -16.pam encode FILE --format png --effort 1
((failed)) || echo "allocations: none for each row or block"
exit $failed
