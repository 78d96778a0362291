/// Something that every implementation of a protocol must do.
///
/// It needs no testing library. With Swift Testing:
///
///     @Test(arguments: StorageConformance.checks)
///     func conforms(check: ConformanceCheck<any Storage>) async throws {
///         try await check.run(on: MyStorage())  // a new one, with nothing in it
///     }
public struct ConformanceCheck<Subject>: Sendable, CustomStringConvertible {
    /// What must hold, in a few words.
    public let description: String
    private let body: @Sendable (Subject) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (Subject) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Throws `ConformanceFailure` where the subject, which must be empty, does something else, or what it throws.
    public func run(on subject: Subject) async throws {
        try await body(subject)
    }
}

/// What an implementation did not do.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
}

func require(_ condition: Bool, _ what: String) throws {
    if !condition { throw ConformanceFailure(description: "it is not so that " + what) }
}

/// SplitMix64, whose sequence depends on the seed alone.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
