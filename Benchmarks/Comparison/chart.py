"""A bar chart of the comparison, as SVG, and as PNG where Pillow is there to draw it."""

WIDTH, LEFT, RIGHT, LINE, TOP = 900, 340, 70, 20, 64
INK, OURS, THEIRS, LINES = "#24292f", "#d9480f", "#8c959f", "#d0d7de"


def amount(value, unit):
    """With three digits: 4.02 s, 113 ms, 17.1 MiB."""
    if unit == "ms" and value >= 1000:
        value, unit = value / 1000, "s"
    return "%s %s" % ("%.0f" % value if value >= 100 else "%.3g" % value, unit)


def shapes(rows, note):
    """What is drawn: ("bar", x, y, width, colour), ("text", x, y, words, anchor, size) and a scale line; and the height."""
    scale = (WIDTH - LEFT - RIGHT)
    drawn = [("text", 16, 30, "Time on one core and memory, shorter is better", "start", 18), ("text", 16, 50, note, "start", 12)]
    y = TOP
    for title, unit, _, bars in rows:
        most = max(value for _, value in bars)
        drawn.append(("text", LEFT - 12, y + 14, title, "end", 12))
        for name, value in bars:
            width = max(2, scale * value / most)
            drawn.append(("bar", LEFT, y + 3, width, OURS if name == "Tintype" else THEIRS))
            drawn.append(("text", LEFT + width + 6, y + 14, "%s %s" % (name, amount(value, unit)), "start", 11) if width < scale * 0.7 else ("label", LEFT + 6, y + 14, "%s %s" % (name, amount(value, unit)), "start", 11))
            y += LINE - 3
        y += 9
    return drawn, y + 6


def svg(rows, note, path):
    drawn, height = shapes(rows, note)
    escape = lambda words: words.replace("&", "&amp;").replace("<", "&lt;")
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif">' % (WIDTH, height), '<rect width="100%" height="100%" fill="white"/>']
    for kind, x, y, *rest in drawn:
        if kind == "bar":
            lines.append('<rect x="%g" y="%g" width="%g" height="14" fill="%s"/>' % (x, y, *rest))
        else:
            words, anchor, size = rest
            lines.append('<text x="%g" y="%g" font-size="%d" text-anchor="%s" fill="%s">%s</text>' % (x, y, size, anchor, "white" if kind == "label" else INK, escape(words)))
    with open(path, "w") as file:
        file.write("\n".join(lines + ["</svg>", ""]))


def png(rows, note, path):
    from PIL import Image, ImageDraw, ImageFont

    drawn, height = shapes(rows, note)
    image = Image.new("RGB", (2 * WIDTH, 2 * height), "white")
    pen = ImageDraw.Draw(image)
    for kind, x, y, *rest in drawn:
        if kind == "bar":
            width, colour = rest
            pen.rectangle([2 * x, 2 * y, 2 * (x + width), 2 * y + 28], fill=colour)
        else:
            words, anchor, size = rest
            font = ImageFont.load_default(2 * size)
            pen.text((2 * x, 2 * y), words, fill="white" if kind == "label" else INK, font=font, anchor={"start": "ls", "end": "rs"}[anchor])
    image.save(path, optimize=True)
