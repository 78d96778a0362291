extension ColorHistogram {
    /// The colours that show best what was counted.
    ///
    /// As many as there are, if that is not too many: then nothing is lost. Otherwise groups of little variance, made better by k-means in a perceptual
    /// space. Wholly transparent pixels have the colour 0 among them.
    ///
    /// - Parameter count: at most so many, 2 to 256.
    /// - Returns: RGBA, red lowest, no two the same, at least one.
    public func palette(count: Int) -> [UInt32] {
        if let exact = exactColors(limit: count) { return exact.isEmpty ? [0] : exact }
        let oklab = Oklab()
        let colors = entries.map(\.color)
        let points = colors.map { oklab.point($0) }
        let weights = entries.map { Float($0.count) }
        let room = transparentCount > 0 ? count - 1 : count
        var clusters = KMeans(
            points, weights: weights, groups: VarianceCut.groups(of: points, weights: weights, count: room))
        clusters.run()
        var found: [UInt32] = transparentCount > 0 ? [0] : []
        var known = Set(found)
        for color in settled(clusters, colors, oklab) where known.insert(color).inserted { found.append(color) }
        return found
    }

    /// How far what was counted is from the nearest colour of a palette: the mean distance in the space in which palettes are made.
    public func meanError(of palette: [UInt32]) -> Float {
        let oklab = Oklab()
        let places = Places(palette.map { oklab.point($0) })
        var (sum, count) = (Double(0), Double(0))
        for entry in entries {
            let least = places.nearest(to: oklab.point(entry.color)).distance
            sum += Double(least) * Double(entry.count)
            count += Double(entry.count)
        }
        return count > 0 ? Float(sum / count) : 0
    }

    /// The means as colours. Where more than half of a group has one colour, it is that colour: areas that are flat stay exact and free of dots.
    private func settled(_ clusters: KMeans, _ colors: [UInt32], _ oklab: Oklab) -> [UInt32] {
        let count = clusters.means.count
        var most = [Int](repeating: -1, count: count)
        var totals = [UInt64](repeating: 0, count: count)
        var opaque = [UInt64](repeating: 0, count: count)
        for i in entries.indices {
            let group = Int(clusters.group[i])
            totals[group] += entries[i].count
            if colors[i] >> 24 == 255 { opaque[group] += entries[i].count }
            if most[group] < 0 || entries[i].count > entries[most[group]].count { most[group] = i }
        }
        return (0..<count).compactMap { group in
            guard totals[group] > 0 else { return nil }
            if entries[most[group]].count * 2 > totals[group] { return colors[most[group]] }
            var color = oklab.color(clusters.means[group])
            // What was opaque must not shine through because of a few that did.
            if opaque[group] * 2 > totals[group] { color |= 0xFF00_0000 }
            return color == 0 ? nil : color
        }
    }
}
