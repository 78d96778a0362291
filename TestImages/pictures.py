"""The pictures of the test images, drawn by arithmetic: arrays of 8-bit RGB or RGBA samples, the same at every run."""
import numpy as np


def ridge(rng, width, roughness, octaves=7):
    """A line of hills: a sum of sines of falling height, between -1 and 1."""
    x = np.arange(width) / width
    line = sum(roughness**k * np.sin(2 * np.pi * (2**k * 0.7 * x + rng.random())) for k in range(octaves))
    return line / np.abs(line).max()


def soft_noise(rng, height, width, grain):
    """Noise between 0 and 1 whose features are about `grain` pixels wide: random knots, smoothly interpolated."""
    knots = rng.random((height // grain + 3, width // grain + 3))
    y, x = np.arange(height) / grain, np.arange(width) / grain
    iy, ix = y.astype(int), x.astype(int)
    fy, fx = (y - iy)[:, None], (x - ix)[None, :]
    fy, fx = fy * fy * (3 - 2 * fy), fx * fx * (3 - 2 * fx)
    a, b = knots[np.ix_(iy, ix)], knots[np.ix_(iy, ix + 1)]
    c, d = knots[np.ix_(iy + 1, ix)], knots[np.ix_(iy + 1, ix + 1)]
    return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy


def mix(a, b, t):
    return a + (np.asarray(b, float) - a) * t[..., None]


def ramp(t, *stops):
    """The colour at `t` (0 to 1) between evenly spaced stops."""
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(t, at, [s[c] for s in stops]) for c in range(3)], -1)


