import ArgumentParser
import Hummingbird
import Logging
import SystemPackage

/// Photos sent with a form, checked, made small, stored and shown.
@main
struct PhotoUpload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PhotoUpload", abstract: "A gallery that people upload photos to.")

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on.")
    var port = 8080

    @Option(help: "The folder of the store. It is made if it is not there.")
    var store = "photo-store"

    func run() async throws {
        let gallery = try Gallery(root: FilePath(store))
        var logger = Logger(label: "PhotoUpload")
        logger.logLevel = .notice
        let application = try Application(
            router: makeRouter(gallery),
            configuration: .init(address: .hostname(host, port: port), serverName: "PhotoUpload"),
            onServerRunning: { [logger] channel in
                let port = channel.localAddress?.port ?? port
                logger.notice("Listening on http://\(host):\(port)")
            },
            logger: logger)
        try await application.runService()
    }
}
