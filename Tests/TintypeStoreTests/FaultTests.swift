import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// Every call to the operating system that a store makes goes wrong once, in every way that it can.
@Suite struct FaultTests {
    enum Way: CaseIterable, Sendable {
        case diskFull, brokenDisk, noPermission, shortWrites

        var fault: SystemCall.Fault {
            switch self {
            case .diskFull: .error(.noSpace)
            case .brokenDisk: .error(.ioError)
            case .noPermission: .error(.permissionDenied)
            case .shortWrites: .short(7)
            }
        }
    }

    @Test(arguments: Way.allCases)
    func nothingIsLost(way: Way) async throws {
        let states = try await StoreLife.states()
        var number = 1
        var refusals = 0
        while true {
            let folder = TemporaryFolder(inMemory: true)
            let fault = NthCall(number, of: { _ in true }, way.fault)
            for (index, step) in StoreLife.steps.enumerated() {
                let isBefore = fault.count < number
                var isRefused = false
                do {
                    try await SystemCall.$fault.withValue(fault.next) { try await step(ModelStore(root: folder.path)) }
                } catch {
                    isRefused = true
                    refusals += 1
                    #expect(error is StoreError, "call \(number): \(error)")
                }
                let isNow = isBefore && fault.count >= number
                #expect(isNow || !isRefused, "call \(number), not provoked")
                if !isNow { continue }
                let state = try await StoreLife.state(of: folder.path)
                if !isRefused { #expect(state == states[index + 1], "call \(number), passed over") }
                #expect(state == states[index] || state == states[index + 1], "call \(number), step \(index)")
                // The store is usable: what was refused can be done now.
                if state == states[index] { try await step(ModelStore(root: folder.path)) }
                #expect(try await StoreLife.state(of: folder.path) == states[index + 1], "call \(number), again")
            }
            let store = ModelStore(root: folder.path)
            let report = try await store.check()
            #expect(report.isSound, "call \(number): \(report.findings)")
            #expect(try await StoreLife.state(of: folder.path) == states.last, "call \(number)")
            try await store.gc(grace: .seconds(0))
            #expect(try await store.check().findings == [], "call \(number)")
            if fault.count < number { break }
            number += 1
        }
        #expect(number > 150, "the whole life was gone through")
        #expect(way == .shortWrites ? refusals == 0 : refusals > 80)
    }

    /// Files that a failed save stored are taken away again, where the disk allows that.
    @Test func aFailedSaveLeavesNoOrphan() async throws {
        let folder = TemporaryFolder(inMemory: true)
        let fault = NthCall(1, of: { $0 == .synchronize }, .error(.ioError))
        await SystemCall.$fault.withValue(fault.next) {
            let error = await storeError {
                try await folder.photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
            }
            #expect(error != nil)
        }
        #expect(try FileStorage(root: folder / "media").files() == [])
    }
}
