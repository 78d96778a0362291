import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

@Suite struct DamageTests {
    private static func sample(_ name: String) throws -> JPEGSegments {
        JPEGSegments(try TestImages.bytes(name))
    }

    private static let sof: UInt8 = 0xC0
    private static let sos: UInt8 = 0xDA

    /// Cut anywhere: refused under strict; otherwise refused, or a picture whose rows before the named one are right.
    @Test(arguments: [
        "odd-17x33-420.jpg", "separate-scans.jpg", "progressive.jpg", "restart.jpg", "metadata.jpg", "odd-1x1.jpg",
        "arithmetic.jpg", "arithmetic-progressive.jpg", "arithmetic-17x33-restart.jpg",
    ])
    func truncationAtEveryByte(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        let whole = try decode(bytes).image
        for length in Damage.truncations(of: bytes) {
            let cut = Array(bytes.prefix(length))
            #expect(errorKind { _ = try decode(cut, strict: true) } != nil, "strict, \(length) bytes")
            guard let (image, warnings) = try? decode(cut) else { continue }
            #expect(warnings.contains { $0.kind == .truncated }, "\(length) bytes")
            #expect(image.size == whole.size)
            // Interpolation looks one chroma row ahead: two rows above the named one may already differ.
            let sound = max(0, (warnings.compactMap(\.row).min() ?? whole.size.height) - 2) * whole.bytesPerRow
            let agrees = image.pixels.prefix(sound) == whole.pixels.prefix(sound)
            #expect(agrees, "\(length) bytes")
        }
    }

    @Test(arguments: [
        "odd-17x33-422.jpg", "progressive.jpg", "separate-scans-restart.jpg", "restart.jpg", "metadata.jpg",
        "ycck-420.jpg", "arithmetic-gray.jpg", "arithmetic-17x33-restart.jpg",
        "arithmetic-progressive-17x33-restart.jpg",
    ])
    func mutationsNeverTrap(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        var limits = DecodeLimits.default
        limits.pixels = 1 << 20
        var decoded = 0
        for seed in 0..<400 as Range<UInt64> {
            let mutant = Damage.mutated(bytes, seed: seed)
            if (try? decode(mutant, limits: limits)) != nil { decoded += 1 }
            _ = try? decode(mutant, strict: true, limits: limits)
            _ = try? JPEGDecoder.inspect(MemoryByteSource(mutant))
        }
        #expect(decoded > 20)
    }

    /// Neither do they where a reduction leaves coefficients out.
    @Test(
        arguments: [
            "photo.jpg", "progressive.jpg", "odd-17x33-422.jpg", "separate-scans-restart.jpg", "arithmetic.jpg",
            "arithmetic-progressive-17x33-restart.jpg",
        ], [2, 4, 8])
    func reducedMutationsNeverTrap(_ name: String, _ denominator: Int) throws {
        let bytes = try TestImages.bytes(name)
        var options = DecodeOptions()
        options.limits.pixels = 1 << 19
        var decoded = 0
        for seed in 0..<60 as Range<UInt64> {
            let mutant = Damage.mutated(bytes, seed: seed)
            guard var decoder = try? JPEGDecoder(MemoryByteSource(mutant), options: options) else { continue }
            _ = decoder.reduce(by: denominator, thenBy: [1, 2, 4][Int(seed % 3)])
            if (try? Image(collecting: &decoder)) != nil { decoded += 1 }
        }
        #expect(decoded > 5)
    }

