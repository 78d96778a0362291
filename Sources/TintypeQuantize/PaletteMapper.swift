/// Gives each pixel a colour of a palette, with or without dithering.
///
/// The loops and all that they do for a pixel stand in this file. A mapper learns about the colours it meets: several threads want a copy each.
public struct PaletteMapper: Sendable {
    /// RGBA, red lowest.
    private let colors: [UInt32]
    private let points: [ColorPoint]
    private let oklab = Oklab()
    /// For each cell of eight sample values a side the start in `candidates` of those colours that may be nearest to one of the cell's opaque
    /// colours; -1 where nobody asked yet. A list is its length less one, and then indexes.
    private var cells = [Int32](repeating: -1, count: 1 << 15)
    private var candidates: [UInt8] = []
    /// Translucent colours asked for, and the index of the nearest.
    private var translucent: [UInt32: Int] = [:]
    /// For each colour `neighbourCount` others that it may be mixed with.
    private var neighbours: [Neighbour] = []
    private var thresholds: [UInt32] = []
    /// For each cell of four sample values a side how its middle is shown, as `Mixture` packs it.
    private var mixtures: [UInt32] = []
    /// The same for single colours, where colours of the palette lie in their cell.
    private var beside: [UInt32: UInt32] = [:]

    /// How many colours each is mixed with.
    private static let neighbourCount = 16
    private static let blueNoise = BlueNoise.thresholds().map { UInt32($0 * 65_536) }

    /// - Parameter colors: RGBA, red lowest; 1 to 256.
    public init(_ colors: [UInt32]) {
        precondition((1...256).contains(colors.count))
        self.colors = colors
        points = colors.map { [oklab] in oklab.point($0) }
    }

    /// Gets ready for pixels to be mapped in this way. Who maps on several threads does it before making the copies.
    public mutating func prepare(for dithering: Dithering) {
        if dithering == .ordered { prepareMixing() }
    }

    /// Replaces every pixel by a colour of the palette.
    ///
    /// - Parameters:
    ///   - pixels: RGBA, red lowest, row by row.
    ///   - width: pixels a row.
    public mutating func map(_ pixels: inout [UInt32], width: Int, dithering: Dithering) {
        precondition(width > 0 && pixels.count % width == 0)
        if dithering == .diffusion { return diffuse(&pixels, width) }
        map(&pixels, rows: 0..<pixels.count / width, width: width, dithering: dithering)
    }

    /// The same for some rows of a picture, where errors are not passed on.
    ///
    /// - Parameters:
    ///   - pixels: those rows and no others.
    ///   - rows: where they stand in the picture.
    mutating func map(
        _ pixels: inout [UInt32], rows: some Collection<Int>, width: Int, dithering: Dithering
    ) {
        precondition(pixels.count == rows.count * width && dithering != .diffusion)
        prepare(for: dithering)
        for (place, y) in rows.enumerated() {
            let row = place * width..<(place + 1) * width
            if dithering == .ordered { mix(&pixels, row, y) } else { mapPlainly(&pixels, row) }
        }
    }

    private mutating func mapPlainly(_ pixels: inout [UInt32], _ row: Range<Int>) {
        var (last, result) = (UInt32(0), nearestColor(0))
        for i in row {
            let color = pixels[i]
            if color != last { (last, result) = (color, nearestColor(color)) }
            pixels[i] = result
        }
    }

    private mutating func nearestColor(_ color: UInt32) -> UInt32 { colors[nearest(color)] }

    /// The index of the nearest colour.
    private mutating func nearest(_ color: UInt32) -> Int {
        color >> 24 == 255 ? nearest(opaque: color, point(opaque: color)) : nearest(translucent: color)
    }

    @inline(__always)
    private func point(opaque color: UInt32) -> ColorPoint {
        let lab = Oklab.lab(
            oklab.linear[Int(color & 255)], oklab.linear[Int(color &>> 8 & 255)], oklab.linear[Int(color &>> 16 & 255)])
        return ColorPoint(
            lightness: lab.lightness - 0.5, a: lab.a * ColorPoint.chroma, b: lab.b * ColorPoint.chroma,
            opacity: ColorPoint.opaque)
    }

