/// The one error of the pipeline: whose fault it is, why, and at which byte.
public struct ImageError: Error, Sendable, Hashable {
    /// Who or what is at fault.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The bytes break their format's rules.
        case malformed
        /// The bytes are legal, but use something this package does not read or write.
        case unsupported
        /// The bytes end too early.
        case truncated
        /// A limit of `DecodeLimits` (or of the format being written) was exceeded.
        case limitExceeded
        /// The operating system refused to open, read, create or write.
        case io
        /// The caller asked for something impossible.
        case misuse
    }

    /// What the operating system refused, for errors of kind `io`.
    public enum Operation: String, Sendable, Hashable {
        case open, read, create, write
    }

    public var kind: Kind
    /// A sentence for a person, without a full stop.
    public var reason: String
    /// The byte of the input at which the fault was noticed, where one is known.
    public var offset: Int?
    /// The format being read or written, where one is known.
    public var format: ImageFormat?
    /// What was being done, for errors of kind `io`.
    public var operation: Operation?

    public init(
        _ kind: Kind, _ reason: String, at offset: Int? = nil, format: ImageFormat? = nil, operation: Operation? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.offset = offset
        self.format = format
        self.operation = operation
    }
}

extension ImageError: CustomStringConvertible {
    public var description: String {
        var text = reason
        if let offset { text += " (at byte \(offset))" }
        return format.map { "\($0.name): \(text)" } ?? text
    }
}
