import TintypeCore

/// A scan header (T.81 §B.2.3).
struct ScanHeader {
    struct Component {
        /// Which of the frame's components.
        let index: Int
        /// Slots of `HuffmanTables`: the header's number, and the header's number + 4. The header can name tables up to 15; one above 3 is an
        /// error only to a scan that needs a Huffman table.
        let dcTable: Int
        let acTable: Int
    }

    let components: [Component]
    /// Start and end of the spectral selection, and the bit positions of the successive approximation.
    let spectral: (start: Int, end: Int)
    let approximation: (high: Int, low: Int)

    /// Reads the parameters of an SOS segment.
    init(parameters: [UInt8], frame: FrameHeader, at offset: Int) throws(ImageError) {
        func malformed(_ reason: String) -> ImageError {
            ImageError(.malformed, reason, at: offset, format: .jpeg)
        }
        guard let count = parameters.first.map(Int.init), (1...4).contains(count), parameters.count == 4 + 2 * count
        else {
            throw malformed("the scan header's length is wrong")
        }
        var components: [Component] = []
        for i in 0..<count {
            let (id, tables) = (parameters[1 + 2 * i], parameters[2 + 2 * i])
            let taken = components.map(\.index)
            // Files exist whose components share an id: then the first that the scan has not named yet is meant.
            guard
                let index = frame.components.indices.first(where: {
                    frame.components[$0].id == id && !taken.contains($0)
                })
            else { throw malformed("the scan names a component \(id) that the frame does not have") }
            components.append(Component(index: index, dcTable: Int(tables >> 4), acTable: 4 + Int(tables & 15)))
        }
        let blocks = components.reduce(0) {
            $0 + frame.components[$1.index].horizontal * frame.components[$1.index].vertical
        }
        // T.81 §B.2.3 bounds an MCU to ten blocks.
        guard count == 1 || blocks <= 10 else { throw malformed("an MCU of \(blocks) blocks") }
        self.components = components
        spectral = (Int(parameters[1 + 2 * count]), Int(parameters[2 + 2 * count]))
        let bits = parameters[3 + 2 * count]
        approximation = (Int(bits >> 4), Int(bits & 15))
    }

    /// Throws `malformed` where the parameters are none that a progressive scan may have (T.81 §G.1.1.1).
    func checkProgression(at offset: Int?) throws(ImageError) {
        let band =
            spectral.start == 0
            ? spectral.end == 0 : spectral.start <= spectral.end && spectral.end <= 63 && components.count == 1
        let bits = approximation.low <= 13 && (approximation.high == 0 || approximation.high == approximation.low + 1)
        guard band && bits else {
            throw ImageError(
                .malformed,
                "a progressive scan of coefficients \(spectral.start) to \(spectral.end), bits \(approximation.high) to \(approximation.low)",
                at: offset, format: .jpeg)
        }
    }
}