def land(rng, height, width, shore):
    """Sky, sun, stars and hills above the shore line."""
    yy, xx = np.mgrid[0:shore, 0:width].astype(float)
    t = yy / shore
    sky = ramp(t, (16, 22, 58), (44, 48, 110), (128, 84, 142), (232, 136, 118), (255, 206, 138))
    clouds = sum(soft_noise(rng, shore * 4, width, g)[::4] * w for g, w in ((120, 0.5), (48, 0.3), (20, 0.2)))
    sky = mix(sky, (255, 176, 150), np.clip((clouds - 0.52) * 3, 0, 0.75) * np.clip(t * 1.6, 0, 1))
    for _ in range(width * shore // 1100):
        y, x = int(rng.random() ** 2 * shore * 0.55), int(rng.integers(width))
        sky[y, x] += (1 - y / (shore * 0.55)) * rng.random() * 200
    sun_x, sun_y, radius = width * 0.64, shore * 0.74, width * 0.042
    distance = np.hypot(xx - sun_x, yy - sun_y)
    sky = mix(sky, (255, 222, 160), np.exp(-distance / (width * 0.11)) * 0.85)
    sky = mix(sky, (255, 246, 214), np.clip(radius - distance + 0.5, 0, 1))
    hills = [(0.80, 0.10, (150, 92, 130), 0.45), (0.88, 0.09, (96, 66, 112), 0.5), (0.96, 0.07, (48, 44, 80), 0.55)]
    for base, swing, colour, roughness in hills:
        top = shore * (base - swing * ridge(rng, width, roughness))
        cover = np.clip(yy - top[None, :] + 0.5, 0, 1)
        shade = np.asarray(colour) * (1 + 0.25 * (soft_noise(rng, shore, width, 9) - 0.5))[..., None]
        haze = np.clip((yy - top[None, :]) / (shore * 0.25), 0, 1) * 0.35
        sky = mix(sky, mix(shade, (236, 160, 140), haze), cover)
    return sky


def firs(rng, picture):
    """Dark fir trees along the lower edge."""
    height, width = picture.shape[:2]
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    for k in range(26):
        side = k % 2
        x = width * rng.random() ** 1.6 * 0.34
        x = width - x if side else x
        tall = height * (0.16 + 0.20 * rng.random()) * (1.25 - abs(x / width - 0.5))
        foot = height * (1.0 + 0.03 * rng.random())
        rise = (foot - yy) / tall
        tier = 0.62 + 0.38 * ((rise * 6.5) % 1.0)
        half = tall * 0.19 * np.clip(1 - rise, 0, None) * (1.5 - tier)
        cover = np.clip(half - np.abs(xx - x) + 0.5, 0, 1) * (rise > 0) * (rise < 1)
        picture = mix(picture, (14 + 10 * rng.random(), 20 + 12 * rng.random(), 34), cover)
    return picture


def landscape(width=640, height=480):
    """A lake at dusk: the photo-like picture."""
    rng = np.random.default_rng(20)
    shore = int(height * 0.64)
    above = land(rng, height, width, shore)
    rows = np.arange(height - shore)
    depth = rows / max(1, len(rows) - 1)
    ripple = soft_noise(rng, len(rows) * 3, width, 14)[::3] - 0.5
    from_row = shore - 1 - rows[:, None] * 1.35 - ripple * (4 + 34 * depth[:, None]) * height / 480
    from_row = np.clip(from_row, 0, shore - 1).astype(int)
    lake = above[from_row, np.arange(width)[None, :]] * (0.82 - 0.30 * depth[:, None, None])
    lake = mix(lake, (34, 44, 84), np.broadcast_to(0.12 + 0.35 * depth[:, None], lake.shape[:2]))
    picture = firs(rng, np.concatenate([above, lake]))
    picture += rng.normal(0, 1.6, (height, width, 1))
    return np.clip(picture + 0.5, 0, 255).astype(np.uint8)


def line_art(width=240, height=160):
    """Thin dark curves on white, with hard and soft edges."""
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    ink = np.zeros((height, width))
    for k in range(1, 8):
        ring = np.abs(np.hypot(xx - width * 0.32, yy - height * 0.5) - k * height * 0.065)
        ink = np.maximum(ink, np.clip(1.2 - ring, 0, 1))
        ray = np.abs((xx - width * 0.62) * np.sin(k * 0.22) - (height * 0.95 - yy) * np.cos(k * 0.22))
        ink = np.maximum(ink, np.clip(1.0 - ray, 0, 1) * (xx > width * 0.62))
    ink[:3, :] = ink[-3:, :] = ink[:, :3] = ink[:, -3:] = 1
    return np.repeat((255 - 230 * ink + 0.5).astype(np.uint8)[..., None], 3, 2)


def soft_alpha(width=192, height=144):
    """Three discs of light with edges that fade into nothing: RGBA."""
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    colour, total, alpha = np.zeros((height, width, 3)), np.zeros((height, width, 1)), np.zeros((height, width))
    for k, tint in enumerate([(230, 70, 60), (60, 180, 90), (70, 100, 230)]):
        angle = 2 * np.pi * k / 3 - np.pi / 2
        r = np.hypot(xx - width / 2 - np.cos(angle) * height * 0.2, yy - height / 2 - np.sin(angle) * height * 0.2)
        cover = np.clip((height * 0.30 - r) / (height * 0.12), 0, 1)
        colour, total = colour + cover[..., None] * tint, total + cover[..., None]
        alpha = np.maximum(alpha, cover)
    colour = colour / np.maximum(total, 1e-9)
    return np.clip(np.dstack([colour, alpha * 255]) + 0.5, 0, 255).astype(np.uint8)


def colour_card(width=32, height=24):
    """Every hue across, light to dark downwards, and a chequered corner: a small picture with all that can go wrong."""
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    hue, light = xx / width * 6, 1 - yy / height
    rgb = [np.clip(np.abs((hue + shift) % 6 - 3) - 1, 0, 1) for shift in (0, 4, 2)]
    card = np.stack([255 * (c * light + (1 - light) * 0.15) for c in rgb], -1)
    corner = (yy < height / 3) & (xx < width / 3)
    card[corner] = np.where(((xx + yy) % 2)[corner][:, None] > 0, 255, 0)
    return np.clip(card + 0.5, 0, 255).astype(np.uint8)


def ball(step, steps, width=96, height=72):
    """One frame of a bouncing ball, RGB and a mask of where the ball and its shadow are."""
    yy, xx = np.mgrid[0:height, 0:width].astype(float)
    phase = step / steps
    x = width * (0.15 + 0.7 * phase)
    y = height * (0.78 - 0.55 * abs(np.sin(2 * np.pi * phase)))
    disc = np.hypot(xx - x, yy - y) < height * 0.14
    shine = np.hypot(xx - x + 3, yy - y + 3) < height * 0.04
    shadow = (np.abs(yy - height * 0.93) < 2) & (np.abs(xx - x) < height * 0.12)
    picture = np.zeros((height, width, 3), np.uint8)
    picture[shadow], picture[disc], picture[shine] = (60, 70, 90), (220, 60, 50), (255, 220, 210)
    return picture, disc | shadow
