public import TintypeStore

/// What every `RecordStorage` must do. Each check wants a storage with nothing in it.
public enum RecordStorageConformance {
    public static let checks: [ConformanceCheck<any RecordStorage>] = [
        ConformanceCheck("an unknown model is empty") { storage in
            try require(await storage.record(1, of: "Photo") == nil, "there is no record")
            try require(await storage.records(of: "Photo").isEmpty, "there are no records")
            try require(await storage.count(of: "Photo") == 0, "the count is 0")
            try require(await storage.nextID(of: "Photo") == 1, "the first id is 1")
            try require(await storage.models().isEmpty, "there are no models")
        },
        ConformanceCheck("records come back to the letter, in the order of their ids") { storage in
            let records = [7, 2, 9, 1].map {
                record($0, #""text":"é\n\"\\ \#($0) 日本語","number":1.50,"nested":{"a":[null]}"#)
            }
            for record in records { try await commit([.put(record, model: "Photo")], to: storage) }
            try require(await storage.records(of: "Photo").map(\.id) == [1, 2, 7, 9], "they are in order")
            for record in records {
                try require(await storage.record(record.id, of: "Photo") == record, "\(record.id) is as it was")
            }
            try require(await storage.count(of: "Photo") == 4, "the count is 4")
        },
        ConformanceCheck("records are replaced and deleted") { storage in
            try await commit(
                [.put(record(1, #""v":1"#), model: "Photo"), .put(record(2), model: "Photo")], to: storage)
            try await commit([.put(record(1, #""v":2"#), model: "Photo")], to: storage)
            try require(await storage.record(1, of: "Photo") == record(1, #""v":2"#), "the new one is there")
            try await commit([.delete(id: 2, model: "Photo"), .delete(id: 2, model: "Photo")], to: storage)
            try require(await storage.records(of: "Photo").map(\.id) == [1], "the deleted one is gone")
        },
        ConformanceCheck("ids are not given out twice") { storage in
            try await commit([.put(record(5), model: "Photo")], to: storage)
            try require(await storage.nextID(of: "Photo") == 6, "an explicit id moves the counter")
            try await commit([.delete(id: 5, model: "Photo")], to: storage)
            try require(await storage.nextID(of: "Photo") == 6, "deleting does not move it back")
            try await commit([.delete(id: 8, model: "Photo")], to: storage)
            try require(await storage.nextID(of: "Photo") == 9, "an id that came and went in one commit is gone too")
            try await storage.compact()
            try require(await storage.nextID(of: "Photo") == 9, "compacting keeps the counter")
            try await commit([.put(record((1 << 53) - 1), model: "Photo")], to: storage)
            try require(await storage.nextID(of: "Photo") == 1 << 53, "the largest id is possible")
        },
        ConformanceCheck("one commit changes several models") { storage in
            try await commit(
                [.put(record(1), model: "Photo"), .put(record(3), model: "Album"), .put(record(2), model: "Photo")],
                to: storage)
            try await commit([.delete(id: 1, model: "Photo"), .put(record(4), model: "Album")], to: storage)
            try require(await storage.models() == ["Album", "Photo"], "both models are known, in order")
            try require(await storage.records(of: "Photo").map(\.id) == [2], "one has changed")
            try require(await storage.records(of: "Album").map(\.id) == [3, 4], "the other has changed")
            try require(await storage.nextID(of: "Album") == 5, "each counts")
            try require(await storage.nextID(of: "Photo") == 3, "for itself")
        },
        ConformanceCheck("many records at once") { storage in
            try await commit((1...2_000).map { .put(record($0, #""n":\#($0)"#), model: "Photo") }, to: storage)
            try await commit((1...1_000).map { .delete(id: $0 * 2, model: "Photo") }, to: storage)
            try require(await storage.count(of: "Photo") == 1_000, "half of them are left")
            try require(
                await storage.records(of: "Photo").map(\.id) == Array(stride(from: 1, to: 2_000, by: 2)),
                "the right ones")
        },
        ConformanceCheck("compacting changes nothing") { storage in
            try await commit([.put(record(1), model: "Photo"), .put(record(2), model: "Photo")], to: storage)
            try await commit([.delete(id: 1, model: "Photo")], to: storage)
            let before = try await storage.records(of: "Photo")
            try await storage.compact()
            try await storage.compact()
            try require(await storage.records(of: "Photo") == before, "the records are the same")
            try await commit([.put(record(3), model: "Photo")], to: storage)
            try require(await storage.records(of: "Photo").map(\.id) == [2, 3], "it goes on from there")
        },
        ConformanceCheck("who is exclusive is alone") { storage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await storage.exclusively {
                            let id = try await storage.nextID(of: "Photo")
                            await Task.yield()
                            try await storage.commit([.put(record(id), model: "Photo")])
                        }
                    }
                }
                try await group.waitForAll()
            }
            try require(
                await storage.records(of: "Photo").map(\.id) == Array(1...20), "nobody's id was taken by another")
        },
        ConformanceCheck("an error ends the exclusive right") { storage in
            struct Mine: Error {}
            do {
                try await storage.exclusively { throw Mine() }
                throw ConformanceFailure(description: "the error was lost")
            } catch is Mine {}
            try require(await storage.exclusively { 7 } == 7, "the next one gets it, and its result")
        },
    ]

    /// What two objects on the same data must do.
    public static let sharedChecks: [ConformanceCheck<(any RecordStorage, any RecordStorage)>] = [
        ConformanceCheck("each sees what the other commits") { one, other in
            try await commit([.put(record(1), model: "Photo")], to: one)
            try require(await other.record(1, of: "Photo") == record(1), "the other sees it")
            for id in 2...30 {
                try await commit([.put(record(id), model: "Photo")], to: id % 2 == 0 ? other : one)
                try require(await one.count(of: "Photo") == id, "\(id) records are seen by the one")
                try require(await other.count(of: "Photo") == id, "\(id) records are seen by the other")
                if id % 10 == 0 { try await one.compact() }
            }
            try await commit([.delete(id: 1, model: "Photo"), .put(record(1), model: "Album")], to: other)
            try require(await one.record(1, of: "Photo") == nil, "a deleted record is gone for both")
            try require(await one.models() == ["Album", "Photo"], "a new model is there for both")
        },
        ConformanceCheck("only one of them is exclusive") { one, other in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<20 {
                    group.addTask {
                        let storage = writer % 2 == 0 ? one : other
                        try await storage.exclusively {
                            let id = try await storage.nextID(of: "Photo")
                            try await storage.commit([.put(record(id), model: "Photo")])
                        }
                    }
                }
                try await group.waitForAll()
            }
            try require(await one.records(of: "Photo").map(\.id) == Array(1...20), "nobody's id was taken by another")
        },
    ]

    private static func record(_ id: Int, _ more: String = #""title":"t""#) -> RawRecord {
        RawRecord(id: id, json: Array(#"{"id":\#(id),\#(more)}"#.utf8))
    }

    private static func commit(_ changes: [RecordChange], to storage: any RecordStorage) async throws {
        try await storage.exclusively { try await storage.commit(changes) }
    }
}
