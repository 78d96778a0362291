"""Peers that are Python packages, in memory and on one thread, for ../compare. Prints the median in milliseconds.

peers.py resize PEER FILE WIDTH HEIGHT REPEATS       Lanczos; PEER: pillow, vips, fast_image_resize
peers.py thumbnail PEER FILE SIDE REPEATS            a file to a JPEG's bytes
peers.py gif pillow FILE REPEATS                     every frame as RGBA
"""
import io, os, sys, time

os.environ["VIPS_CONCURRENCY"] = "1"


def measure(work, repeats):
    times = []
    for i in range(repeats + 1):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    print("%.3f" % sorted(times[1:])[repeats // 2])


def resizing(peer, path, width, height):
    from PIL import Image

    image = Image.open(path)
    image.load()
    if peer == "pillow":
        return lambda: image.resize((width, height), Image.LANCZOS)
    pixels, bands = image.tobytes(), len(image.getbands())
    if peer == "vips":
        import pyvips

        pyvips.cache_set_max(0)
        source = pyvips.Image.new_from_memory(pixels, image.width, image.height, bands, "uchar")
        return lambda: source.reduce(image.width / width, image.height / height, kernel="lanczos3").write_to_memory()
    import cykooz_resizer as fir

    kind = fir.PixelType.U8x4 if bands == 4 else fir.PixelType.U8x3
    source = fir.ImageData(image.width, image.height, kind, pixels)
    target = fir.ImageData(width, height, kind)
    resizer = fir.Resizer()
    options = fir.ResizeOptions(resize_alg=fir.ResizeAlg.convolution(fir.FilterType.lanczos3))
    return lambda: resizer.resize(source, target, options)


def thumbnailing(peer, path, side):
    if peer == "vips":
        import pyvips

        pyvips.cache_set_max(0)
        return lambda: pyvips.Image.thumbnail(path, side, height=side).jpegsave_buffer(Q=85)
    from PIL import Image

    def work():
        image = Image.open(path)
        image.thumbnail((side, side))
        image.convert("RGB").save(io.BytesIO(), "JPEG", quality=85)

    return work


def frames(path):
    from PIL import Image, ImageSequence

    return lambda: [frame.convert("RGBA") for frame in ImageSequence.Iterator(Image.open(path))]


task, peer, path, *rest = sys.argv[1:]
numbers = [int(word) for word in rest]
work = {"resize": lambda: resizing(peer, path, *numbers[:2]), "thumbnail": lambda: thumbnailing(peer, path, numbers[0]), "gif": lambda: frames(path)}[task]()
measure(work, numbers[-1])
