extension Metadata {
    /// All XMP properties in one packet, for formats whose packets may have any length: those of `extendedXMP` stand behind the others. Where they
    /// cannot be brought together, `xmp` alone.
    public var wholeXMP: [UInt8]? {
        guard let xmp, let extendedXMP else { return xmp }
        return XMP.merging(xmp, extendedXMP) ?? xmp
    }
}

/// A packet's RDF element is looked for as text, under the name that the specification gives it (XMP part 1 §7.4).
extension XMP {
    /// What a main packet and its extension say together (XMP part 3 §1.1.3.1), without the note that there is an extension.
    ///
    /// - Returns: nil where one of them has no RDF element, or where a prefix means two name spaces.
    static func merging(_ main: [UInt8], _ extended: [UInt8]) -> [UInt8]? {
        guard let into = RDF(main), let from = RDF(extended) else { return nil }
        var known = [[UInt8]: [UInt8]](
            declarations(main[..<into.content.lowerBound]).map { ($0.prefix, $0.uri) }, uniquingKeysWith: { $1 })
        var added: [UInt8] = []
        for declaration in declarations(extended[..<from.content.lowerBound]) {
            let old = known.updateValue(declaration.uri, forKey: declaration.prefix)
            if let old, old != declaration.uri { return nil }
            if old == nil { added += [0x20] + declaration.text }
        }
        let content = withoutNote(Array(main[into.content]))
        return main[..<into.attributes] + added + main[into.attributes..<into.content.lowerBound] + content
            + extended[from.content] + main[into.content.upperBound...]
    }

    /// Where the parts of the RDF element lie.
    private struct RDF {
        /// Behind the name of its first tag.
        let attributes: Int
        /// Between its tags.
        let content: Range<Int>

        init?(_ packet: [UInt8]) {
            guard let name = range(of: "<rdf:RDF", in: packet[...]),
                let close = packet[name.upperBound...].firstIndex(of: UInt8(ascii: ">")),
                packet[close - 1] != UInt8(ascii: "/")
            else { return nil }
            var end: Int?
            var at = close + 1
            while let tag = range(of: "</rdf:RDF>", in: packet[at...]) { (end, at) = (tag.lowerBound, tag.upperBound) }
            guard let end else { return nil }
            (attributes, content) = (name.upperBound, close + 1..<end)
        }
    }

    /// The name spaces that tags declare, each as it is written there.
    private static func declarations(_ tags: ArraySlice<UInt8>) -> [(prefix: [UInt8], uri: [UInt8], text: [UInt8])] {
        var found: [(prefix: [UInt8], uri: [UInt8], text: [UInt8])] = []
        var rest = tags
        while let name = range(of: "xmlns:", in: rest) {
            rest = rest[name.upperBound...]
            // No prefix is so long that it would be looked for through all of a packet.
            guard let equals = rest.prefix(256).firstIndex(of: UInt8(ascii: "=")),
                let quote = rest[equals...].dropFirst().first,
                [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(quote),
                let end = rest[(equals + 2)...].firstIndex(of: quote)
            else { continue }
            found.append((Array(rest[..<equals]), Array(rest[equals + 2..<end]), Array(tags[name.lowerBound...end])))
            rest = rest[(end + 1)...]
        }
        return found
    }

    /// An attribute, or an element.
    private static func withoutNote(_ content: [UInt8]) -> [UInt8] {
        let name = "xmpNote:HasExtendedXMP"
        guard let note = range(of: name, in: content[...]) else { return content }
        let rest = content[note.upperBound...]
        var removed = note
        if note.lowerBound > 0, content[note.lowerBound - 1] == UInt8(ascii: "<") {
            guard let end = range(of: "</\(name)>", in: rest) else { return content }
            removed = note.lowerBound - 1..<end.upperBound
        } else {
            guard let quote = rest.dropFirst().first, let end = rest.dropFirst(2).firstIndex(of: quote) else {
                return content
            }
            removed = note.lowerBound..<end + 1
        }
        return Array(content[..<removed.lowerBound] + content[removed.upperBound...])
    }

    private static func range(of text: String, in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        let text = Array(text.utf8)
        guard bytes.count >= text.count else { return nil }
        for start in bytes.startIndex...bytes.endIndex - text.count
        where bytes[start] == text[0] && bytes[start..<start + text.count].elementsEqual(text) {
            return start..<start + text.count
        }
        return nil
    }
}
