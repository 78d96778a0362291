import Tintype

extension EXIFFacts {
    /// One line for a person, or nil where there is nothing but the orientation, which is said elsewhere.
    var summary: String? {
        var parts: [String] = []
        if let dateTaken { parts.append("taken " + dateTaken.replacing("T", with: " ")) }
        if let camera { parts.append(camera) }
        if let lens { parts.append(lens) }
        if let exposureTime { parts.append(Self.readable(exposureTime: exposureTime)) }
        if let fNumber { parts.append("f/" + Self.short(fNumber)) }
        if let iso { parts.append("ISO \(iso)") }
        if let focalLength { parts.append(Self.short(focalLength) + " mm") }
        if flashFired == true { parts.append("flash") }
        if let location { parts.append(location.summary) }
        if let artist { parts.append("by \(artist)") }
        if let copyright { parts.append("copyright: \(copyright)") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// Maker and model, where the model does not begin with the maker anyway.
    private var camera: String? {
        guard let make, let model else { return make ?? model }
        return model.lowercased().hasPrefix(make.lowercased()) ? model : "\(make) \(model)"
    }

    /// "1/250 s", or "2.5 s" for longer times.
    private static func readable(exposureTime: Double) -> String {
        let inverse = (1 / exposureTime).rounded()
        guard exposureTime < 0.3, inverse < 1e9 else { return short(exposureTime) + " s" }
        return "1/\(Int(inverse)) s"
    }

    /// At most two decimals, and none of a whole number.
    private static func short(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded.magnitude < 1e9 && rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    /// What `--json` prints: only what is known.
    var json: JSON {
        var members: [(String, JSON)] = []
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append((name, value)) }
        }
        add("orientation", orientation.map { .int($0.rawValue) })
        add("dateTaken", dateTaken.map(JSON.string))
        add("make", make.map(JSON.string))
        add("model", model.map(JSON.string))
        add("lens", lens.map(JSON.string))
        add("exposureTime", exposureTime.map { .double($0, decimals: 9) })
        add("fNumber", fNumber.map { .double($0) })
        add("iso", iso.map(JSON.int))
        add("focalLength", focalLength.map { .double($0) })
        add("focalLengthIn35mmFilm", focalLengthIn35mmFilm.map(JSON.int))
        add("flashFired", flashFired.map(JSON.bool))
        add("artist", artist.map(JSON.string))
        add("copyright", copyright.map(JSON.string))
        add("latitude", location.map { .double($0.latitude, decimals: 7) })
        add("longitude", location.map { .double($0.longitude, decimals: 7) })
        add("altitude", location?.altitude.map { .double($0) })
        return .object(members)
    }
}

extension EXIFFacts.Location {
    /// "48.85837° N, 2.29448° E, 35 m".
    fileprivate var summary: String {
        func degrees(_ value: Double, _ positive: String, _ negative: String) -> String {
            "\((value.magnitude * 100_000).rounded() / 100_000)° \(value < 0 ? negative : positive)"
        }
        let place = degrees(latitude, "N", "S") + " " + degrees(longitude, "E", "W")
        return altitude.map { place + " " + JSON.double($0, decimals: 1).text + " m" } ?? place
    }
}