    /// Files that begin with a scan of AC coefficients, at every scale.
    @Test(arguments: ["progressive.jpg", "arithmetic-progressive.jpg"], [1, 2, 4, 8])
    func missingDCScan(_ name: String, _ denominator: Int) throws {
        var file = try Self.sample(name)
        file.segments.removeAll {
            $0.marker == Self.sos && $0.parameters[$0.parameters.count - 3] == 0
        }
        for later in [1.0, 2, 4] {
            var decoder = try JPEGDecoder(MemoryByteSource(file.bytes))
            _ = decoder.reduce(by: denominator, thenBy: later)
            let image = try Image(collecting: &decoder)
            #expect(image.size == decoder.size)
            // Where only DC counts, nothing is left but grey.
            if denominator == 8 && later == 4 { #expect(Set(image.pixels) == [128] && !decoder.warnings.isEmpty) }
        }
    }

    /// A code that no table has costs what lies behind it, and the warning names the row.
    @Test(arguments: ["gray.jpg", "baseline-420.jpg", "photo.jpg"])
    func badCodes(_ name: String) throws {
        var file = try Self.sample(name)
        let whole = try decode(file.bytes).image
        let middle = file[Self.sos].entropyCoded.count / 2
        // Sixteen ones begin no code (T.81 §C.2); a stuffed zero follows each FF.
        file[Self.sos].entropyCoded.replaceSubrange(
            middle..<middle + 16, with: [UInt8](repeating: 0, count: 2) + (0..<8).flatMap { _ in [0xFF, 0] as [UInt8] })
        let (image, warnings) = try decode(file.bytes)
        let row = try #require(warnings.compactMap(\.row).first)
        #expect(warnings.contains { $0.kind == .damaged } && row < whole.size.height)
        let sound = max(0, row - 18) * whole.bytesPerRow
        #expect(image.pixels.prefix(sound) == whole.pixels.prefix(sound) && image != whole)
        #expect(errorKind { _ = try decode(file.bytes, strict: true) } == .malformed)
    }

    /// Fewer bytes than the bit reader takes in beforehand, and more.
    @Test(arguments: ["separate-scans.jpg", "progressive.jpg", "gray.jpg"], [1, 3, 8, 20])
    func garbageBehindScans(_ name: String, count: Int) throws {
        var file = try Self.sample(name)
        let whole = try decode(file.bytes).image
        file[Self.sos].entropyCoded += [UInt8](repeating: 0x12, count: count)
        let (image, warnings) = try decode(file.bytes)
        #expect(image == whole && warnings.map(\.kind) == [.damaged])
        #expect(warnings.allSatisfy { $0.reason.hasPrefix("\(count) bytes") })
        #expect(errorKind { _ = try decode(file.bytes, strict: true) } == .malformed)
    }

    /// And before a restart marker, where fill bytes are legal (T.81 §B.1.1.2).
    @Test(arguments: [1, 3, 20])
    func garbageBeforeRestarts(count: Int) throws {
        var file = try Self.sample("restart-rows.jpg")
        let whole = try decode(file.bytes).image
        let first = file.restartIntervals[0]
        file.restartIntervals[0] = first + [UInt8](repeating: 0xFF, count: count)
        #expect(try decode(file.bytes, strict: true).image == whole)
        file.restartIntervals[0] = first + [UInt8](repeating: 0x12, count: count)
        let (image, warnings) = try decode(file.bytes)
        #expect(image == whole && warnings.map(\.kind) == [.damaged])
    }

    /// Of several pictures in a file the first counts.
    @Test func multiPictureFiles() throws {
        let first = try TestImages.bytes("photo.jpg")
        let both = try decode(first + TestImages.bytes("gray.jpg"))
        #expect(try both.image == decode(first).image)
        #expect(both.warnings.map(\.kind) == [.trailingBytes])
    }

    @Test func missingEndAndTrailingBytes() throws {
        let bytes = try TestImages.bytes("baseline-420.jpg")
        let whole = try decode(bytes).image
        let endless = try decode(Array(bytes.dropLast(2)))
        #expect(endless.image == whole && endless.warnings.map(\.kind) == [.truncated])
        let trailing = try decode(bytes + [0x3C, 0x3F])
        #expect(trailing.image == whole && trailing.warnings.map(\.kind) == [.trailingBytes])
        #expect(errorKind { _ = try decode(bytes + [0], strict: true) } == .malformed)
    }

    @Test func fillBytesAreLegalAndGarbageIsNot() throws {
        let bytes = try TestImages.bytes("baseline-420.jpg")
        let whole = try decode(bytes).image
        let filled = Array(bytes[0..<2]) + [0xFF, 0xFF, 0xFF] + Array(bytes[2...])
        #expect(try decode(filled, strict: true).image == whole)
        let garbage = Array(bytes[0..<2]) + [1, 2, 3] + Array(bytes[2...])
        #expect(try decode(garbage).image == whole)
        #expect(try decode(garbage).warnings.map(\.kind) == [.damaged])
        #expect(errorKind { _ = try decode(garbage, strict: true) } == .malformed)
    }

    @Test func numberOfLinesMayComeLate() throws {
        var file = try Self.sample("odd-17x33-420.jpg")
        let whole = try decode(file.bytes).image
        let height = Array(file[Self.sof].parameters[1...2])
        file[Self.sof].parameters.replaceSubrange(1...2, with: [0, 0])
        #expect(errorKind { _ = try decode(file.bytes) } == .malformed)
        file[Self.sos].entropyCoded += [0xFF, 0xDC, 0, 4] + height
        #expect(try decode(file.bytes).image == whole)
    }

    /// A restart interval that is lost costs its own MCUs, not those behind it.
    @Test func lostRestartIntervals() throws {
        var file = try Self.sample("restart-rows.jpg")
        let whole = try decode(file.bytes).image
        var intervals = file.restartIntervals
        #expect(intervals.count == 3)
        let rowHeight = 8
        intervals[1] = []
        file.restartIntervals = intervals
        let emptied = try decode(file.bytes)
        #expect(!emptied.warnings.isEmpty)
        func rows(_ image: Image, _ range: Range<Int>) -> ArraySlice<UInt8> {
            image.pixels[range.lowerBound * image.bytesPerRow..<range.upperBound * image.bytesPerRow]
        }
        let height = whole.size.height
        #expect(rows(emptied.image, 0..<rowHeight) == rows(whole, 0..<rowHeight))
        #expect(rows(emptied.image, 2 * rowHeight..<height) == rows(whole, 2 * rowHeight..<height))
        #expect(rows(emptied.image, rowHeight..<2 * rowHeight) != rows(whole, rowHeight..<2 * rowHeight))
        #expect(errorKind { _ = try decode(file.bytes, strict: true) } != nil)

        // The marker itself is gone with its interval: the next one tells.
        var data: [UInt8] = []
        for (index, interval) in try Self.sample("restart-rows.jpg").restartIntervals.enumerated() where index != 1 {
            if index > 0 { data += [0xFF, 0xD0 + UInt8((index - 1) & 7)] }
            data += interval
        }
        file[Self.sos].entropyCoded = data
        let dropped = try decode(file.bytes)
        #expect(rows(dropped.image, 0..<rowHeight) == rows(whole, 0..<rowHeight))
        #expect(rows(dropped.image, 2 * rowHeight..<height) == rows(whole, 2 * rowHeight..<height))
    }

    enum Fault: String, CaseIterable, Sendable {
        case secondFrame, noFrame, zeroWidth, zeroSampling, largeSampling, wrongComponent, wrongTable,
            missingQuantization
        case overfullHuffman, dcCategory, largeMCU, shortFrame, shortSegment, quantizationSlot, secondStart,
            unknownMarker
        case shortQuantization, shortHuffman, huffmanClass, restartLength, wrongScanLength
    }

    @Test(arguments: Fault.allCases)
    func faultsAreMalformed(_ fault: Fault) throws {
        var file = try Self.sample("odd-17x33-420.jpg")
        let frame = file[Self.sof]
        switch fault {
        case .secondFrame: file.segments.insert(frame, at: 1)
        case .noFrame: file.segments.removeAll { $0.marker == Self.sof }
        case .zeroWidth: file[Self.sof].parameters.replaceSubrange(3...4, with: [0, 0])
        case .zeroSampling: file[Self.sof].parameters[7] = 0x02
        case .largeSampling: file[Self.sof].parameters[7] = 0x52
        case .wrongComponent: file[Self.sos].parameters[1] = 77
        case .wrongTable: file[Self.sos].parameters[2] = 0x40
        case .missingQuantization: file.segments.removeAll { $0.marker == 0xDB }
        case .overfullHuffman: file[0xC4].parameters[1] = 3
        case .dcCategory: file[0xC4].parameters[17] = 200
        case .largeMCU: file[Self.sof].parameters[7] = 0x44
        case .shortFrame: file[Self.sof].parameters = [8, 0]
        case .shortSegment: break  // below: its length cannot be said in segments
        case .quantizationSlot: file[Self.sof].parameters[8] = 9
        case .secondStart: file.segments.insert(.init(marker: 0xD8, parameters: []), at: 0)
        case .unknownMarker: file.segments.insert(.init(marker: 0xC8, parameters: []), at: 0)
        case .shortQuantization: file[0xDB].parameters.removeLast()
        case .shortHuffman: file[0xC4].parameters = Array(file[0xC4].parameters.prefix(20))
        case .huffmanClass: file[0xC4].parameters[0] = 0x20
        case .restartLength: file.segments.insert(.init(marker: 0xDD, parameters: [1]), at: 0)
        case .wrongScanLength: file[Self.sos].parameters.removeLast()
        }
        var bytes = file.bytes
        if fault == .shortSegment { bytes.insert(contentsOf: [0xFF, 0xDB, 0, 1], at: 2) }
        for strict in [true, false] {
            #expect(errorKind { _ = try decode(bytes, strict: strict) } == .malformed, "strict \(strict)")
        }
    }

    @Test func fractionalSamplingIsUnsupported() throws {
        var file = try Self.sample("odd-17x33-444.jpg")
        file[Self.sof].parameters[7] = 0x31
        file[Self.sof].parameters[10] = 0x21
        #expect(errorKind { _ = try decode(file.bytes) } == .unsupported)
        var two = try Self.sample("odd-17x33-444.jpg")
        two[Self.sof].parameters[5] = 2
        two[Self.sof].parameters.removeLast(3)
        two[Self.sos].parameters = [2, 1, 0, 2, 0x11, 0, 63, 0]
        #expect(errorKind { _ = try decode(two.bytes) } == .unsupported)
    }

    @Test func motionJPEGLeavesStandardTablesOut() throws {
        // The sample's tables are the standard ones.
        var file = try Self.sample("baseline-420.jpg")
        let whole = try decode(file.bytes).image
        file.segments.removeAll { $0.marker == 0xC4 }
        #expect(try decode(file.bytes, strict: true).image == whole)
    }

    @Test func limitsAreChecked() throws {
        let single = try TestImages.bytes("baseline-420.jpg")
        let several = try TestImages.bytes("separate-scans.jpg")
        var limits = DecodeLimits.default
        limits.pixels = 100
        #expect(errorKind { _ = try decode(single, limits: limits) } == .limitExceeded)
        limits = .default
        limits.memory = 1000
        #expect(errorKind { _ = try decode(single, limits: limits) } == .limitExceeded)
        limits = .default
        limits.scans = 2
        #expect(errorKind { _ = try decode(several, limits: limits) } == .limitExceeded)
        limits = .default
        limits.metadata = 100
        #expect(errorKind { _ = try decode(TestImages.bytes("metadata.jpg"), limits: limits) } == .limitExceeded)
        // A picture of 65,500 squared in a few hundred bytes is refused before anything is allocated.
        var huge = JPEGSegments(several)
        huge[Self.sof].parameters.replaceSubrange(1...4, with: [0x3F, 0xFF, 0x3F, 0xFF])
        #expect(errorKind { _ = try decode(huge.bytes) } == .limitExceeded)
    }

    @Test func errorsAreSticky() throws {
        var decoder = try JPEGDecoder(
            MemoryByteSource(Array(TestImages.bytes("baseline-420.jpg").dropLast(60))),
            options: DecodeOptions(strict: true))
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        var errors: [ImageError] = []
        for _ in 0..<decoder.size.height + 3 {
            do { try decoder.readRow(into: &row) } catch { errors.append(error) }
        }
        #expect(errors.count > 3 && Set(errors).count == 1)
    }
}
