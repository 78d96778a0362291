/// Passes bytes on and counts them.
public final class CountingByteSink: ByteSink {
    private let sink: any ByteSink
    public private(set) var count = 0

    public init(_ sink: any ByteSink) {
        self.sink = sink
    }

    public func write(_ bytes: Span<UInt8>) throws(ImageError) {
        try sink.write(bytes)
        count += bytes.count
    }
}
