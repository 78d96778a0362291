/// The second byte of a marker (T.81 table B.1).
struct Marker: Equatable {
    let code: UInt8

    init(_ code: UInt8) {
        self.code = code
    }

    static let sof0 = Marker(0xC0)
    static let sof1 = Marker(0xC1)
    static let sof2 = Marker(0xC2)
    static let dht = Marker(0xC4)
    static let jpg = Marker(0xC8)
    static let sof9 = Marker(0xC9)
    static let sof10 = Marker(0xCA)
    static let dac = Marker(0xCC)
    static let rst0 = Marker(0xD0)
    static let rst7 = Marker(0xD7)
    static let soi = Marker(0xD8)
    static let eoi = Marker(0xD9)
    static let sos = Marker(0xDA)
    static let dqt = Marker(0xDB)
    static let dnl = Marker(0xDC)
    static let dri = Marker(0xDD)
    static let dhp = Marker(0xDE)
    static let exp = Marker(0xDF)
    static let app0 = Marker(0xE0)
    static let app1 = Marker(0xE1)
    static let app2 = Marker(0xE2)
    static let app13 = Marker(0xED)
    static let app14 = Marker(0xEE)
    static let com = Marker(0xFE)
    static let tem = Marker(0x01)

    /// SOF0 to SOF15; DHT, JPG and DAC lie among their codes but are none.
    var isStartOfFrame: Bool { code & 0xF0 == 0xC0 && self != .dht && self != .jpg && self != .dac }
    var isRestart: Bool { code & 0xF8 == 0xD0 }
    /// Whether the marker stands alone, without a length and parameters.
    var standsAlone: Bool { isRestart || self == .soi || self == .eoi || self == .tem }
}
