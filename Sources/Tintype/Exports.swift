@_exported public import TintypeCore
@_exported public import TintypeJPEG
