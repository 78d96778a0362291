import ArgumentParser
import Glibc
import SystemPackage
import Synchronization
import Tintype

/// The outputs of one run, no two of which may be the same file.
final class Outputs: Sendable {
    let template: OutputTemplate
    private let taken: Mutex<Set<FilePath>>

    /// - Throws: `ValidationError` where the outputs cannot be what the inputs want.
    init(_ template: OutputTemplate, for inputs: [Input]) throws {
        self.template = template
        taken = Mutex([])
        if inputs.filter(\.isStandardInput).count > 1 {
            throw ValidationError("Standard input can be read only once.")
        }
        if template.isStandardOutput, isatty(STDOUT_FILENO) == 1 {
            throw ValidationError("A picture is not written to a terminal. Name a file with -o, or send the output on.")
        }
        if inputs.count > 1, template.isPlainName {
            throw ValidationError("All \(inputs.count) inputs would become '\(template.argument)'.")
        }
        if template.isPlainName { return }
        let names = Set(inputs.map { $0.path.lexicallyNormalized() })
        for input in inputs where !template.needsContent {
            let output = template.outline(for: input)
            if output != input.path.lexicallyNormalized(), names.contains(output) {
                throw ValidationError("The output of '\(input.name)' would replace the input '\(output)'.")
            }
        }
    }

    /// Refuses inputs that would become the same file, before any work is done.
    ///
    /// - Parameter name: the output's name as the header decides it, nil for an input that will fail anyway.
    func refuseCollisions(_ inputs: [Input], name: (Input) -> FilePath?) throws {
        if inputs.count < 2 { return }
        let groups = Dictionary(grouping: inputs, by: { template.outline(for: $0) })
        for group in groups.values where group.count > 1 {
            var owners: [FilePath: Input] = [:]
            for input in group {
                guard let output = template.needsContent ? name(input) : template.outline(for: input) else { continue }
                let owner = owners.updateValue(input, forKey: output.lexicallyNormalized())
                if let owner {
                    throw ValidationError("'\(owner.name)' and '\(input.name)' would both become '\(output)'.")
                }
            }
        }
    }

    /// Opens the output of this name. Call `finish` on what it returns once it is whole.
    func open(_ path: FilePath) throws(ImageError) -> Output {
        if template.isStandardOutput { return Output(sink: FileByteSink.standardOutput, file: nil) }
        if !taken.withLock({ $0.insert(path.lexicallyNormalized()).inserted }) {
            throw ImageError(.misuse, "'\(path)' was made of another input already")
        }
        let file = try AtomicFile(path: path)
        return Output(sink: file, file: file)
    }
}

/// One open output.
struct Output {
    let sink: any ByteSink
    fileprivate let file: AtomicFile?

    /// Gives a file its name.
    func finish() throws(ImageError) { try file?.commit() }
}
