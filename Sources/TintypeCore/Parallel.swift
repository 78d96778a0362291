import Dispatch
import Synchronization

/// Work on several cores.
public enum Parallel {
    /// The results of `body` for 0 up to `count`, worked out on so many threads at once.
    ///
    /// - Parameter threads: at least 1.
    /// - Throws: the error of the first that failed.
    public static func map<Value: Sendable>(
        _ count: Int, threads: Int, _ body: @Sendable (Int) throws(ImageError) -> Value
    ) throws(ImageError) -> [Value] {
        if threads == 1 || count == 1 {
            var values: [Value] = []
            for index in 0..<count { values.append(try body(index)) }
            return values
        }
        let next = Atomic(0)
        let results = Mutex([Result<Value, ImageError>?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result: Result<Value, ImageError>
                do throws(ImageError) { result = .success(try body(index)) } catch { result = .failure(error) }
                results.withLock { $0[index] = result }
            }
        }
        var values: [Value] = []
        for result in results.withLock({ $0 }) { if let result { values.append(try result.get()) } }
        return values
    }
}
