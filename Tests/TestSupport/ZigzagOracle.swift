/// The zigzag sequence as T.81 figure 5 draws it, a step at a time.
public enum ZigzagOracle {
    /// The place in the block, row by row, of each index.
    public static let places: [Int] = {
        var (places, row, column, upwards) = ([Int](), 0, 0, true)
        while places.count < 64 {
            places.append(8 * row + column)
            switch (upwards, row, column) {
            case (true, _, 7), (false, 7, _):
                // Along the edge where the diagonals grow shorter.
                if upwards { row += 1 } else { column += 1 }
                upwards.toggle()
            case (true, 0, _):
                column += 1
                upwards = false
            case (false, _, 0):
                row += 1
                upwards = true
            default:
                row += upwards ? -1 : 1
                column += upwards ? 1 : -1
            }
        }
        return places
    }()

    /// Blocks row by row of what a mask by zigzag index and the values of its bits keep of them.
    public static func unpacked(_ masks: [UInt64], _ values: ArraySlice<Int16>) -> [Int16] {
        var blocks = [Int16](repeating: 0, count: 64 * masks.count)
        var rest = values
        for (index, mask) in masks.enumerated() {
            for k in 0..<64 where mask >> k & 1 == 1 { blocks[64 * index + places[k]] = rest.removeFirst() }
        }
        return blocks
    }
}
