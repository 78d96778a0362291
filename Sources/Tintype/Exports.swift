@_exported public import TintypeCore
