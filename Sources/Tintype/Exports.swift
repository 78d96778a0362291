@_exported public import TintypeCore
@_exported public import TintypeJPEG
@_exported public import TintypeResample
