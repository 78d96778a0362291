/// What is changed in an XMP packet. The packet itself is carried as bytes.
enum XMP {
    /// The packet with every `tiff:Orientation` from 1 to 8 (XMP part 2 §3.2), an attribute or an element, set to 1.
    ///
    /// One digit takes another's place, so the packet's length stays what its wrapper may have been padded to.
    static func resettingOrientation(_ packet: [UInt8]) -> [UInt8] {
        let name = Array("tiff:Orientation".utf8)
        var packet = packet
        var at = 0
        while at + name.count < packet.count {
            guard packet[at] == name[0], packet[at..<at + name.count].elementsEqual(name) else {
                at += 1
                continue
            }
            at += name.count
            if let place = digit(packet, after: at) { packet[place] = UInt8(ascii: "1") }
        }
        return packet
    }

    /// Where the one digit lies of `="6"` or `>6<`.
    private static func digit(_ packet: [UInt8], after start: Int) -> Int? {
        var at = start
        func skipBlanks() {
            while at < packet.count, [0x20, 0x09, 0x0A, 0x0D].contains(packet[at]) { at += 1 }
        }
        func skip(_ bytes: [UInt8]) -> Bool {
            guard at < packet.count, bytes.contains(packet[at]) else { return false }
            at += 1
            return true
        }
        skipBlanks()
        if skip([UInt8(ascii: "=")]) {
            skipBlanks()
            guard skip([UInt8(ascii: "\""), UInt8(ascii: "'")]) else { return nil }
        } else {
            guard skip([UInt8(ascii: ">")]) else { return nil }
        }
        skipBlanks()
        let place = at
        guard skip(Array(UInt8(ascii: "1")...UInt8(ascii: "8"))) else { return nil }
        skipBlanks()
        return skip([UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<")]) ? place : nil
    }
}
