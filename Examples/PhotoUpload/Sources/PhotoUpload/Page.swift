import Mustache
import TintypeStore

/// The one page there is. The template escapes what people wrote.
struct Page: Sendable {
    private let template: MustacheTemplate

    init() throws {
        template = try MustacheTemplate(string: Self.source)
    }

    /// - Parameter message: what went wrong with what the person just did.
    func html(_ photos: [Photo], message: String? = nil) -> String {
        let items = photos.map { photo -> [String: Any] in
            var item: [String: Any] = ["id": photo.id ?? 0, "title": photo.title.isEmpty ? "Untitled" : photo.title]
            if let image = photo.image?.stored {
                item["facts"] =
                    "\(image.width) × \(image.height), \(image.format.name), \((image.bytes + 1023) / 1024) KiB"
            }
            if let small = photo.small?.stored {
                item["width"] = small.width
                item["height"] = small.height
            }
            return item
        }
        var content: [String: Any] = ["photos": items, "empty": items.isEmpty, "limit": uploadLimit >> 20]
        content["message"] = message
        return template.render(content)
    }

    private static let source = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Photos</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #faf9f7 }
        form.upload { display: flex; flex-wrap: wrap; gap: .75rem; padding: 1rem; background: #fff; border: 1px solid #ddd; border-radius: .5rem }
        form.upload input[type=text] { flex: 1; min-width: 12rem; padding: .4rem }
        button { padding: .4rem .9rem; border: 0; border-radius: .3rem; background: #365; color: #fff; cursor: pointer }
        .message { padding: .75rem 1rem; background: #fde8e6; border: 1px solid #d98; border-radius: .5rem }
        ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; padding: 0; list-style: none }
        li { background: #fff; border: 1px solid #ddd; border-radius: .5rem; padding: .6rem }
        img { width: 100%; height: 11rem; object-fit: contain; background: #f0eeea }
        small { color: #666 } li form { float: right } li button { background: #a43; font-size: .85rem }
        </style>
        </head>
        <body>
        <h1>Photos</h1>
        {{#message}}<p class="message" role="alert">{{.}}</p>{{/message}}
        <form class="upload" method="post" action="/photos" enctype="multipart/form-data">
        <input type="file" name="photo" accept="image/jpeg,image/png,image/gif" required>
        <input type="text" name="title" maxlength="80" placeholder="Title" aria-label="Title">
        <button>Upload</button>
        </form>
        <p><small>JPEG, PNG or GIF, at most {{limit}} MiB.</small></p>
        {{#empty}}<p>No photos yet.</p>{{/empty}}
        <ul>
        {{#photos}}
        <li>
        <a href="/photos/{{id}}"><img src="/photos/{{id}}/small" width="{{width}}" height="{{height}}" alt="{{title}}"></a>
        <form method="post" action="/photos/{{id}}/delete"><button>Delete</button></form>
        <strong>{{title}}</strong><br><small>{{facts}}</small>
        </li>
        {{/photos}}
        </ul>
        </body>
        </html>
        """
}
