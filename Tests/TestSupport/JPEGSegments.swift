/// A JPEG file cut into its segments, for tests that change one of them and put the file together again.
public struct JPEGSegments {
    public struct Segment: Equatable, Sendable {
        /// The marker's second byte.
        public var marker: UInt8
        /// The bytes behind the length; for SOS followed by the entropy-coded data up to the next marker that is not RST.
        public var parameters: [UInt8]
        public var entropyCoded: [UInt8] = []

        public init(marker: UInt8, parameters: [UInt8], entropyCoded: [UInt8] = []) {
            self.marker = marker
            self.parameters = parameters
            self.entropyCoded = entropyCoded
        }
    }

    public var segments: [Segment] = []

    /// Expects a file without faults.
    public init(_ bytes: [UInt8]) {
        var at = 2
        while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xD9 {
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            var segment = Segment(marker: bytes[at + 1], parameters: Array(bytes[at + 4..<at + 2 + length]))
            at += 2 + length
            if segment.marker == 0xDA {
                let start = at
                while !(bytes[at] == 0xFF && bytes[at + 1] != 0 && bytes[at + 1] & 0xF8 != 0xD0) { at += 1 }
                segment.entropyCoded = Array(bytes[start..<at])
            }
            segments.append(segment)
        }
    }

    /// The file, from SOI to EOI.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        for segment in segments {
            let length = segment.parameters.count + 2
            bytes += [0xFF, segment.marker, UInt8(length >> 8), UInt8(length & 255)]
            bytes += segment.parameters + segment.entropyCoded
        }
        return bytes + [0xFF, 0xD9]
    }

    /// The first segment with this marker.
    public subscript(_ marker: UInt8) -> Segment {
        get { segments.first { $0.marker == marker } ?? Segment(marker: marker, parameters: []) }
        set {
            if let index = segments.firstIndex(where: { $0.marker == marker }) { segments[index] = newValue }
        }
    }

    /// The entropy-coded data of the first scan, cut at its restart markers.
    public var restartIntervals: [[UInt8]] {
        get {
            var intervals: [[UInt8]] = [[]]
            let data = self[0xDA].entropyCoded
            var at = 0
            while at < data.count {
                if data[at] == 0xFF, at + 1 < data.count, data[at + 1] & 0xF8 == 0xD0 {
                    intervals.append([])
                    at += 2
                } else {
                    intervals[intervals.count - 1].append(data[at])
                    at += 1
                }
            }
            return intervals
        }
        set {
            var data: [UInt8] = []
            for (index, interval) in newValue.enumerated() {
                if index > 0 { data += [0xFF, 0xD0 + UInt8((index - 1) & 7)] }
                data += interval
            }
            self[0xDA].entropyCoded = data
        }
    }
}
