import TintypeCore
import TintypeResample

/// Finds the part of a picture that is most worth keeping: the window with most detail.
///
/// A pixel's detail is its edge energy (how far its brightness is from that of its left and upper neighbours) plus half
/// its saturation (the distance between its largest and smallest channel). The window slides along the one side on which
/// the picture is larger than it; of equally good places the one nearest the middle wins.
enum AttentionCrop {
    /// The best window of `size`, at most the size of `source`.
    ///
    /// - Throws: `limitExceeded` where the picture is larger than `limit` bytes.
    static func rows(
        _ source: consuming AnyRowSource, size: Size, limit: Int
    ) throws(ImageError) -> AnyRowSource {
        let image = try Image(collecting: &source, limit: limit)
        if image.size == size { return AnyRowSource(image.rows) }
        let detail = try detail(of: image)
        let x = bestStart(detail.columns, length: size.width)
        let y = bestStart(detail.rows, length: size.height)
        return AnyRowSource(try Crop(AnyRowSource(image.rows), x: x, y: y, size: size))
    }

    /// The sums of all pixels' detail over each column and each row.
    static func detail(of image: Image) throws(ImageError) -> (columns: [Int], rows: [Int]) {
        var source = try PixelConversion(AnyRowSource(image.rows), to: .rgb8, alpha: .flatten(.white))
        let (width, height) = (image.size.width, image.size.height)
        var columns = [Int](repeating: 0, count: width)
        var rows = [Int](repeating: 0, count: height)
        var row = [UInt8](repeating: 0, count: 3 * width)
        var above = [Int](repeating: 0, count: width)
        for y in 0..<height {
            try source.readRow(into: &row)
            var left = 0
            for x in 0..<width {
                let (r, g, b) = (Int(row[3 * x]), Int(row[3 * x + 1]), Int(row[3 * x + 2]))
                let brightness = 2 * r + 5 * g + b
                let edges = (x > 0 ? abs(brightness - left) : 0) + (y > 0 ? abs(brightness - above[x]) : 0)
                let score = edges + 4 * (max(r, g, b) - min(r, g, b))
                columns[x] += score
                rows[y] += score
                left = brightness
                above[x] = brightness
            }
        }
        return (columns, rows)
    }

    /// Where the window of `length` values with the largest sum starts.
    static func bestStart(_ values: [Int], length: Int) -> Int {
        let last = values.count - length
        var sum = values[..<length].reduce(0, +)
        var (best, start) = (sum, 0)
        for i in 0..<max(0, last) {
            sum += values[i + length] - values[i]
            let nearer = abs(2 * (i + 1) - last) < abs(2 * start - last)
            if sum > best || sum == best && nearer { (best, start) = (sum, i + 1) }
        }
        return start
    }
}