    @inline(__always)
    private mutating func nearest(opaque color: UInt32, _ point: ColorPoint) -> Int {
        let cell = Int(color &>> 3 & 31 | color &>> 6 & 0x3E0 | color &>> 9 & 0x7C00)
        var start = Int(cells[cell])
        if start < 0 { start = listCandidates(cell) }
        let count = Int(candidates[start])
        var best = Int(candidates[start + 1])
        if count == 0 { return best }
        var least = points[best].squaredDistance(to: point)
        for i in start + 2...start + 1 + count {
            let index = Int(candidates[i])
            let distance = points[index].squaredDistance(to: point)
            if distance < least { (least, best) = (distance, index) }
        }
        return best
    }

    /// Lists the colours that may be nearest to a colour of the cell.
    ///
    /// One that is nearest to a colour at most r from the middle is at most 2r further from the middle than the one nearest to that is. r is the
    /// distance of the furthest corner, and a tenth, as the space is curved.
    private mutating func listCandidates(_ cell: Int) -> Int {
        let low = UInt32(cell & 31) << 3 | UInt32(cell >> 5 & 31) << 11 | UInt32(cell >> 10) << 19
        let middle = oklab.point(low | 0xFF04_0404)
        var radius: Float = 0
        for corner: UInt32 in 0..<8 {
            let offset = 7 * (corner & 1) | 0x700 * (corner >> 1 & 1) | 0x7_0000 * (corner >> 2)
            radius = max(radius, oklab.point(low | offset | 0xFF00_0000).squaredDistance(to: middle))
        }
        let distances = points.map { $0.squaredDistance(to: middle).squareRoot() }
        let bound = (distances.min() ?? 0) + 2.2 * radius.squareRoot()
        let start = candidates.count
        candidates.append(0)
        for index in distances.indices where distances[index] <= bound {
            candidates.append(UInt8(truncatingIfNeeded: index))
        }
        candidates[start] = UInt8(truncatingIfNeeded: candidates.count - start - 2)
        cells[cell] = Int32(truncatingIfNeeded: start)
        return start
    }

    private mutating func nearest(translucent color: UInt32) -> Int {
        if let known = translucent[color] { return known }
        let point = oklab.point(color)
        var (best, least) = (0, Float.infinity)
        for index in points.indices {
            let distance = points[index].squaredDistance(to: point)
            if distance < least { (best, least) = (index, distance) }
        }
        if translucent.count >= 1 << 14 { translucent = [:] }
        translucent[color] = best
        return best
    }
}

// Error diffusion.
extension PaletteMapper {
    /// Errors of a row's pixels, in sixteenths of a sample value, four to a pixel; a pixel more at either end.
    private typealias Errors = [Int32]

    /// Floyd and Steinberg's weights 7, 3, 5 and 1 sixteenths, row by row to and fro.
    private mutating func diffuse(_ pixels: inout [UInt32], _ width: Int) {
        var here = Errors(repeating: 0, count: (width + 2) * 4)
        var below = here
        let palette = ColorIndex(colors)
        for y in 0..<pixels.count / width {
            let forward = y & 1 == 0
            var ahead: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
            for step in 0..<width {
                let x = forward ? step : width - 1 - step
                let source = pixels[y * width + x]
                let place = (x + 1) * 4
                let wanted = (
                    Self.sum(source & 255, here[place] + ahead.0),
                    Self.sum(source >> 8 & 255, here[place + 1] + ahead.1),
                    Self.sum(source >> 16 & 255, here[place + 2] + ahead.2),
                    Self.sum(source >> 24, here[place + 3] + ahead.3)
                )
                // What the palette has is shown as it is, and what is not seen is not in error.
                let exact = source == 0 || palette[source] != nil
                let color = exact ? source : Self.color(wanted, opaque: source >> 24 == 255)
                let chosen = nearestColor(color)
                pixels[y * width + x] = chosen
                if exact || chosen == 0 {
                    ahead = (0, 0, 0, 0)
                    continue
                }
                let alpha = Int32(truncatingIfNeeded: source >> 24)
                let error = (
                    Self.error(wanted.0, chosen & 255, alpha), Self.error(wanted.1, chosen >> 8 & 255, alpha),
                    Self.error(wanted.2, chosen >> 16 & 255, alpha), Self.error(wanted.3, chosen >> 24, 255)
                )
                ahead = Self.times(7, error)
                let back = forward ? place - 4 : place + 4
                Self.add(Self.times(3, error), to: &below, at: back)
                Self.add(Self.times(5, error), to: &below, at: place)
                Self.add(error, to: &below, at: 2 * place - back)
            }
            swap(&here, &below)
            for i in below.indices { below[i] = 0 }
        }
    }

