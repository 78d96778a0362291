import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

@Suite struct ReductionTests {
    private func reduced(_ name: String, by denominator: Int, thenBy later: Double = 1) throws -> Image {
        var decoder = try JPEGDecoder(MemoryByteSource(TestImages.bytes(name)))
        #expect(decoder.reduce(by: denominator, thenBy: later) == denominator)
        #expect(decoder.info.size != decoder.size || denominator == 1 || decoder.size == Size(1, 1))
        let image = try Image(collecting: &decoder)
        try decoder.finish()
        #expect(decoder.warnings.isEmpty)
        return image
    }

    /// Sizes round up, and the picture is about the mean of the whole one, edges and sampling of any kind included.
    @Test(
        arguments: [
            "photo.jpg", "gray.jpg", "progressive.jpg", "baseline-411.jpg", "baseline-440.jpg", "odd-17x33-420.jpg",
            "odd-7x9-422.jpg", "odd-1x33.jpg", "separate-scans-restart.jpg", "restart.jpg",
        ], [1, 2, 4, 8])
    func reducedPicturesAreMeans(_ name: String, _ denominator: Int) throws {
        let whole = try decode(TestImages.bytes(name)).image
        let small = try reduced(name, by: denominator)
        func share(_ side: Int) -> Int { (side + denominator - 1) / denominator }
        #expect(small.size == Size(share(whole.size.width), share(whole.size.height)))
        if denominator == 1 { #expect(small == whole) }
        guard name == "photo.jpg" || name == "gray.jpg" else { return }
        let channels = whole.pixelFormat.channels
        var error = 0.0
        let inner = Size(whole.size.width / denominator, whole.size.height / denominator)
        for y in 0..<inner.height {
            for x in 0..<inner.width {
                for c in 0..<channels {
                    var sum = 0
                    for v in 0..<denominator {
                        for u in 0..<denominator {
                            let at = (y * denominator + v) * whole.bytesPerRow + (x * denominator + u) * channels + c
                            sum += Int(whole.pixels[at])
                        }
                    }
                    let mean = Double(sum) / Double(denominator * denominator)
                    error += abs(mean - Double(small.pixels[y * small.bytesPerRow + x * channels + c]))
                }
            }
        }
        #expect(error / Double(inner.width * inner.height * channels) < 1)
    }

    /// The bytes between the DC scans of a progressive file do not matter to an eighth of it.
    @Test func scansOfACAreNotDecoded() throws {
        let bytes = try TestImages.bytes("progressive.jpg")
        var file = JPEGSegments(bytes)
        let scans = file.segments.indices.filter { file.segments[$0].marker == 0xDA }
        #expect(scans.count > 3)
        for index in scans where file.segments[index].parameters[file.segments[index].parameters.count - 3] > 0 {
            file.segments[index].entropyCoded = [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD1, 0x56]
        }
        var decoder = try JPEGDecoder(MemoryByteSource(file.bytes), options: DecodeOptions(strict: true))
        #expect(decoder.reduce(by: 8, thenBy: 3.5) == 8)
        let image = try Image(collecting: &decoder)
        #expect(try image == reduced("progressive.jpg", by: 8, thenBy: 4))
    }

    @Test func coarseIsNearFine() throws {
        let fine = try reduced("progressive.jpg", by: 8)
        let coarse = try reduced("progressive.jpg", by: 8, thenBy: 4)
        #expect(fine.size == coarse.size)
        // Luma is the same, only chroma is interpolated: what weighs the channels to luma hardly moves.
        let weights = [0.299, 0.587, 0.114]
        for pixel in stride(from: 0, to: fine.pixels.count, by: 3) {
            var difference = 0.0
            for c in 0..<3 {
                difference += weights[c] * Double(Int(fine.pixels[pixel + c]) - Int(coarse.pixels[pixel + c]))
            }
            // Samples that clamp may differ by more.
            #expect(abs(difference) < 12)
        }
    }

    @Test func onePixelStaysOne() throws {
        var decoder = try JPEGDecoder(MemoryByteSource(TestImages.bytes("odd-1x1.jpg")))
        #expect(decoder.reduce(by: 8) == 8 && decoder.size == Size(1, 1))
    }

    /// Skipping coefficients, and holding only those that a reduced transform reads, changes no sample; where a picture is made smaller still, the samples
    /// are those of the corner of each block, whatever its coding.
    @Test(
        arguments: [
            "photo.jpg", "progressive.jpg", "quality-100.jpg", "quality-1-dqt16.jpg", "odd-17x33-411.jpg",
            "separate-scans.jpg",
            "restart.jpg", "arithmetic.jpg", "arithmetic-progressive.jpg", "arithmetic-progressive-17x33-restart.jpg",
        ], [2, 4, 8])
    func coefficientsThatAreNotHeldDoNotMatter(_ name: String, _ denominator: Int) throws {
        let bytes = try TestImages.bytes(name)
        for later in [1, 1.9, 2, 3.5] {
            #expect(try reduced(name, by: denominator, thenBy: later).pixels == oracle(bytes, denominator, later))
        }
    }

    /// Rows made of all coefficients, or of those in the corner of each block's own size, with zeros for the others: the frame passes for one of
    /// arithmetic-coded sequential scans, of which all are held.
    private func oracle(_ bytes: [UInt8], _ denominator: Int, _ later: Double) throws -> [UInt8] {
        let header = try #require(
            JPEGSegments(bytes).segments.first { [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains($0.marker) })
        let frame = try FrameHeader(marker: Marker(0xC9), parameters: header.parameters, at: 0)
        var decoder = try JPEGDecoder(
            MemoryByteSource(bytes), options: DecodeOptions(), holdingCoefficients: true)
        let picture = try decoder.readCoefficients()
        let isCoarse = denominator == 8 && later >= 3.5
        let layout = CoefficientLayout(
            frame, holdsAll: true, reduction: denominator, later: isCoarse ? later : 1)
        #expect(layout.planes.allSatisfy { $0.order == .natural })
        var store = CoefficientStore(layout)
        store.values = picture.coefficients
        for (index, plane) in layout.planes.enumerated() where later >= 2 {
            let end = index + 1 < layout.planes.count ? layout.planes[index + 1].start : layout.count
            for i in plane.start..<end {
                let (row, column) = ((i - plane.start) % 64 / 8, (i - plane.start) % 8)
                if max(row, column) >= plane.blockSize { store.values[i] = 0 }
            }
        }
        var budget = MemoryBudget(limit: .max)
        var samples = try SampleRows(frame, reduction: denominator, layout: layout, budget: &budget)
        let (width, height) = (
            (frame.size.width + denominator - 1) / denominator, (frame.size.height + denominator - 1) / denominator
        )
        var pixels: [UInt8] = []
        var row = [UInt8](repeating: 0, count: width * frame.components.count)
        for y in 0..<height {
            let needed = samples.mcuRowsNeeded(for: y)
            while samples.mcuRows < needed { samples.add(store, quantization: picture.quantization) }
            var span = row.mutableSpan
            samples.makeRow(y, model: picture.model, into: &span)
            pixels += row
        }
        return pixels
    }

    /// At 1/8 chroma that keeps a direction subsampled is repeated there, as libjpeg repeats it, unless it is asked for coarsely.
    @Test func halfChromaIsRepeatedAtAnEighth() throws {
        var random = SplitMix64(seed: 152)
        let pixels = (0..<3 * 64 * 16).map { _ in UInt8.random(in: 0...255, using: &random) }
        var rows = Image(size: Size(64, 16), pixelFormat: .rgb8, pixels: pixels).rows
        let sink = MemoryByteSink()
        var options = JPEGEncoder.Options()
        options.subsampling = .s422
        var encoder = try JPEGEncoder(sink, size: rows.size, pixelFormat: .rgb8, options: options)
        try encoder.drain(&rows)
        var header = JPEGSegments(sink.bytes)
        header.segments.removeAll { $0.marker == 0xE0 || $0.marker == 0xEE }
        // Components named R, G and B are taken as they are, so that the rows show the planes.
        for index in header.segments.indices {
            switch header.segments[index].marker {
            case 0xC0: for c in 0..<3 { header.segments[index].parameters[6 + 3 * c] = Array("RGB".utf8)[c] }
            case 0xDA: for c in 0..<3 { header.segments[index].parameters[1 + 2 * c] = Array("RGB".utf8)[c] }
            default: break
            }
        }
        for coarsely in [false, true] {
            var decoder = try JPEGDecoder(MemoryByteSource(header.bytes))
            #expect(decoder.reduce(by: 8, thenBy: coarsely ? 4 : 1) == 8)
            let image = try Image(collecting: &decoder)
            let pairs = (0..<image.size.width / 2).map { (pair: Int) -> Bool in
                let first = 6 * pair + 1
                return image.pixels[first] == image.pixels[first + 3]
            }
            #expect(pairs.allSatisfy { $0 } != coarsely)
        }
    }
}
