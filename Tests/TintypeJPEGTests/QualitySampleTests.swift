import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

/// What a search for a quality takes as standing for all of a picture.
@Suite struct QualitySampleTests {
    /// Of blocks of which each says where it stands, in its value.
    private func numberedBands(_ layout: EncoderLayout) -> [BlockBand] {
        (0..<layout.mcusDown).map { mcuRow in
            var band = BlockBand()
            band.masks = [UInt64](repeating: 0, count: layout.blocksPerRow)
            for component in layout.components {
                for row in 0..<component.down {
                    band.firstValues.append(band.values.count)
                    if mcuRow * component.down + row >= component.blocksDown { continue }
                    for x in 0..<component.blocksAcross {
                        let block = component.firstBlock + row * layout.mcusAcross * component.across + x
                        // One, two or three values each.
                        band.masks[block] = [1, 3, 0x8001, 0x8003][(x + mcuRow) % 4]
                        band.values += (0..<band.masks[block].nonzeroBitCount).map {
                            Int16(100 * mcuRow + x + 1000 * $0)
                        }
                    }
                }
            }
            return band
        }
    }

    /// Each block of the sample is one of the picture at its place across, values and all.
    @Test(arguments: [(JPEGEncoder.Subsampling.s420, 3), (.s411, 4), (.s440, 7), (.s444, 40)])
    func sampleHasPiecesOfAllRows(_ subsampling: JPEGEncoder.Subsampling, stride: Int) throws {
        let layout = EncoderLayout(size: Size(333, 201), pixelFormat: .rgb8, subsampling: subsampling)
        let bands = numberedBands(layout)
        let sample = BandSample(layout).rows(of: bands, stride: stride)
        #expect(sample.count == max(1, bands.count / stride))
        var rowsSeen = Set<Int>()
        for band in sample {
            for component in layout.components {
                for row in 0..<component.down {
                    var cursor = band.firstValues[component.firstRow + row]
                    for x in 0..<component.blocksAcross {
                        let mask = band.masks[component.firstBlock + row * layout.mcusAcross * component.across + x]
                        // Beyond the lower edge.
                        if mask == 0 { continue }
                        let mcuRow = (Int(band.values[cursor]) - x) / 100
                        rowsSeen.insert(mcuRow)
                        #expect(mask == [1, 3, 0x8001, 0x8003][(x + mcuRow) % 4])
                        for i in 0..<mask.nonzeroBitCount {
                            #expect(Int(band.values[cursor + i]) == 100 * mcuRow + x + 1000 * i)
                        }
                        cursor += mask.nonzeroBitCount
                    }
                }
            }
        }
        // Few rows are passed over where there are pieces enough, which are 64 pixels wide.
        let pieces = sample.count * ((layout.size.width + 63) / 64)
        #expect(rowsSeen.count > min(bands.count, pieces) * 2 / 3)
    }

    @Test(arguments: [1, 5, 10, 20])
    func chosenBlocksStandForAll(stride: Int) {
        let layout = EncoderLayout(size: Size(800, 800), pixelFormat: .gray8, subsampling: .s444)
        var generator = SplitMix64(seed: 1)
        var (all, chosen) = (SurvivorCounts(layout), SurvivorCounts(layout) { _ in stride })
        for _ in 0..<layout.mcusDown {
            var band = BlockBand()
            band.firstValues = [0]
            for _ in 0..<layout.blocksPerRow {
                let mask = 1 | generator.next()
                band.masks.append(mask)
                band.values += (0..<mask.nonzeroBitCount).map { _ in
                    Int16.random(in: -500...500, using: &generator)
                }
            }
            all.add(band)
            chosen.add(band)
        }
        let steps = StandardQuantization.tables(for: layout, FineQuality(60))
        // The generator is seeded: it is always the same share.
        let share = Double(chosen.totals.bits(steps)) / Double(all.totals.bits(steps))
        #expect(stride == 1 ? share == 1 : abs(share - 1) < 0.02)
    }
}