    @inline(__always)
    private static func sum(_ sample: UInt32, _ error: Int32) -> Int32 {
        Int32(truncatingIfNeeded: sample) &* 16 &+ error
    }

    @inline(__always)
    private static func color(_ wanted: (Int32, Int32, Int32, Int32), opaque: Bool) -> UInt32 {
        func sample(_ value: Int32) -> UInt32 { UInt32(truncatingIfNeeded: min(255, max(0, (value &+ 8) &>> 4))) }
        let alpha = opaque ? 255 : sample(wanted.3)
        return alpha &<< 24 | sample(wanted.2) &<< 16 | sample(wanted.1) &<< 8 | sample(wanted.0)
    }

    /// The error to pass on, a sixteenth of a pixel's: no more than would show, so that a colour out of the palette's reach leaves no trail.
    @inline(__always)
    private static func error(_ wanted: Int32, _ chosen: UInt32, _ alpha: Int32) -> Int32 {
        let error = (wanted &- Int32(truncatingIfNeeded: chosen) &* 16) &* alpha / 255
        return (min(2048, max(-2048, error)) &+ 8) &>> 4
    }

    @inline(__always)
    private static func times(
        _ weight: Int32, _ error: (Int32, Int32, Int32, Int32)
    ) -> (Int32, Int32, Int32, Int32) {
        (weight &* error.0, weight &* error.1, weight &* error.2, weight &* error.3)
    }

    @inline(__always)
    private static func add(_ error: (Int32, Int32, Int32, Int32), to errors: inout Errors, at place: Int) {
        errors[place] &+= error.0
        errors[place + 1] &+= error.1
        errors[place + 2] &+= error.2
        errors[place + 3] &+= error.3
    }
}

// Ordered dithering.
extension PaletteMapper {
    /// What a colour is shown by, in 32 bits.
    private struct Mixture {
        /// The lighter colour's share in 65,536ths in bits 16 to 31, its index in bits 8 to 15, the darker one's in bits 0 to 7.
        var bits: UInt32

        /// What nobody has worked out yet.
        static let unknown: UInt32 = 0xFFFF_FFFF
        /// A cell in which colours of the palette lie: those must stay as they are, so each of its colours is looked at. (No share is as large.)
        static let mixed: UInt32 = 0xFFFF_0000

        init(darker: Int, lighter: Int, share: Float) {
            let share = UInt32(min(65_534, max(0, share * 65_536)))
            bits =
                share &<< 16 | UInt32(truncatingIfNeeded: lighter) &<< 8 | UInt32(truncatingIfNeeded: darker)
        }

        init(only index: Int) { self.init(darker: index, lighter: index, share: 0) }
    }

    /// Shows each pixel of row `y` by its nearest colour or one near that, whichever the threshold at its place says.
    ///
    /// A mixture holds for all opaque colours of a cell: the pattern of dots hides the difference of two sample values at most, and working it out for each
    /// colour takes ten times as long.
    private mutating func mix(_ pixels: inout [UInt32], _ row: Range<Int>, _ y: Int) {
        let side = BlueNoise.side
        let line = (y & (side - 1)) * side
        var (last, mixture) = (UInt32(0), Mixture(only: nearest(0)).bits)
        for i in row {
            let color = pixels[i]
            if color != last {
                mixture = color >> 24 == 255 ? known(color) : Mixture(only: nearest(color)).bits
                last = color
            }
            let isLighter = thresholds[line + ((i &- row.lowerBound) & (side - 1))] < mixture &>> 16
            pixels[i] = colors[Int((isLighter ? mixture &>> 8 : mixture) & 255)]
        }
    }

    /// The mixture for an opaque colour.
    @inline(__always)
    private mutating func known(_ color: UInt32) -> UInt32 {
        let cell = Self.fineCell(color)
        let mixture = mixtures[cell]
        return mixture < Mixture.mixed ? mixture : workOut(color, in: cell)
    }

