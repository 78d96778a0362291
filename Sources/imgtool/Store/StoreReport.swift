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
        case .invalidName, .invalidID, .undeclaredField, .alreadyExists, .multipleObjectsReturned, .unencodable:
            ImageError(.misuse, description)
        case .damaged:
            ImageError(.malformed, description)
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
