import ArgumentParser
import Dispatch
import Synchronization
import Tintype

/// Works on several inputs at once and reports in their order.
final class Batch: Sendable {
    /// Where a report's line for people goes.
    enum Channel {
        /// It is what the command is for.
        case payload
        /// It is said beside the work. Of several inputs only with `-v`.
        case message
    }

    private struct State {
        var next = 0
        var waiting: [Int: Report] = [:]
        var reported = 0
        var failures: [Int32] = []
        var outputFailed = false
    }

    private let reporting: ReportingOptions
    private let channel: Channel
    /// Whether standard output carries a picture, so that all text must go elsewhere.
    private let outputIsTaken: Bool
    private let count: Int
    private let state = Mutex(State())

    init(_ reporting: ReportingOptions, _ channel: Channel, outputIsTaken: Bool = false, count: Int) {
        self.reporting = reporting
        self.channel = channel
        self.outputIsTaken = outputIsTaken
        self.count = count
    }

    /// Does the work on all inputs, several at once, and throws as `end()` does.
    static func run(
        _ inputs: [Input], jobs: Int = 1, reporting: ReportingOptions, channel: Channel, outputIsTaken: Bool = false,
        work: @Sendable (Input) -> Report
    ) throws {
        try run(
            inputs, jobs: jobs, reporting: reporting, channel: channel, outputIsTaken: outputIsTaken
        ) { _, input in work(input) }
    }

    /// The same for work that wants to know the input's place.
    static func run(
        _ inputs: [Input], jobs: Int = 1, reporting: ReportingOptions, channel: Channel, outputIsTaken: Bool = false,
        work: @Sendable (Int, Input) -> Report
    ) throws {
        let batch = Batch(reporting, channel, outputIsTaken: outputIsTaken, count: inputs.count)
        let workers = min(jobs, inputs.count)
        if workers <= 1 {
            for (index, input) in inputs.enumerated() { batch.take(work(index, input), index) }
        } else {
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                while let index = batch.nextIndex() { batch.take(work(index, inputs[index]), index) }
            }
        }
        try batch.end()
    }

    private func nextIndex() -> Int? {
        state.withLock { state in
            if state.next >= count { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    /// Tells the report once all before it have been told.
    func take(_ report: Report, _ index: Int) {
        state.withLock { state in
            state.waiting[index] = report
            clearProgress()
            while let report = state.waiting.removeValue(forKey: state.reported) {
                if let code = report.exitCode { state.failures.append(code) }
                if !tell(report) { state.outputFailed = true }
                state.reported += 1
            }
            showProgress(state.reported + state.waiting.count)
        }
    }

    /// False where standard output does not take the text.
    private func tell(_ report: Report) -> Bool {
        if reporting.json {
            if !outputIsTaken { return Console.print(report.json.text) }
            Console.say(report.json.text)
            return true
        }
        if !reporting.quiet {
            for warning in report.warnings { Console.say("imgtool: \(report.input): warning: \(warning)") }
        }
        var written = true
        if let line = report.line {
            switch channel {
            case .payload: written = Console.print(line)
            case .message:
                if reporting.verbose || count == 1 && !reporting.quiet { Console.say(line) }
            }
        }
        if let error = report.error { Console.say("imgtool: \(report.input): \(error)") }
        return written
    }

    /// - Throws: `ExitCode` unless all went well: the input's own code if there is one input, otherwise 1.
    func end() throws {
        let (failures, outputFailed) = state.withLock { ($0.failures, $0.outputFailed) }
        if count > 1, !reporting.json, !reporting.quiet, channel == .message {
            let failed = failures.isEmpty ? "" : ", \(failures.count) failed"
            Console.say("\(count - failures.count) of \(count) done\(failed)")
        }
        if let code = failures.first { throw ExitCode(count == 1 ? code : 1) }
        if outputFailed { throw ExitCode(74) }
    }

    private var showsProgress: Bool {
        count > 1 && channel == .message && !reporting.quiet && !reporting.json && Console.errorIsTerminal
    }

    private func showProgress(_ done: Int) {
        if showsProgress, done < count { Console.show("\(done) of \(count)") }
    }

    private func clearProgress() {
        if showsProgress { Console.show("\r\u{1B}[K") }
    }
}
