import Tintype
import TintypeStore

extension Report {
    /// What became of work on a store.
    init(storing subject: String, _ work: (inout Report) async throws -> Void) async {
        self.init(subject)
        do {
            try await work(&self)
        } catch let error as StoreError {
            self.error = error.imageError
            if case .validation(let refusal) = error { facts.append(("code", .string(refusal.code.rawValue))) }
            // EX_TEMPFAIL: it may work the next time.
            if case .locked = error { specialExitCode = 75 }
        } catch {
            self.error = error as? ImageError ?? ImageError(.io, "\(error)")
        }
    }
}

extension StoreError {
    /// The store's refusal as the one kind of error that the tool reports.
    fileprivate var imageError: ImageError {
        switch self {
        case .doesNotExist, .missingFile, .noFile:
            ImageError(.io, description, operation: .open)
        case .invalidName, .invalidID, .undeclaredField, .alreadyExists, .multipleObjectsReturned, .unencodable,
            .conflict:
            ImageError(.misuse, description)
        case .damaged(let file, let line, let byte, let reason):
            ImageError(.malformed, "\(file) is damaged in line \(line): \(reason)", at: byte)
        case .undecodable:
            ImageError(.malformed, description)
        case .locked:
            ImageError(.io, description)
        case .newerVersion:
            ImageError(.unsupported, description)
        case .file(let name, let error):
            ImageError(error.kind, "\(name): \(error.reason)", at: error.offset, operation: error.operation)
        case .validation(let refusal):
            switch refusal.code {
            case .invalidImage, .invalidExtension, .empty: ImageError(.malformed, description)
            case .tooLarge: ImageError(.limitExceeded, description)
            case .maxLength: ImageError(.misuse, description)
            }
        }
    }
}
