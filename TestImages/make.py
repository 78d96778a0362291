#!/usr/bin/env python3
"""Makes every test image of this folder, and golden.txt: the pixels that a decoder must make of them.

    python3 make.py        needs Pillow, numpy, and cjpeg and djpeg of libjpeg-turbo

Nothing here comes from elsewhere: the pictures are drawn by pictures.py. golden.txt holds one `name checksum` a line, or
`name#frame checksum` for animations; the checksum is the CRC-32 of the pixels in the layout that its head describes. JPEG pixels
are djpeg's. PNG pixels are the samples written, which Pillow must read back where it keeps all their bits. GIF frames are composed here.
"""
import io
import os
import re
import struct
import subprocess
import sys
import zlib

import numpy as np
from PIL import Image, ImageCms

sys.dont_write_bytecode = True
import pictures
import writers

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = {}
HEAD = """\
# CRC-32 of reference pixels, made by make.py. Rows from the top, no padding.
# JPEG: what `djpeg -dct int -pnm` writes after the header (grey or RGB); `name#cmyk`: the four stored channels, 255 no ink.
# PNG: RGBA, 8 bits a sample, or 16 bits most significant byte first for depth 16. GIF: RGBA of each composited frame.
# Animated PNG: RGBA of each composited frame beside the still picture. Where alpha is 0 in a composited frame, so is colour.
"""


def save(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def golden(name, pixels):
    GOLDEN[name] = f"{zlib.crc32(bytes(pixels)):08x}"


def shown(pixels):
    """RGBA with colour 0 where alpha is 0."""
    pixels = pixels.copy()
    pixels[pixels[..., 3] == 0] = 0
    return pixels


# JPEG


def djpeg(data):
    done = subprocess.run(["djpeg", "-dct", "int", "-pnm"], input=data, capture_output=True, check=True)
    head = re.match(rb"P[56]\s+\d+\s+\d+\s+\d+\s", done.stdout)
    return done.stdout[head.end() :]


def jpeg(name, data):
    save(name, data)
    golden(name, djpeg(data))


def cjpeg(pixels, *options):
    pnm = io.BytesIO()
    Image.fromarray(pixels).save(pnm, "PPM")
    return subprocess.run(["cjpeg", *options], input=pnm.getvalue(), capture_output=True, check=True).stdout


def exif(orientation, make="Tintype"):
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x8298] = orientation, make, "public domain"
    return tags


