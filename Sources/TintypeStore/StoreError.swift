public import TintypeCore

/// What the store says no to.
public enum StoreError: Error, Sendable, Hashable {
    /// No record has the id, or, without one, meets the predicate.
    case doesNotExist(model: String, id: Int?)
    /// More than the one record that was asked for meets the predicate.
    case multipleObjectsReturned(model: String, count: Int)
    /// A record was to be created under an id that another has.
    case alreadyExists(model: String, id: Int)
    /// An id outside 1 … 2⁵³ − 1.
    case invalidID(Int)
    /// The image field is empty.
    case noFile(field: String)
    /// The record names a file that the storage does not have.
    case missingFile(String)
    /// A file, folder or model cannot be called so.
    case invalidName(String, reason: String)
    /// The image is not one that the field takes.
    case validation(ValidationError)
    /// The field was not declared among the model's image fields.
    case undeclaredField(model: String)
    /// Since the record was read, someone else saved or deleted it.
    case conflict(model: String, id: Int)
    /// A record cannot be written as JSON.
    case unencodable(model: String, reason: String)
    /// What is kept of a record is not what the model's type is decoded from.
    case undecodable(model: String, id: Int, reason: String)
    /// A file of records is damaged, at this line (from 1) and byte (from 0). Nothing was changed.
    case damaged(file: String, line: Int, byte: Int, reason: String)
    /// A file of records was written by a later version of this package. Nothing was changed.
    case newerVersion(file: String, version: Int)
    /// Somebody else was changing the store all the time.
    case locked(seconds: Double)
    /// The operating system refused something, the name says with which file.
    case file(String, ImageError)
}

/// Why an image was refused, before any of its bytes were stored.
public struct ValidationError: Error, Sendable, Hashable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case invalidImage = "invalid_image"
        case invalidExtension = "invalid_extension"
        case empty
        case maxLength = "max_length"
        case tooLarge = "too_large"
    }

    public var code: Code
    /// A sentence for a person, without a full stop.
    public var message: String
    /// What the message says, for programs.
    public var parameters: [String: String]

    public init(_ code: Code, _ message: String, _ parameters: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.parameters = parameters
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .doesNotExist(let model, let id?): "\(model) with id \(id) does not exist"
        case .doesNotExist(let model, nil): "\(model) matching the query does not exist"
        case .multipleObjectsReturned(let model, let count): "the query found \(count) of \(model), not one"
        case .alreadyExists(let model, let id): "\(model) with id \(id) exists already"
        case .invalidID(let id): "a record cannot have the id \(id)"
        case .noFile(let field): "the field \(field) has no file associated with it"
        case .missingFile(let name): "the file \(name) is not in the storage"
        case .invalidName(let name, let reason): "\(Self.quoted(name)) is not a valid name: \(reason)"
        case .validation(let error): error.message
        case .undeclaredField(let model): "the field is not among the image fields of \(model)"
        case .unencodable(let model, let reason): "\(model) cannot be written: \(reason)"
        case .conflict(let model, let id): "\(model) with id \(id) was changed by someone else meanwhile"
        case .undecodable(let model, let id, let reason): "\(model) with id \(id) cannot be read: \(reason)"
        case .damaged(let file, let line, let byte, let reason):
            "\(file) is damaged at line \(line), byte \(byte): \(reason)"
        case .locked(let seconds): "the store was locked by someone else for \(seconds) seconds"
        case .newerVersion(let file, let version): "\(file) was written by a later version (\(version))"
        case .file(let name, let error): "\(name): \(error)"
        }
    }

    /// A name from outside, cut, and without what would play tricks on a terminal.
    private static func quoted(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(120) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "\"\(text)\""
    }
}

/// Runs what may fail with a file, and says in the error which it was.
func naming<Result>(
    _ file: some CustomStringConvertible, _ body: () throws(ImageError) -> Result
) throws(StoreError) -> Result {
    do {
        return try body()
    } catch {
        throw .file(file.description, error)
    }
}

extension StoreError {
    /// What the scanner found in a file's bytes.
    static func damaged(file: String, _ bytes: [UInt8], _ failure: JSONScanner.Failure) -> StoreError {
        let offset = min(failure.offset, bytes.count)
        let line = 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
        return .damaged(file: file, line: line, byte: offset, reason: failure.reason)
    }
}

/// For bodies that throw nothing else: the type is lost on the way through `RecordStorage.exclusively`.
func storeErrors<Result>(_ body: () async throws -> Result) async throws(StoreError) -> Result {
    do {
        return try await body()
    } catch {
        throw error as? StoreError ?? .file("models", ImageError(.io, "\(error)"))
    }
}
