internal import TintypeCore

/// Where damage goes: an error if the decode is strict, otherwise a warning.
struct DamageLog {
    /// Enough to understand a file by; a hostile one has thousands of bad chunks.
    private static var limit: Int { 100 }

    let strict: Bool
    private(set) var warnings: [DecodeWarning] = []

    init(strict: Bool) {
        self.strict = strict
    }

    mutating func note(
        _ kind: DecodeWarning.Kind, _ reason: String, row: Int? = nil, at offset: Int? = nil
    ) throws(ImageError) {
        if strict {
            throw ImageError(kind == .truncated ? .truncated : .malformed, reason, at: offset, format: .png)
        }
        if warnings.count < Self.limit { warnings.append(DecodeWarning(kind, reason, row: row, at: offset)) }
    }

    /// Passes over an error that damage caused. Other errors, and all if the decode is strict, are thrown again.
    mutating func pass(over error: ImageError, row: Int? = nil) throws(ImageError) {
        guard !strict, error.isDamage else { throw error }
        try note(error.kind == .truncated ? .truncated : .damaged, error.reason, row: row, at: error.offset)
    }
}

extension ImageError {
    /// Whether a tolerant decode may go on after it.
    var isDamage: Bool { kind == .malformed || kind == .truncated }
}