def pillow(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def make_jpeg_encodings(card):
    samplings = {"444": "1x1", "422": "2x1", "420": "2x2", "440": "1x2", "411": "4x1"}
    odd = pictures.colour_card(17, 33)
    for label, factors in samplings.items():
        jpeg(f"baseline-{label}.jpg", cjpeg(card, "-quality", "85", "-sample", factors))
        jpeg(f"odd-17x33-{label}.jpg", cjpeg(odd, "-quality", "85", "-sample", factors, "-optimize"))
        jpeg(f"odd-7x9-{label}.jpg", cjpeg(odd[:9, :7].copy(), "-quality", "85", "-sample", factors))
    jpeg("odd-1x1.jpg", cjpeg(card[:1, :1].copy(), "-quality", "85"))
    jpeg("odd-1x33.jpg", cjpeg(odd[:, :1].copy(), "-quality", "85"))
    jpeg("gray.jpg", cjpeg(card, "-quality", "85", "-grayscale"))
    jpeg("rgb.jpg", cjpeg(card, "-quality", "85", "-rgb"))
    jpeg("restart.jpg", cjpeg(card, "-quality", "85", "-restart", "2B"))
    jpeg("restart-rows.jpg", cjpeg(card, "-quality", "85", "-restart", "1", "-sample", "1x1"))
    jpeg("optimized.jpg", cjpeg(card, "-quality", "85", "-optimize"))
    jpeg("quality-1-dqt16.jpg", cjpeg(card, "-quality", "1"))
    jpeg("quality-100.jpg", cjpeg(card, "-quality", "100"))
    jpeg("progressive.jpg", cjpeg(card, "-quality", "85", "-progressive"))
    for label, options in (("", []), ("-progressive", ["-progressive"])):
        jpeg(f"arithmetic{label}.jpg", cjpeg(card, "-quality", "85", "-arithmetic", *options))
        small = ("-quality", "85", "-sample", "2x1", "-arithmetic", "-restart", "2B")
        jpeg(f"arithmetic{label}-17x33-restart.jpg", cjpeg(odd, *small, *options))
    jpeg("arithmetic-restart-rows.jpg", cjpeg(card, "-quality", "85", "-sample", "1x1", "-arithmetic", "-restart", "1"))
    jpeg("arithmetic-gray.jpg", cjpeg(card, "-quality", "100", "-grayscale", "-arithmetic"))
    script = os.path.join(HERE, "scans.txt")
    save("scans.txt", b"0;\n1;\n2;\n")
    jpeg("separate-scans.jpg", cjpeg(odd, "-quality", "85", "-scans", script))
    save("scans.txt", b"0;\n1 2;\n")
    jpeg("separate-scans-restart.jpg", cjpeg(odd, "-quality", "85", "-scans", script, "-restart", "3B"))
    os.remove(script)


def make_jpeg_inks(card):
    """CMYK as Pillow writes it (inverted, with an Adobe marker), and YCCK by marking prepared channels as such."""
    for name, sampling in (("cmyk.jpg", 0), ("ycck.jpg", 0), ("ycck-420.jpg", 2)):
        rgb = card.astype(float)
        light = rgb.max(-1, keepdims=True).clip(1)
        if name == "cmyk.jpg":
            stored = np.dstack([rgb / light * 255, light])
        else:
            red, green, blue = np.moveaxis(255 - rgb / light * 255, -1, 0)
            y = 0.299 * red + 0.587 * green + 0.114 * blue
            stored = np.dstack([y, 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402, light])
        stored = np.clip(stored + 0.5, 0, 255).astype(np.uint8)
        data = pillow(Image.fromarray(255 - stored, "CMYK"), "JPEG", quality=85)
        if name != "cmyk.jpg":
            at = data.index(b"Adobe") + 11
            data = data[:at] + b"\x02" + data[at + 1 :]
        if sampling == 2:
            data = subsampled_inks(stored)
        jpeg(name, data)
        golden(f"{name}#cmyk", (255 - np.array(Image.open(io.BytesIO(data)))).tobytes())


def subsampled_inks(stored):
    """YCCK at 2x2,1x1,1x1,2x2: one-channel scans made by cjpeg under a frame header written here."""
    height, width = stored.shape[:2]
    planes = [stored[..., 0], stored[::2, ::2, 1], stored[::2, ::2, 2], stored[..., 3]]
    parts = [cjpeg(np.ascontiguousarray(p), "-quality", "85", "-grayscale") for p in planes]
    tables = b"".join(segment(parts[0], marker) for marker in (0xDB, 0xC4))
    components = b"".join(bytes([i + 1, f, 0]) for i, f in enumerate((0x22, 0x11, 0x11, 0x22)))
    out = b"\xff\xd8\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x02" + tables
    out += b"\xff\xc0" + struct.pack(">HBHHB", 20, 8, height, width, 4) + components
    for i, part in enumerate(parts):
        coded = part[part.index(b"\xff\xda") + 10 : -2]
        out += b"\xff\xda\x00\x08\x01" + bytes([i + 1, 0, 0, 63, 0]) + coded
    return out + b"\xff\xd9"


def segment(data, wanted):
    """All segments of one marker before the scan, markers included."""
    at, out = 2, b""
    while data[at + 1] != 0xDA:
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        if data[at + 1] == wanted:
            out += data[at : at + 2 + length]
        at += 2 + length
    return out


def make_jpeg_metadata(photo):
    small = Image.fromarray(photo).resize((48, 36), Image.Resampling.LANCZOS)
    turned = {
        1: None, 2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM",
        5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270",
    }  # fmt: skip
    for number, turn in turned.items():
        stored = small.transpose(Image.Transpose[turn]) if turn else small
        data = pillow(stored, "JPEG", quality=90, subsampling="4:4:4", exif=exif(number))
        jpeg(f"orientation-{number}.jpg", data)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A fixed date of creation (ICC.1 §7.2.8), so that every run writes the same bytes.
    profile = profile[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + profile[36:]
    data = pillow(
        small, "JPEG", quality=85, dpi=(300, 150), icc_profile=profile, exif=exif(6), xmp=b"<x:xmpmeta/>", comment="c")
    jpeg("metadata.jpg", data)
    return profile


# PNG


def png(name, data, pixels):
    """Saves a PNG file whose canonical RGBA is known, once Pillow has agreed as far as it holds all the bits."""
    seen = np.array(Image.open(io.BytesIO(data)).convert("RGBA")) if pixels.dtype == np.uint8 else None
    assert seen is None or np.array_equal(seen, pixels), name
    save(name, data)
    golden(name, pixels.astype(">u2").tobytes() if pixels.dtype == np.uint16 else pixels.tobytes())


def with_alpha(colour, alpha, top):
    """RGBA of grey or RGB samples and an alpha plane (or one value)."""
    colour = np.repeat(colour, 3, 2) if colour.shape[2] == 1 else colour
    alpha = np.broadcast_to(alpha, colour.shape[:2])[..., None]
    return np.concatenate([colour, alpha], 2).astype(np.uint16 if top > 255 else np.uint8)


def make_png_types(card):
    """Every colour type and depth of PNG table 11.1, each also interlaced."""
    height, width = card.shape[:2]
    fine = card.astype(np.uint32) * 257 + (np.arange(width)[None, :, None] * 37 + np.arange(height)[:, None, None]) % 200
    fine = np.minimum(fine, 65535).astype(np.uint16)
    fade = (np.arange(width)[None, :] * 255 // (width - 1) + np.zeros((height, 1), int)).astype(np.uint8)
    for interlaced in (False, True):
        tail = "-interlaced.png" if interlaced else ".png"
        for depth in (1, 2, 4, 8, 16):
            top = (1 << depth) - 1
            gray = (fine[..., 1:2].astype(np.uint32) * top // 65535).astype(np.uint16)
            full = gray if depth == 16 else (gray * (255 // top)).astype(np.uint8)
            opaque = with_alpha(full, 65535 if depth == 16 else 255, top)
            png(f"gray-{depth}{tail}", writers.png(gray, 0, depth, interlaced), opaque)
            if depth <= 8:
                png(f"palette-{depth}{tail}", *palette_file(gray, depth, interlaced, trns=depth in (2, 8)))
        for depth, source, alpha in ((8, card, fade), (16, fine, fade.astype(np.uint16) * 257)):
            top = (1 << depth) - 1
            png(f"rgb-{depth}{tail}", writers.png(source, 2, depth, interlaced), with_alpha(source, top, top))
            rgba = with_alpha(source, alpha, top)
            png(f"rgba-{depth}{tail}", writers.png(rgba, 6, depth, interlaced), rgba)
            gray_alpha = np.dstack([source[..., 1], alpha])
            full = with_alpha(source[..., 1:2], alpha, top)
            png(f"gray-alpha-{depth}{tail}", writers.png(gray_alpha, 4, depth, interlaced), full)


def palette_file(indexes, depth, interlaced, trns):
    count = 1 << depth
    steps = np.arange(count) * 255 // (count - 1)
    table = np.stack([steps, 255 - steps, (steps * 3) % 256], -1).astype(np.uint8)
    alpha = np.full(count, 255, np.uint8)
    before = writers.chunk(b"PLTE", table.tobytes())
    if trns:
        alpha[: count // 2] = np.arange(count // 2) * 255 // (count // 2)
        before += writers.chunk(b"tRNS", alpha[: count // 2].tobytes())
    rgba = np.concatenate([table, alpha[:, None]], 1)[indexes[..., 0]]
    return writers.png(indexes, 3, depth, interlaced, before), rgba


def make_png_transparency(card):
    """tRNS on grey and RGB: one unscaled colour is transparent (PNG §11.3.1.1)."""
    gray = (card[..., 1:2] >> 4).astype(np.uint16)
    key = int(gray[12, 20, 0])
    alpha = np.where(gray[..., 0] == key, 0, 255)
    full = with_alpha((gray * 17).astype(np.uint8), alpha, 255)
    data = writers.png(gray, 0, 4, before=writers.chunk(b"tRNS", struct.pack(">H", key)))
    save("gray-4-trns.png", data)
    golden("gray-4-trns.png", full.tobytes())
    for depth, source in ((8, card), (16, card.astype(np.uint16) * 257)):
        top = (1 << depth) - 1
        colour = source[12, 20]
        alpha = np.where((source == colour).all(-1), 0, top)
        data = writers.png(source, 2, depth, before=writers.chunk(b"tRNS", struct.pack(">HHH", *map(int, colour))))
        png(f"rgb-{depth}-trns.png", data, with_alpha(source, alpha, top))


def make_png_others(card, photo, profile):
    opaque = with_alpha(card, 255, 255)
    text = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"
    before = writers.chunk(b"gAMA", struct.pack(">I", 45455))
    before += writers.chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile))
    before += writers.chunk(b"pHYs", struct.pack(">IIB", 3937, 7874, 1)) + writers.chunk(b"iTXt", text)
    before += writers.chunk(b"eXIf", exif(3).tobytes()[6:])
    png("metadata.png", writers.png(card, 2, 8, before=before), opaque)
    png("idat-1.png", writers.png(card[:5, :4], 2, 8, idat=1), opaque[:5, :4])
    png("odd-1x1.png", writers.png(card[:1, :1], 2, 8), opaque[:1, :1])
    png("odd-3x5-interlaced.png", writers.png(card[:5, :3], 2, 8, True), opaque[:5, :3])
    small = np.array(Image.fromarray(photo).resize((256, 192), Image.Resampling.LANCZOS))
    for name, pixels in (("photo.png", small), ("lineart.png", pictures.line_art()), ("alpha.png", pictures.soft_alpha())):
        png(name, pillow(Image.fromarray(pixels), "PNG", optimize=True), np.array(Image.fromarray(pixels).convert("RGBA")))
    frames = [with_alpha(*ball_on_sky(k), 255) for k in range(6)]
    data = pillow(
        Image.fromarray(frames[0]), "PNG", save_all=True, append_images=[Image.fromarray(f) for f in frames[1:]],
        duration=[80, 90, 100, 110, 120, 130], loop=3)
    png("animated.png", data, frames[0])
    for k, frame in enumerate(frames):
        golden(f"animated.png#{k}", frame.tobytes())


# GIF


def ball_on_sky(step):
    """A frame of the ball before a sky, RGB, and full alpha."""
    picture, mask = pictures.ball(step, 6)
    height, width = mask.shape
    sky = pictures.ramp(np.mgrid[0:height, 0:width][0] / height, (60, 110, 190), (190, 215, 240)).astype(np.uint8)
    return np.where(mask[..., None], picture, sky // 16 * 16), 255


def indexed(rgb, colours=256):
    """Palette indexes and palette, by Pillow's median cut."""
    image = Image.fromarray(rgb).quantize(colours, dither=Image.Dither.NONE)
    return np.array(image), np.array(image.getpalette()).reshape(-1, 3)


def gif(name, size, frames, palette=None, **options):
    """Saves a GIF of frames (keywords of writers.gif_frame), composited here for golden.txt as the specification says."""
    width, height = size
    save(name, writers.gif(width, height, [writers.gif_frame(**f) for f in frames], palette, **options))
    canvas = np.zeros((height, width, 4), np.uint8)
    for k, frame in enumerate(frames):
        indexes, x, y = frame["indexes"], frame.get("x", 0), frame.get("y", 0)
        table = np.zeros((256, 3), np.uint8)
        table[: len(frame.get("palette", palette))] = frame.get("palette", palette)
        patch = np.concatenate([table[indexes], np.full(indexes.shape + (1,), 255, np.uint8)], 2)
        before = canvas.copy()
        part = canvas[y : y + indexes.shape[0], x : x + indexes.shape[1]]
        visible = indexes != frame.get("transparent", -1)
        visible, patch = visible[: part.shape[0], : part.shape[1]], patch[: part.shape[0], : part.shape[1]]
        part[visible] = patch[visible]
        golden(name if len(frames) == 1 else f"{name}#{k}", shown(canvas).tobytes())
        if frame.get("disposal") == 2:
            part[:] = 0
        elif frame.get("disposal") == 3:
            canvas = before


def make_gif_stills(card, photo):
    indexes, palette = indexed(card, 64)
    size = card.shape[1::-1]
    gif("gif87a.gif", size, [dict(indexes=indexes, bits=6)], palette, version=b"87a")
    gif("interlaced.gif", size, [dict(indexes=indexes, bits=6, interlaced=True)], palette)
    gif("interlaced-3.gif", (9, 3), [dict(indexes=indexes[:3, :9], bits=6, interlaced=True)], palette)
    gif("transparent.gif", size, [dict(indexes=indexes, bits=6, transparent=int(indexes[12, 20]))], palette)
    gif("local-palette.gif", size, [dict(indexes=indexes, bits=6, palette=palette)])
    two = (pictures.line_art()[:40, :60, 0] < 128).astype(np.uint8)
    gif("two-colours.gif", (60, 40), [dict(indexes=two, bits=2)], np.array([[255, 255, 255], [20, 20, 60]]))
    gif("odd-1x1.gif", (1, 1), [dict(indexes=two[:1, :1], bits=2)], np.array([[255, 255, 255], [20, 20, 60]]))
    gif("part-of-screen.gif", (40, 30), [dict(indexes=indexes, bits=6, x=5, y=3)], palette)
    gif("beyond-screen.gif", (20, 16), [dict(indexes=indexes, bits=6, x=5, y=3)], palette)
    indexes, palette = indexed(np.array(Image.fromarray(photo).resize((160, 120), Image.Resampling.LANCZOS)))
    gif("photo.gif", (160, 120), [dict(indexes=indexes)], palette)
    noise = np.random.default_rng(5).integers(0, 256, (96, 96), np.uint8)
    gif("full-table.gif", (96, 96), [dict(indexes=noise)], np.stack([np.arange(256)] * 3, -1))


def make_gif_animations():
    base, _ = ball_on_sky(0)
    steps = [ball_on_sky(k)[0] for k in range(6)]
    _, palette = indexed(np.concatenate(steps), 63)
    palette = np.concatenate([palette[:63], [[255, 0, 255]]])
    chooser = Image.new("P", (1, 1))
    chooser.putpalette(palette[:63].astype(np.uint8).tobytes())

    def of(rgb):
        return np.array(Image.fromarray(rgb).quantize(palette=chooser, dither=Image.Dither.NONE))

    size = base.shape[1::-1]
    gif("animated.gif", size, [dict(indexes=of(s), bits=6, delay=8 + k) for k, s in enumerate(steps)], palette, loop=0)
    sky = of(base)
    for disposal in range(4):
        frames = [dict(indexes=sky, bits=6, delay=10, disposal=1)]
        for k in range(1, 6):
            picture, mask = pictures.ball(k, 6)
            patch = np.where(mask, of(picture), 63)[10:60, 8:90]
            frames.append(dict(
                indexes=patch, bits=6, x=8, y=10, transparent=63, delay=k, disposal=disposal, interlaced=k == 2))
        gif(f"disposal-{disposal}.gif", size, frames, palette, loop=disposal)
    frames = []
    for k in range(4):
        picture, mask = pictures.ball(k, 6)
        indexes, own = indexed(picture, 8)
        clear = int(indexes[0, 0])
        frames.append(dict(
            indexes=indexes[k * 8 :, k * 5 :], bits=3, x=k * 5, y=k * 8, palette=own[:8], transparent=clear, delay=0,
            disposal=(2, 3, 1, 7)[k]))
    gif("local-palettes.gif", size, frames)


def main():
    card, photo = pictures.colour_card(), pictures.landscape()
    jpeg("photo.jpg", pillow(Image.fromarray(photo), "JPEG", quality=88, exif=exif(1), dpi=(72, 72)))
    make_jpeg_encodings(card)
    make_jpeg_inks(card)
    profile = make_jpeg_metadata(photo)
    make_png_types(card)
    make_png_transparency(card)
    make_png_others(card, photo, profile)
    make_gif_stills(card, photo)
    make_gif_animations()
    with open(os.path.join(HERE, "golden.txt"), "w") as file:
        file.write(HEAD + "".join(f"{name} {GOLDEN[name]}\n" for name in sorted(GOLDEN)))


if __name__ == "__main__":
    main()
