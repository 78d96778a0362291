#!/usr/bin/env python3
"""Whether others read what imgtool writes: check-interop.py IMGTOOL

JPEG files, baseline and progressive, Huffman and arithmetic, against cjpeg and djpeg (sizes within 1 %, PSNR within 0.1 dB, the pixels djpeg gives are
the pixels imgtool gives), lossless copies against jpegtran, PNG files, still and animated, at every effort and with their metadata, against pngcheck, GIF
files, still and animated, against gifsicle, all against Pillow and ImageMagick where those are installed. Any warning is a failure.
"""
import math, os, shutil, subprocess, sys, tempfile

TOOL = os.path.abspath(sys.argv[1])
TEST_IMAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TestImages")
try:
    from PIL import Image
except ImportError:
    Image = None
IDENTIFY = next((c for c in ("/usr/bin/identify", "/usr/bin/identify-im6.q16") if os.path.exists(c)), None)
CONVERT = next((c for c in ("/usr/bin/convert", "/usr/bin/convert-im6.q16") if os.path.exists(c)), None)
failures, checked = [], 0


def run(*command, data=None):
    done = subprocess.run(command, input=data, capture_output=True)
    if done.returncode != 0 or done.stderr.strip():
        raise AssertionError(f"{' '.join(command[:3])} …: exit {done.returncode}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return done.stdout


def netpbm(data):
    head = data.split(maxsplit=4)[:4]
    return int(head[1]), int(head[2]), data[-int(head[1]) * int(head[2]) * (3 if head[0] == b"P6" else 1):]


def psnr(a, b):
    error = sum((x - y) * (x - y) for x, y in zip(a, b)) / len(a)
    return 99 if error == 0 else 10 * math.log10(255 * 255 / error)


def readers(path):
    """Everybody else who is here reads the file, without a warning."""
    if Image:
        import warnings
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(path) as picture: picture.load()
    if IDENTIFY: run(IDENTIFY, "-regard-warnings", path)


def check(name, body):
    global checked
    checked += 1
    try: body()
    except Exception as problem: failures.append(f"{name}: {problem}")


def jpeg(source, quality, sampling, progressive, work, arithmetic=False):
    ours, theirs = os.path.join(work, "ours.jpg"), os.path.join(work, "theirs.jpg")
    gray = source.endswith(".pgm")
    run(TOOL, "convert", source, ours, "-q", str(quality), "--subsampling", sampling, "--quiet",
        *(["--progressive"] if progressive else []), *(["--arithmetic"] if arithmetic else []))
    factors = {"444": "1x1", "440": "1x2", "422": "2x1", "420": "2x2", "411": "4x1"}[sampling]
    coding = ["-progressive" if progressive else "-arithmetic" if arithmetic else "-optimize"] + (["-arithmetic"] if progressive and arithmetic else [])
    run("cjpeg", "-quality", str(quality), "-sample", factors, *coding, "-baseline", "-dct", "int", "-outfile", theirs, source)
    width, height, original = netpbm(open(source, "rb").read())
    _, _, a = netpbm(run("djpeg", "-dct", "int", "-pnm", ours))
    _, _, b = netpbm(run("djpeg", "-dct", "int", "-pnm", theirs))
    run(TOOL, "convert", ours, os.path.join(work, "back." + ("pgm" if gray else "ppm")), "--quiet")
    _, _, back = netpbm(open(os.path.join(work, "back." + ("pgm" if gray else "ppm")), "rb").read())
    assert back == a, "djpeg and imgtool see different pixels"
    size, reference = os.path.getsize(ours), os.path.getsize(theirs)
    assert size <= reference * 1.01 + 8, f"{size} bytes, cjpeg needs {reference}"
    assert psnr(original, a) >= psnr(original, b) - 0.1, f"PSNR {psnr(original, a):.2f}, cjpeg reaches {psnr(original, b):.2f}"
    if arithmetic:
        # Some are built without arithmetic coding: those cannot read cjpeg's file either.
        try: readers(theirs)
        except Exception: return
    readers(ours)


TURNS = {
    "-rotate 90": "--rotate 90", "-rotate 180": "--rotate 180", "-rotate 270": "--rotate 270", "-flip horizontal": "--flip horizontal",
    "-flip vertical": "--flip vertical", "-transpose": "--rotate 90 --flip horizontal", "-transverse": "--rotate 270 --flip horizontal",
    "-crop 12x10+9+3": "--crop 12x10+9+3", "-rotate 90 -crop 12x10+9+3": "--rotate 90 --crop 12x10+9+3",
}


def lossless(path, theirs, ours, work):
    copy, reference = os.path.join(work, "copy.jpg"), os.path.join(work, "reference.jpg")
    run("jpegtran", "-copy", "none", "-trim", *theirs.split(), "-outfile", reference, path)
    run(TOOL, "convert", "--lossless", path, copy, "--quiet", *ours.split())
    assert run("djpeg", "-pnm", copy) == run("djpeg", "-pnm", reference), "jpegtran makes other pixels"
    readers(copy)


def bounded(source, limit, progressive, work):
    out = os.path.join(work, "bounded.jpg")
    run(TOOL, "convert", source, out, "--max-bytes", str(limit), "-q", "95", "--quiet", *(["--progressive"] if progressive else []))
    size = os.path.getsize(out)
    assert limit * 0.95 <= size <= limit, f"{size} bytes"
    run("djpeg", "-outfile", os.devnull, out)
    readers(out)


def png(path, out, *options):
    run(TOOL, "convert", path, out, "--quiet", *options)
    checked = run("pngcheck", "-v", out).decode(errors="replace")
    assert "No errors detected" in checked, checked[-200:]
    readers(out)


def frames(path):
    """The pixels of all frames as Pillow composites them; colour 0 where nothing is seen."""
    with Image.open(path) as picture:
        for index in range(getattr(picture, "n_frames", 1)):
            picture.seek(index)
            pixels = picture.convert("RGBA").tobytes()
            yield bytes(b for i in range(0, len(pixels), 4) for b in (pixels[i:i + 4] if pixels[i + 3] else bytes(4)))


def animation(path, work):
    out = os.path.join(work, "moving.png")
    run(TOOL, "thumbnail", path, "-s", "100%", "--format", "png", "-o", out, "--quiet")
    assert "No errors detected" in run("pngcheck", "-v", out).decode(errors="replace")
    run(TOOL, "convert", out, os.path.join(work, "frame-{frame}.png"), "--quiet")
    shown = sorted((n for n in os.listdir(work) if n.startswith("frame-")), key=lambda n: int(n[6:-4]))
    if Image:
        ours = [next(frames(os.path.join(work, name))) for name in shown]
        assert ours == list(frames(out)), "Pillow sees other frames"
    for name in shown: os.remove(os.path.join(work, name))


def shown(path, work):
    """The frames of a file as imgtool decodes them, composited."""
    run(TOOL, "convert", path, os.path.join(work, "shown-{frame}.png"), "--quiet")
    names = sorted((n for n in os.listdir(work) if n.startswith("shown-")), key=lambda n: int(n[6:-4]))
    pixels = [next(frames(os.path.join(work, name))) for name in names] if Image else []
    for name in names: os.remove(os.path.join(work, name))
    return len(names), pixels


def gif(path, work, *command):
    """Everybody reads the GIF made of a picture or an animation, and sees the frames that imgtool sees."""
    out = os.path.join(work, "out.gif")
    run(TOOL, *command, path, *(["-o"] if command[0] == "thumbnail" else []), out, "--quiet")
    count, ours = shown(out, work)
    told = run("gifsicle", "--info", out).decode().splitlines()[0]
    assert f" {count} image" in told, f"gifsicle counts otherwise: {told}"
    readers(out)
    if IDENTIFY: assert len(run(IDENTIFY, out).splitlines()) == count, "ImageMagick counts otherwise"
    if Image: assert ours == list(frames(out)), "Pillow sees other frames"
    if CONVERT:
        raw = run(CONVERT, out, "-coalesce", "-depth", "8", "rgba:-")
        step = len(raw) // count
        for index, wanted in enumerate(ours):
            got = raw[index * step:(index + 1) * step]
            seen = bytes(b for i in range(0, len(got), 4) for b in (got[i:i + 4] if got[i + 3] else bytes(4)))
            assert seen == wanted, f"ImageMagick sees another frame {index}"


def there_and_back(path, work):
    """An animation as GIF, as PNG and as GIF again: the frames and their delays stay."""
    one, two, three = (os.path.join(work, name) for name in ("one.gif", "two.apng", "three.gif"))
    run(TOOL, "convert", path, one, "--quiet")
    run(TOOL, "convert", one, two, "--quiet")
    run(TOOL, "convert", two, three, "--quiet")
    readers(two)
    assert shown(one, work) == shown(two, work) == shown(three, work), "other frames"
    if Image:
        delays = []
        for each in (one, two, three):
            with Image.open(each) as picture:
                delays.append([])
                for index in range(picture.n_frames):
                    picture.seek(index)
                    delays[-1].append(round(picture.info.get("duration", 0)))
        assert delays[0] == delays[1] == delays[2], f"other delays: {delays}"
    few = os.path.join(work, "few.apng")
    run(TOOL, "thumbnail", path, "-s", "60x", "--format", "png", "--colors", "9", "-o", few, "--quiet")
    assert "No errors detected" in run("pngcheck", "-v", few).decode(errors="replace")
    readers(few)
    if Image:
        colors = {pixels[i:i + 4] for pixels in frames(few) for i in range(0, len(pixels), 4)}
        assert len(colors) <= 9, f"{len(colors)} colours"


def main():
    with tempfile.TemporaryDirectory() as work:
        sources = []
        for name, size in (("photo.png", None), ("odd-17x33-444.jpg", None), ("odd-7x9-444.jpg", None), ("odd-1x1.png", None)):
            for extension in ("ppm", "pgm"):
                path = os.path.join(work, name.split(".")[0] + "." + extension)
                run(TOOL, "convert", os.path.join(TEST_IMAGES, name), path, "--quiet")
                sources.append(path)
        for source in sources:
            for quality in (1, 10, 50, 75, 85, 95, 100):
                for sampling in ("444", "440", "422", "420", "411") if source.endswith("ppm") else ("444",):
                    for progressive in (False, True):
                        name = f"{os.path.basename(source)} q{quality} {sampling}" + (" progressive" if progressive else "")
                        check(name, lambda: jpeg(source, quality, sampling, progressive, work))
        for source in sources:
            for quality in (10, 85, 100):
                for progressive in (False, True):
                    name = f"{os.path.basename(source)} q{quality} arithmetic" + (" progressive" if progressive else "")
                    check(name, lambda: jpeg(source, quality, "420", progressive, work, arithmetic=True))
        for name in ("photo.jpg", "progressive.jpg", "restart.jpg", "cmyk.jpg", "ycck.jpg", "rgb.jpg", "gray.jpg",
                     "baseline-420.jpg", "baseline-422.jpg", "baseline-440.jpg", "baseline-444.jpg"):
            for theirs, ours in TURNS.items():
                check(f"{name} {theirs}", lambda: lossless(os.path.join(TEST_IMAGES, name), theirs, ours, work))
        for limit in (2000, 4000, 8000):
            for progressive in (False, True):
                check(f"photo.ppm in {limit} bytes", lambda: bounded(os.path.join(work, "photo.ppm"), limit, progressive, work))
        for name in sorted(os.listdir(TEST_IMAGES)):
            if not name.endswith((".png", ".gif", ".jpg")): continue
            path, out = os.path.join(TEST_IMAGES, name), os.path.join(work, "out.png")

            def thumbnail():
                small = os.path.join(work, "small.jpg")
                run(TOOL, "thumbnail", path, "-s", "40x40", "-o", small, "--quiet")
                run("djpeg", "-outfile", os.devnull, small)
                readers(small)

            for options in ((), ("--metadata", "all"), ("--metadata", "none", "--effort", "0"), ("--effort", "9")):
                check(f"{name} to PNG {' '.join(options)}", lambda: png(path, out, *options))
            if name.startswith("anim"): check(f"{name} to an animated PNG", lambda: animation(path, work))
            check(f"{name} to a JPEG thumbnail", thumbnail)
            commands = [("convert",), ("convert", "--colors", "7", "--progressive"), ("thumbnail", "-s", "30x30"),
                        *(("convert", "--colors", "20", "--dither", kind) for kind in ("none", "diffusion", "ordered"))]
            if name.startswith("anim"):
                commands += [("thumbnail", "-s", "33x", "--fps", "7"), ("thumbnail", "-s", "100%", "--max-frames", "2"), ("thumbnail", "-s", "90x90", "--fit", "pad", "--background", "#00000000"),
                             ("thumbnail", "-s", "120x", "--enlarge", "--threads", "1"), ("convert", "--delay", "0", "--loop", "2"), ("convert", "--delay", "333", "--loop", "0")]
                check(f"{name} there and back", lambda: there_and_back(path, work))
            for command in commands:
                check(f"{name} to GIF by {' '.join(command)}", lambda: gif(path, work, *command))
    for failure in failures: print(failure)
    print("read by djpeg, pngcheck, gifsicle" + (", Pillow" if Image else "") + (", ImageMagick" if IDENTIFY else ""))
    print(f"{checked - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


main()