    /// The cell of four sample values a side.
    @inline(__always)
    private static func fineCell(_ color: UInt32) -> Int {
        let (red, green, blue) = (color &>> 2 & 0x3F, color &>> 4 & 0xFC0, color &>> 6 & 0x3F000)
        return Int(red | green | blue)
    }

    private mutating func workOut(_ color: UInt32, in cell: Int) -> UInt32 {
        if mixtures[cell] == Mixture.mixed {
            if let known = beside[color] { return known }
            let mixture = mixture(color).bits
            beside[color] = mixture
            return mixture
        }
        let middle: UInt32 = color & 0xFFFC_FCFC | 0x02_0202
        let mixture = mixture(middle).bits
        mixtures[cell] = mixture
        return mixture
    }

    private mutating func prepareMixing() {
        if !thresholds.isEmpty { return }
        thresholds = Self.blueNoise
        mixtures = [UInt32](repeating: Mixture.unknown, count: 1 << 18)
        for color in colors where color >> 24 == 255 {
            mixtures[Self.fineCell(color)] = Mixture.mixed
        }
        let opaque = points.indices.filter { colors[$0] >> 24 == 255 }
        for origin in points {
            var nearest = [Neighbour](repeating: .none, count: Self.neighbourCount)
            for index in opaque {
                let neighbour = Neighbour(points[index], index, from: origin)
                if neighbour.squaredLength == 0 || neighbour.squaredLength >= nearest[nearest.count - 1].squaredLength {
                    continue
                }
                var place = nearest.count - 1
                while place > 0, neighbour.squaredLength < nearest[place - 1].squaredLength {
                    nearest[place] = nearest[place - 1]
                    place -= 1
                }
                nearest[place] = neighbour
            }
            neighbours += nearest
        }
    }

    /// The two colours between which the wanted one lies best, and where.
    ///
    /// Of the line from the nearest colour to each of its neighbours the point nearest to the wanted colour is found. A mixture's error is that distance
    /// (squared), and part of the variance that the eye sees as noise.
    private mutating func mixture(_ color: UInt32) -> Mixture {
        let point = point(opaque: color)
        let first = nearest(opaque: color, point)
        if colors[first] == color || colors[first] >> 24 != 255 { return Mixture(only: first) }
        let origin = points[first]
        let (l, a, b) = (point.lightness - origin.lightness, point.a - origin.a, point.b - origin.b)
        // How much better than the nearest colour alone.
        var (second, share, most) = (first, Float(0), Float(0))
        for place in first * Self.neighbourCount..<(first + 1) * Self.neighbourCount {
            let neighbour = neighbours[place]
            let along = l * neighbour.l + a * neighbour.a + b * neighbour.b
            let part = along * neighbour.inverse
            let gain = part * (along - (1 - part) * neighbour.roughness)
            if gain > most && part > 0 { (second, share, most) = (neighbour.index, part, gain) }
        }
        // The lighter of the two always lies where the thresholds are low, so that areas of unlike mixtures meet without a seam.
        if points[second].lightness < points[first].lightness {
            return Mixture(darker: second, lighter: first, share: 1 - share)
        }
        return Mixture(darker: first, lighter: second, share: share)
    }
}

/// A colour near another, and the way there.
private struct Neighbour {
    var l: Float
    var a: Float
    var b: Float
    var squaredLength: Float
    var inverse: Float
    /// How much of the variance of a mixture counts as error, against its squared distance from the colour wanted: half of it, but a smaller part between
    /// colours that lie far apart, as there steps would be seen sooner than dots.
    var roughness: Float
    var index: Int

    /// One that is never chosen.
    static let none = Neighbour()

    private init() {
        (l, a, b, squaredLength, inverse, roughness, index) = (0, 0, 0, .infinity, 0, 0, 0)
    }

    init(_ point: ColorPoint, _ index: Int, from origin: ColorPoint?) {
        let origin = origin ?? point
        l = point.lightness - origin.lightness
        a = point.a - origin.a
        b = point.b - origin.b
        squaredLength = l * l + a * a + b * b
        inverse = squaredLength > 0 ? 1 / squaredLength : 0
        roughness = min(0.5 * squaredLength, 0.002 + 0.12 * squaredLength)
        self.index = index
    }
}
