/// Some of a model's records, in some order. Nothing is read before one of `all`, `first`, `one`, `get`, `count` and `exists` is called.
///
///     try await photos.filter { $0.title != "" }.ordered(by: \.title).slice(10..<20).all()
///
/// Every record is looked at: a query takes time in proportion to the model's records, `get(id:)` does not.
public struct Query<Record: Model>: Sendable {
    private let collection: ModelCollection<Record>
    private var predicates: [@Sendable (Record) -> Bool] = []
    /// The last one counts most.
    private var orders: [@Sendable (Record, Record) -> Bool] = []
    private var slices: [Range<Int>] = []

    init(_ collection: ModelCollection<Record>) {
        self.collection = collection
    }

    public func filter(_ predicate: @escaping @Sendable (Record) -> Bool) -> Query {
        var query = self
        query.predicates.append(predicate)
        return query
    }

    public func filter<Value: Equatable & Sendable>(
        _ property: any KeyPath<Record, Value> & Sendable, equals value: Value
    ) -> Query {
        filter { $0[keyPath: property] == value }
    }

    /// Records that compare equal stay in the order that they were in: first by their ids.
    public func ordered(by isBefore: @escaping @Sendable (Record, Record) -> Bool) -> Query {
        var query = self
        query.orders.append(isBefore)
        return query
    }

    public func ordered<Value: Comparable & Sendable>(
        by property: any KeyPath<Record, Value> & Sendable, descending: Bool = false
    ) -> Query {
        ordered {
            descending ? $1[keyPath: property] < $0[keyPath: property] : $0[keyPath: property] < $1[keyPath: property]
        }
    }

    /// Of what is left when all filters and orders are applied, the records at these positions, from 0; fewer where there are not so many.
    public func slice(_ positions: Range<Int>) -> Query {
        var query = self
        query.slices.append(positions.clamped(to: 0..<Int.max))
        return query
    }

    public func all() async throws(StoreError) -> [Record] {
        var records = try await collection.all().filter { record in predicates.allSatisfy { $0(record) } }
        for isBefore in orders { records = Self.sorted(records, isBefore) }
        for slice in slices { records = Array(records.dropFirst(slice.lowerBound).prefix(slice.count)) }
        return records
    }

    /// Stable, which `sort` does not promise to be.
    private static func sorted(_ records: [Record], _ isBefore: (Record, Record) -> Bool) -> [Record] {
        records.enumerated().sorted { a, b in
            isBefore(a.element, b.element) || a.offset < b.offset && !isBefore(b.element, a.element)
        }.map(\.element)
    }

    public func first() async throws(StoreError) -> Record? { try await all().first }

    public func count() async throws(StoreError) -> Int {
        if predicates.isEmpty, slices.isEmpty { return try await collection.count() }
        return try await all().count
    }

    public func exists() async throws(StoreError) -> Bool { try await count() > 0 }

    /// The only record, or nil if there is none. Throws `multipleObjectsReturned`.
    public func one() async throws(StoreError) -> Record? {
        let records = try await all()
        if records.count > 1 { throw .multipleObjectsReturned(model: collection.name, count: records.count) }
        return records.first
    }

    /// The only record. Throws `doesNotExist` or `multipleObjectsReturned`.
    public func get() async throws(StoreError) -> Record {
        guard let record = try await one() else { throw .doesNotExist(model: collection.name, id: nil) }
        return record
    }
}

extension ModelCollection {
    /// The records that meet the predicate: a closure, or the key path of a Boolean property.
    public func filter(_ predicate: @escaping @Sendable (Record) -> Bool) -> Query<Record> {
        Query(self).filter(predicate)
    }

    public func filter<Value: Equatable & Sendable>(
        _ property: any KeyPath<Record, Value> & Sendable, equals value: Value
    ) -> Query<Record> {
        Query(self).filter(property, equals: value)
    }

    public func ordered<Value: Comparable & Sendable>(
        by property: any KeyPath<Record, Value> & Sendable, descending: Bool = false
    ) -> Query<Record> {
        Query(self).ordered(by: property, descending: descending)
    }

    public func slice(_ positions: Range<Int>) -> Query<Record> { Query(self).slice(positions) }

    /// The one record that meets the predicate. Throws `doesNotExist` or `multipleObjectsReturned`.
    public func get(where predicate: @escaping @Sendable (Record) -> Bool) async throws(StoreError) -> Record {
        try await filter(predicate).get()
    }

    /// The record with the lowest id that meets the predicate, or nil.
    public func first(
        where predicate: @escaping @Sendable (Record) -> Bool = { _ in true }
    ) async throws(StoreError) -> Record? {
        try await filter(predicate).first()
    }

    public func count(where predicate: @escaping @Sendable (Record) -> Bool) async throws(StoreError) -> Int {
        try await filter(predicate).count()
    }

    public func exists(
        where predicate: @escaping @Sendable (Record) -> Bool = { _ in true }
    ) async throws(StoreError) -> Bool {
        try await filter(predicate).exists()
    }
}
